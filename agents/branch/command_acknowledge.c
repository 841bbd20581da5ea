#include "agents/branch/commands.h"
#include "agents/branch/hand_over.h"
#include "agents/client/link.h"
#include "agents/client/number.h"

enum { KEY_ALERT = 0x200, KEY_USER, KEY_REMARK, ACKNOWLEDGE_SIZE_MAX = 1024 };

struct acknowledge {
    struct settings *settings;
    struct wait_options wait;
    const char *case_id;
    struct risk_ack read;
};

static const struct argp_option acknowledge_options[] = {
    {"alert", KEY_ALERT, "N", 0, "the alert's number (seq), as status and watch --json show it", 0},
    {"user", KEY_USER, "ID", 0, "who has read it, a staff number", 0},
    {"remark", KEY_REMARK, "TEXT", 0, "a remark", 0},
    {0},
};

static error_t acknowledge_parse(int key, char *argument, struct argp_state *state)
{
    struct acknowledge *acknowledge = state->input;
    char why[240];
    int64_t alert = 0;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &acknowledge->wait;
        state->child_inputs[1] = acknowledge->settings;
        return 0;
    case KEY_ALERT:
        if (!number_parse(argument, 1, INT64_C(9007199254740991), &alert))
            argp_error(state, "--alert takes the number of an alert");
        acknowledge->read.alert = number_of(alert);
        return 0;
    case KEY_USER:
        acknowledge->read.user = text_of(argument);
        return 0;
    case KEY_REMARK:
        acknowledge->read.remark = text_of(argument);
        return 0;
    case ARGP_KEY_ARG:
        if (acknowledge->case_id)
            argp_error(state, "one CASE only");
        if (!case_id_judge(argument, why, sizeof why))
            argp_error(state, "%s", why);
        acknowledge->case_id = argument;
        return 0;
    case ARGP_KEY_END:
        if (!acknowledge->case_id || !acknowledge->read.alert.is_present || !acknowledge->read.user.data)
            argp_error(state, "say CASE, --alert and --user");
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child acknowledge_children[] = {
    {&wait_argp, 0, NULL, 0}, {&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp acknowledge_argp = {
    .options = acknowledge_options,
    .parser = acknowledge_parse,
    .args_doc = "CASE",
    .doc = "Says who has read an alert on the case's property (已阅风险提示). From then on the bank knows of "
           "it.\v" EXIT_CODES_TEXT,
    .children = acknowledge_children,
};

/* What the command line said must hold the rules of the record, as any other body. */
static enum status acknowledge_encode(const struct risk_ack *read, uint8_t *body, size_t *used, char *why,
                                      size_t why_size)
{
    uint8_t memory[512];
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {0};
    struct risk_ack decoded;
    *used = 0;
    enum status status = record_encode(&record_risk_ack, read, body, ACKNOWLEDGE_SIZE_MAX, used);
    if (status == STATUS_OK)
        status = record_decode(&record_risk_ack, bytes_of(body, *used), &arena, &decoded, &problems);
    if (problems.count > 0)
        problem_english(&problems.items[0], why, why_size);
    return status;
}

enum exit_code command_acknowledge(int argc, char **argv, struct settings *settings)
{
    struct acknowledge acknowledge = {.settings = settings};
    uint8_t body[ACKNOWLEDGE_SIZE_MAX];
    size_t used = 0;
    char why[320] = "the user or the remark is too long";
    struct book *book = NULL;
    wait_options_init(&acknowledge.wait);
    if (argp_parse(&acknowledge_argp, argc, argv, 0, NULL, &acknowledge) != 0)
        return EXIT_USAGE_WRONG;
    acknowledge.read.time = number_of(clock_now_us());
    acknowledge.read.is_present = true;
    if (acknowledge_encode(&acknowledge.read, body, &used, why, sizeof why) != STATUS_OK)
        return complain(STATUS_USAGE, why);
    enum exit_code code = settings_open_outbox(settings, false, &book);
    if (code != EXIT_DONE)
        return code;
    code = hand_over(book, MESSAGE_RISK_ACK, text_of(acknowledge.case_id), bytes_of(body, used), &acknowledge.wait);
    book_close(&book);
    return code;
}
