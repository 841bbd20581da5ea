/* `onevisit parked retry|discard`: what a person decides about a case that was
 * set aside. Both are journaled, so the answer is a RECEIPT. */
#include <inttypes.h>

#include "agents/ops/ask.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"

struct parked_command {
    struct settings settings;
    struct text case_id;
    struct text reason;
    struct text approver;
    bool needs_approver;
};

enum { REASON_SIZE_MAX = 256, APPROVER_SIZE_MAX = 64 };

#define EXIT_CODES                                                                                                     \
    "\vExit codes: 0 stored; 1 refused (no such case, or not parked); 2 wrong usage; 3 the broker cannot be reached, " \
    "or no receipt in time: look with `onevisit case show` before trying again; 4 I/O error."

static const char retry_sentences[] =
    "Puts a parked case back to its place in the lanes of its units; it is sent to its window again." EXIT_CODES;

static const char discard_sentences[] =
    "Gives a parked case up: it expires, its branch is told, and the lanes of its units are free. Two persons "
    "decide." EXIT_CODES;

static void judge_usage(const void *context, const struct argp_state *state)
{
    const struct parked_command *command = context;
    command_judge_case(command->case_id, state);
    command_judge_text(command->reason, REASON_SIZE_MAX, "--reason TEXT", state);
    if (command->needs_approver)
        command_judge_text(command->approver, APPROVER_SIZE_MAX, "--approver WHO", state);
}

static void parse(struct parked_command *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("reason", 'r', "TEXT", &command->reason, "why; needed, journaled"),
        option_text("approver", 'p', "WHO", &command->approver, "the second person who agrees; needed, journaled"),
        {0},
    };
    const struct command_option retry_options[] = {options[0], {0}};
    const struct command_form form = {.settings = &command->settings,
                                      .children = settings_ask_children,
                                      .options = command->needs_approver ? options : retry_options,
                                      .words_named = "CASE",
                                      .words = &command->case_id,
                                      .word_count_max = 1,
                                      .sentences = command->needs_approver ? discard_sentences : retry_sentences,
                                      .judge = judge_usage,
                                      .command = command};
    command_parse(&form, argc, argv);
}

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
    parse(&command, argc, argv);
    struct ops_parked_retry body = {.reason = command.reason, .is_present = true};
    return ask(&command, MESSAGE_OPS_PARKED_RETRY, &body);
}

enum exit_code parked_discard_run(int argc, char **argv)
{
    struct parked_command command = {.needs_approver = true};
    parse(&command, argc, argv);
    struct ops_parked_discard body = {.reason = command.reason, .approver = command.approver, .is_present = true};
    return ask(&command, MESSAGE_OPS_PARKED_DISCARD, &body);
}
