/* `onevisit replay unmask`: two operators allow an export in clear. */
#include <inttypes.h>
#include <stdio.h>

#include "agents/ops/ask.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "schemas/rule.h"

enum { REASON_SIZE_MAX = 256, MINUTES_MAX = 1440, MINUTES_DEFAULT = 30 };

struct unmask_command {
    struct settings settings;
    struct text scope;
    struct text reason;
    struct number minutes;
};

static const char sentences[] =
    "Allows `onevisit replay export --unmasked` for one case, or for the records FIRST-LAST, for some minutes. It "
    "takes two operators with keys of their own: the first one proposes, the second one allows it by saying the same "
    "within a day. Both words are journaled with their reasons."
    "\vExit codes: 0 stored; 1 refused (the same operator again, or it is allowed already); 2 wrong usage; 3 the "
    "broker cannot be reached, or no receipt in time; 4 I/O error.";

static void judge(const void *context, const struct argp_state *state)
{
    const struct unmask_command *command = context;
    if (!rule_holds(RULE_EXPORT_SCOPE, command->scope))
        argp_error(state, "of what? '%.*s' is not %s", TEXT_ARGS(command->scope), rule_english(RULE_EXPORT_SCOPE));
    command_judge_text(command->reason, REASON_SIZE_MAX, "--reason TEXT", state);
}

static void print_receipt(const struct link_message *answer, const struct settings *settings, void *context)
{
    const struct unmask_command *command = context;
    const struct receipt *receipt = answer->body;
    if (settings->is_json)
        print_record_json(&record_receipt, receipt);
    else
        printf("已存 / stored: %.*s, journal sequence %" PRId64
               "; `replay export --unmasked` works when two operators have said so\n",
               TEXT_ARGS(command->scope), receipt->sequence.value);
}

enum exit_code replay_unmask_run(int argc, char **argv)
{
    struct unmask_command command = {.scope = {"", 0}};
    const struct command_option options[] = {
        option_text("reason", 'r', "TEXT", &command.reason, "why; needed, journaled"),
        option_number("minutes", 'm', "COUNT", &command.minutes, 1, MINUTES_MAX,
                      "for so long, from the second operator's word on; 30"),
        {0},
    };
    const struct command_form form = {.settings = &command.settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .words_named = "CASE|FIRST-LAST",
                                      .words = &command.scope,
                                      .word_count_max = 1,
                                      .sentences = sentences,
                                      .judge = judge,
                                      .command = &command};
    command_parse(&form, argc, argv);
    const struct ops_unmask body = {.scope = command.scope,
                                    .minutes =
                                        command.minutes.is_present ? command.minutes : number_of(MINUTES_DEFAULT),
                                    .reason = command.reason,
                                    .is_present = true};
    const struct question question = {.type = MESSAGE_OPS_UNMASK, .body = &body, .answer = MESSAGE_RECEIPT};
    return ask_and_print(&command.settings, &question, print_receipt, &command);
}
