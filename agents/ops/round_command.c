/* `onevisit case allow-round`: a person allows a window one more round of
 * supplements after acceptance. It is journaled, so the answer is a RECEIPT. */
#include <inttypes.h>

#include "agents/ops/ask.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"

enum { ROUND_REASON_SIZE_MAX = 256 };

struct round_command {
    struct settings settings;
    struct text case_id;
    struct text reason;
};

static const char round_sentences[] =
    "Allows the window of a case one more round of supplements than its rule does; the branch is told and can then "
    "answer it.\vExit codes: 0 stored; 1 refused (no such case, or no longer under way); 2 wrong usage; 3 the broker "
    "cannot be reached, or no receipt in time: look with `onevisit case show` before trying again; 4 I/O error.";

static void judge_usage(const void *context, const struct argp_state *state)
{
    const struct round_command *command = context;
    command_judge_case(command->case_id, state);
    command_judge_text(command->reason, ROUND_REASON_SIZE_MAX, "--reason TEXT", state);
}

static void print_receipt(const struct link_message *answer, const struct settings *settings, void *context)
{
    const struct round_command *command = context;
    const struct receipt *receipt = answer->body;
    if (settings->is_json)
        print_record_json(&record_receipt, receipt);
    else
        printf("已存 / stored: %.*s, journal sequence %" PRId64 "\n", TEXT_ARGS(command->case_id),
               receipt->sequence.value);
}

enum exit_code case_allow_round_run(int argc, char **argv)
{
    struct round_command command = {0};
    const struct command_option options[] = {
        option_text("reason", 'r', "TEXT", &command.reason, "why; needed, journaled"),
        {0},
    };
    const struct command_form form = {.settings = &command.settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .words_named = "CASE",
                                      .words = &command.case_id,
                                      .word_count_max = 1,
                                      .sentences = round_sentences,
                                      .judge = judge_usage,
                                      .command = &command};
    command_parse(&form, argc, argv);
    struct ops_supplement_allow body = {.reason = command.reason, .is_present = true};
    struct question question = {
        .type = MESSAGE_OPS_SUPPLEMENT_ALLOW, .body = &body, .case_id = command.case_id, .answer = MESSAGE_RECEIPT};
    return ask_and_print(&command.settings, &question, print_receipt, &command);
}
