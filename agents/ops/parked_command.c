/* `onevisit parked retry|discard`: what a person decides about a case that was
 * set aside. Both are journaled, so the answer is a RECEIPT. */
#include <inttypes.h>

#include "agents/ops/ask.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"

struct parked_command {
    struct settings settings;
    struct text case_id;
    const char *reason;
    const char *approver;
    bool needs_approver;
};

enum { REASON_SIZE_MAX = 256, APPROVER_SIZE_MAX = 64 };

static const struct argp_option retry_options[] = {
    {"reason", 'r', "TEXT", 0, "why; needed, journaled", 0},
    {0},
};

static const struct argp_option discard_options[] = {
    {"reason", 'r', "TEXT", 0, "why; needed, journaled", 0},
    {"approver", 'p', "WHO", 0, "the second person who agrees; needed, journaled", 0},
    {0},
};

static void judge_usage(const struct parked_command *command, const struct argp_state *state)
{
    if (!command->case_id.data || !rule_holds(RULE_CASE_ID, command->case_id))
        argp_error(state, "which case? '%.*s' is not %s; the last character checks the others",
                   TEXT_ARGS(command->case_id), rule_english(RULE_CASE_ID));
    if (!command->reason || !*command->reason || strlen(command->reason) > REASON_SIZE_MAX)
        argp_error(state, "--reason TEXT is needed, 1 to %d bytes", REASON_SIZE_MAX);
    if (!command->needs_approver)
        return;
    if (!command->approver || !*command->approver || strlen(command->approver) > APPROVER_SIZE_MAX)
        argp_error(state, "--approver WHO is needed, 1 to %d bytes", APPROVER_SIZE_MAX);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct parked_command *command = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        settings_hand_on(&command->settings, settings_ask_children, state);
        return 0;
    case 'r':
        command->reason = argument;
        return 0;
    case 'p':
        command->approver = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            return ARGP_ERR_UNKNOWN;
        command->case_id = text_of(argument);
        return 0;
    case ARGP_KEY_END:
        judge_usage(command, state);
        return 0;
    default: /* argp's keys are no enum of ours */
        return ARGP_ERR_UNKNOWN;
    }
}

#define EXIT_CODES                                                                                                     \
    "\vExit codes: 0 stored; 1 refused (no such case, or not parked); 2 wrong usage; 3 the broker cannot be reached, " \
    "or no receipt in time: look with `onevisit case show` before trying again; 4 I/O error."

static const struct argp retry_parser = {
    .options = retry_options,
    .parser = parse_option,
    .children = settings_ask_children,
    .args_doc = "CASE",
    .doc = "Puts a parked case back to its place in the lanes of its units; it is sent to its window again." EXIT_CODES,
};

static const struct argp discard_parser = {
    .options = discard_options,
    .parser = parse_option,
    .children = settings_ask_children,
    .args_doc = "CASE",
    .doc = "Gives a parked case up: it expires, its branch is told, and the lanes of its units are free. Two persons "
           "decide." EXIT_CODES,
};

static void print_receipt(const struct link_message *answer, const struct settings *settings, void *context)
{
    const struct parked_command *command = context;
    const struct receipt *receipt = answer->body;
    if (settings->is_json)
        print_record_json(&record_receipt, receipt);
    else
        printf("已存 / stored: %.*s, journal sequence %" PRId64 "\n", TEXT_ARGS(command->case_id),
               receipt->sequence.value);
}

static enum exit_code ask(struct parked_command *command, enum message_type type, const void *body)
{
    struct question question = {.type = type, .body = body, .case_id = command->case_id, .answer = MESSAGE_RECEIPT};
    return ask_and_print(&command->settings, &question, print_receipt, command);
}

enum exit_code parked_retry_run(int argc, char **argv)
{
    struct parked_command command = {0};
    settings_init(&command.settings);
    argp_parse(&retry_parser, argc, argv, 0, NULL, &command);
    struct ops_parked_retry body = {.reason = text_of(command.reason), .is_present = true};
    return ask(&command, MESSAGE_OPS_PARKED_RETRY, &body);
}

enum exit_code parked_discard_run(int argc, char **argv)
{
    struct parked_command command = {.needs_approver = true};
    settings_init(&command.settings);
    argp_parse(&discard_parser, argc, argv, 0, NULL, &command);
    struct ops_parked_discard body = {
        .reason = text_of(command.reason), .approver = text_of(command.approver), .is_present = true};
    return ask(&command, MESSAGE_OPS_PARKED_DISCARD, &body);
}
