/* `onevisit parked list` and `parked show`: what is set aside, why, and what stands still meanwhile. */
#include "agents/ops/ask.h"
#include "agents/ops/case_command.h"
#include "agents/ops/commands.h"
#include "agents/ops/parked_filter.h"
#include "agents/ops/show.h"

struct list_command {
    struct settings settings;
    struct parked_filter filter;
    struct text after;
};

static const char list_sentences[] =
    "Lists cases that are set aside for an operator, newest first: how and how often their delivery failed, for how "
    "long they lie there, and whether their property units are held. " COMMAND_ASK_EXIT_CODES;

static const char show_sentences[] =
    "Shows one parked case: cause, attempts, what is held, and its timeline with every failed attempt."
    "\vExit codes: 0 done; 1 no such case, not parked, or refused; 2 wrong usage; 3 the broker cannot be reached; 4 "
    "I/O error.";

static void judge_list(const void *context, const struct argp_state *state)
{
    const struct list_command *command = context;
    parked_filter_judge(&command->filter, state);
    if (command->after.data != NULL)
        command_judge_case(command->after, state);
}

static void print_list(const void *body)
{
    const struct case_list *list = body;
    parked_print(list);
    if (list->has_more.value != 0 && list->cases.count > 0)
        printf("there are more: --after %.*s\n", TEXT_ARGS(list->cases.items[list->cases.count - 1].case_id));
}

enum exit_code parked_list_run(int argc, char **argv)
{
    struct list_command command = {.filter = {.class = {0}}};
    struct command_option options[PARKED_FILTER_OPTION_COUNT + 2] = {{0}};
    parked_filter_options(&command.filter, options);
    options[PARKED_FILTER_OPTION_COUNT] = option_text("after", 0, "CASE", &command.after, "go on after this case");
    const struct command_form form = {.settings = &command.settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .sentences = list_sentences,
                                      .judge = judge_list,
                                      .command = &command};
    command_parse(&form, argc, argv);
    struct ops_case_list body = parked_filter_question(&command.filter, command.after);
    struct question question = {.type = MESSAGE_OPS_CASE_LIST, .body = &body, .answer = MESSAGE_CASE_LIST};
    return ask_and_show(&command.settings, &question, print_list);
}

/* ---- show ---- */

static void judge_show(const void *context, const struct argp_state *state)
{
    command_judge_case(*(const struct text *)context, state);
}

static void print_one(const struct link_message *answer, const struct settings *settings, void *context)
{
    const struct case_status *status = answer->body;
    bool *is_parked = context;
    *is_parked = status->parked.is_present;
    if (!*is_parked)
        complain("%.*s is not parked: it is %.*s", TEXT_ARGS(status->case_id), TEXT_ARGS(status->state));
    else if (settings->is_json)
        print_record_json(&record_case_parked, &status->parked);
    else
        case_print(status);
}

enum exit_code parked_show_run(int argc, char **argv)
{
    struct settings settings;
    bool is_parked = false;
    struct ops_case_show body = {.is_present = true};
    const struct command_form form = {.settings = &settings,
                                      .children = settings_ask_children,
                                      .words_named = "CASE",
                                      .words = &body.case_id,
                                      .word_count_max = 1,
                                      .sentences = show_sentences,
                                      .judge = judge_show,
                                      .command = &body.case_id};
    command_parse(&form, argc, argv);
    struct question question = {.type = MESSAGE_OPS_CASE_SHOW, .body = &body, .answer = MESSAGE_CASE_STATUS};
    enum exit_code code = ask_and_print(&settings, &question, print_one, &is_parked);
    return code == EXIT_CODE_DONE && !is_parked ? EXIT_CODE_NO : code;
}
