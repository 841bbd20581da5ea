#include "agents/branch/commands.h"
#include "agents/branch/hand_over.h"
#include "agents/client/number.h"

enum { KEY_BILL = 0x200, KEY_AMOUNT, KEY_PAYMENT, PAY_SIZE_MAX = 2048 };

#define AMOUNT_MAX INT64_C(999999999999999) /* of the field in the contract */

struct pay {
    struct settings *settings;
    struct wait_options wait;
    const char *case_id;
    struct fee_paid request;
};

static const struct argp_option pay_options[] = {
    {"bill", KEY_BILL, "NUMBER", 0, "the bill, as FEE_NOTICE names it (缴款通知书号)", 0},
    {"amount", KEY_AMOUNT, "FEN", 0, "what was paid, in fen", 0},
    {"payment", KEY_PAYMENT, "REFERENCE", 0, "the proof of payment (缴款凭证号)", 0},
    {0},
};

static error_t pay_parse(int key, char *argument, struct argp_state *state)
{
    struct pay *pay = state->input;
    char why[240];
    int64_t amount = 0;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &pay->wait;
        state->child_inputs[1] = pay->settings;
        return 0;
    case KEY_BILL:
        pay->request.bill = text_of(argument);
        return 0;
    case KEY_AMOUNT:
        if (!number_parse(argument, 1, AMOUNT_MAX, &amount))
            argp_error(state, "--amount takes fen, a whole number from 1");
        pay->request.amount = number_of(amount);
        return 0;
    case KEY_PAYMENT:
        pay->request.payment = text_of(argument);
        return 0;
    case ARGP_KEY_ARG:
        if (pay->case_id)
            argp_error(state, "one CASE only");
        if (!case_id_judge(argument, why, sizeof why))
            argp_error(state, "%s", why);
        pay->case_id = argument;
        return 0;
    case ARGP_KEY_END:
        if (!pay->case_id || !pay->request.bill.data || !pay->request.payment.data || !pay->request.amount.is_present)
            argp_error(state, "say CASE, --bill, --amount and --payment");
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child pay_children[] = {
    {&wait_argp, 0, NULL, 0}, {&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp pay_argp = {
    .options = pay_options,
    .parser = pay_parse,
    .args_doc = "CASE",
    .doc = "Tells the window that a fee was paid (缴费). Pays nothing itself. Where the fee stands comes as an "
           "event.\v" EXIT_CODES_TEXT,
    .children = pay_children,
};

/* What the command line said must hold the rules of the record, as any other body. */
static enum status pay_encode(const struct fee_paid *request, uint8_t *body, size_t *used, char *why, size_t why_size)
{
    uint8_t memory[512];
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {0};
    struct fee_paid decoded;
    *used = 0;
    enum status status = record_encode(&record_fee_paid, request, body, PAY_SIZE_MAX, used);
    if (status == STATUS_OK)
        status = record_decode(&record_fee_paid, bytes_of(body, *used), &arena, &decoded, &problems);
    if (problems.count > 0)
        problem_english(&problems.items[0], why, why_size);
    return status;
}

enum exit_code command_pay(int argc, char **argv, struct settings *settings)
{
    struct pay pay = {.settings = settings};
    uint8_t body[PAY_SIZE_MAX];
    size_t used = 0;
    char why[320] = "the bill or the payment is too long";
    struct book *book = NULL;
    wait_options_init(&pay.wait);
    if (argp_parse(&pay_argp, argc, argv, 0, NULL, &pay) != 0)
        return EXIT_USAGE_WRONG;
    pay.request.is_present = true;
    if (pay_encode(&pay.request, body, &used, why, sizeof why) != STATUS_OK)
        return complain(STATUS_USAGE, why);
    enum exit_code code = settings_open_outbox(settings, false, &book);
    if (code != EXIT_DONE)
        return code;
    code = hand_over(book, MESSAGE_FEE_PAID, text_of(pay.case_id), bytes_of(body, used), &pay.wait);
    book_close(&book);
    return code;
}
