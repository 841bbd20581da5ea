#include "agents/branch/commands.h"
#include "agents/branch/hand_over.h"

enum { KEY_PROOF = 0x200, KEY_USER, KEY_SETTLEMENT, KEY_DECLINE, KEY_WHY, CONFIRM_SIZE_MAX = 2048 };

struct confirm {
    struct settings *settings;
    struct wait_options wait;
    const char *case_id;
    struct part_confirm answer;
};

static const struct argp_option confirm_options[] = {
    {"proof", KEY_PROOF, "N", 0, "不动产登记证明号 of the mortgage that ends, as PART_ASKED names it", 0},
    {"user", KEY_USER, "ID", 0, "who confirms, a staff number", 0},
    {"settlement", KEY_SETTLEMENT, "REFERENCE", 0, "of the settlement, or of the funds under supervision", 0},
    {"decline", KEY_DECLINE, NULL, 0, "the mortgage is not to end; the case ends here", 0},
    {"why", KEY_WHY, "TEXT", 0, "why not", 0},
    {0},
};

static void confirm_judge_whole(const struct confirm *confirm, struct argp_state *state)
{
    const struct part_confirm *answer = &confirm->answer;
    if (!confirm->case_id || !answer->proof.data || !answer->user.data)
        argp_error(state, "say CASE, --proof and --user");
    if (answer->agrees.value == 0 && !answer->why.data)
        argp_error(state, "--decline needs --why");
}

static void confirm_take_case(struct confirm *confirm, char *argument, struct argp_state *state)
{
    char why[240];
    if (confirm->case_id)
        argp_error(state, "one CASE only");
    if (!case_id_judge(argument, why, sizeof why))
        argp_error(state, "%s", why);
    confirm->case_id = argument;
}

static error_t confirm_parse(int key, char *argument, struct argp_state *state)
{
    struct confirm *confirm = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &confirm->wait;
        state->child_inputs[1] = confirm->settings;
        return 0;
    case KEY_PROOF:
        confirm->answer.proof = text_of(argument);
        return 0;
    case KEY_USER:
        confirm->answer.user = text_of(argument);
        return 0;
    case KEY_SETTLEMENT:
        confirm->answer.settlement = text_of(argument);
        return 0;
    case KEY_DECLINE:
        confirm->answer.agrees = number_of(false);
        return 0;
    case KEY_WHY:
        confirm->answer.why = text_of(argument);
        return 0;
    case ARGP_KEY_ARG:
        confirm_take_case(confirm, argument, state);
        return 0;
    case ARGP_KEY_END:
        confirm_judge_whole(confirm, state);
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child confirm_children[] = {
    {&wait_argp, 0, NULL, 0}, {&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp confirm_argp = {
    .options = confirm_options,
    .parser = confirm_parse,
    .args_doc = "CASE",
    .doc = "Answers PART_ASKED: another bank files a transfer with our running mortgage (带押过户). Only our own word "
           "lets the case go on, and our mortgage end with it.\v" EXIT_CODES_TEXT,
    .children = confirm_children,
};

/* What the command line said must hold the rules of the record, as any other body. */
static enum status confirm_encode(const struct part_confirm *answer, uint8_t *body, size_t *used, char *why,
                                  size_t why_size)
{
    uint8_t memory[512];
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {0};
    struct part_confirm decoded;
    *used = 0;
    enum status status = record_encode(&record_part_confirm, answer, body, CONFIRM_SIZE_MAX, used);
    if (status == STATUS_OK)
        status = record_decode(&record_part_confirm, bytes_of(body, *used), &arena, &decoded, &problems);
    if (problems.count > 0)
        problem_english(&problems.items[0], why, why_size);
    return status;
}

enum exit_code command_confirm(int argc, char **argv, struct settings *settings)
{
    struct confirm confirm = {.settings = settings, .answer = {.agrees = number_of(true), .is_present = true}};
    uint8_t body[CONFIRM_SIZE_MAX];
    size_t used = 0;
    char why[320] = "what was said is too long";
    struct book *book = NULL;
    wait_options_init(&confirm.wait);
    if (argp_parse(&confirm_argp, argc, argv, 0, NULL, &confirm) != 0)
        return EXIT_USAGE_WRONG;
    if (confirm_encode(&confirm.answer, body, &used, why, sizeof why) != STATUS_OK)
        return complain(STATUS_USAGE, why);
    enum exit_code code = settings_open_outbox(settings, false, &book);
    if (code != EXIT_DONE)
        return code;
    code = hand_over(book, MESSAGE_PART_CONFIRM, text_of(confirm.case_id), bytes_of(body, used), &confirm.wait);
    book_close(&book);
    return code;
}
