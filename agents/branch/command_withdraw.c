#include "agents/branch/commands.h"
#include "agents/branch/hand_over.h"

enum { KEY_REASON = 0x200, KEY_AGREEMENT, WITHDRAW_SIZE_MAX = 2048 };

struct withdraw {
    struct settings *settings;
    struct wait_options wait;
    const char *case_id;
    struct withdraw_req request;
};

static const struct argp_option withdraw_options[] = {
    {"reason", KEY_REASON, "TEXT", 0, "why", 0},
    {"agreement", KEY_AGREEMENT, "REFERENCE", 0, "the proof that all applicants agree", 0},
    {0},
};

static error_t withdraw_parse(int key, char *argument, struct argp_state *state)
{
    struct withdraw *withdraw = state->input;
    char why[240];
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &withdraw->wait;
        state->child_inputs[1] = withdraw->settings;
        return 0;
    case KEY_REASON:
        withdraw->request.reason = text_of(argument);
        return 0;
    case KEY_AGREEMENT:
        withdraw->request.agreement = text_of(argument);
        return 0;
    case ARGP_KEY_ARG:
        if (withdraw->case_id)
            argp_error(state, "one CASE only");
        if (!case_id_judge(argument, why, sizeof why))
            argp_error(state, "%s", why);
        withdraw->case_id = argument;
        return 0;
    case ARGP_KEY_END:
        if (!withdraw->case_id || !withdraw->request.reason.data || !withdraw->request.agreement.data)
            argp_error(state, "say CASE, --reason and --agreement");
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child withdraw_children[] = {
    {&wait_argp, 0, NULL, 0}, {&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp withdraw_argp = {
    .options = withdraw_options,
    .parser = withdraw_parse,
    .args_doc = "CASE",
    .doc = "Puts a request to withdraw the case (撤回) into the outbox. Possible until booking; the answer comes as an "
           "event.\v" EXIT_CODES_TEXT,
    .children = withdraw_children,
};

/* What the command line said must hold the rules of the record, as any other body. */
static enum status withdraw_encode(const struct withdraw_req *request, uint8_t *body, size_t *used, char *why,
                                   size_t why_size)
{
    uint8_t memory[512];
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {0};
    struct withdraw_req decoded;
    *used = 0;
    enum status status = record_encode(&record_withdraw_req, request, body, WITHDRAW_SIZE_MAX, used);
    if (status == STATUS_OK)
        status = record_decode(&record_withdraw_req, bytes_of(body, *used), &arena, &decoded, &problems);
    if (problems.count > 0)
        problem_english(&problems.items[0], why, why_size);
    return status;
}

enum exit_code command_withdraw(int argc, char **argv, struct settings *settings)
{
    struct withdraw withdraw = {.settings = settings};
    uint8_t body[WITHDRAW_SIZE_MAX];
    size_t used = 0;
    char why[320] = "the reason or the agreement is too long";
    struct book *book = NULL;
    wait_options_init(&withdraw.wait);
    if (argp_parse(&withdraw_argp, argc, argv, 0, NULL, &withdraw) != 0)
        return EXIT_USAGE_WRONG;
    withdraw.request.is_present = true;
    if (withdraw_encode(&withdraw.request, body, &used, why, sizeof why) != STATUS_OK)
        return complain(STATUS_USAGE, why);
    enum exit_code code = settings_open_outbox(settings, false, &book);
    if (code != EXIT_DONE)
        return code;
    code = hand_over(book, MESSAGE_WITHDRAW_REQ, text_of(withdraw.case_id), bytes_of(body, used), &withdraw.wait);
    book_close(&book);
    return code;
}
