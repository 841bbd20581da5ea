/* `onevisit rules check` judges rule files without a broker; `rules load` has
 * the broker read its rule files and its calendar again; `rules list` shows
 * what is in force. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "agents/ops/ask.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"
#include "broker/store/rules_file.h"
#include "schemas/calendar.h"

/* ---- check ---- */

enum { CHECK_FILE_COUNT_MAX = 256 };

struct rules_check {
    struct settings settings;
    struct text files[CHECK_FILE_COUNT_MAX];
    const char *file; /* the one being judged */
    json_t *problems; /* for --json, else NULL */
    uint32_t count;
};

static const struct argp_child check_children[] = {{&settings_json_argp, 0, NULL, 0}, {0}};

static const char check_sentences[] =
    "Judges rule files as the broker does when it reads them, and says every problem with line and path."
    "\vExit codes: 0 the broker would take them; 1 problems, or no such file; 2 wrong usage; 4 I/O error.";

static void judge_check(const void *context, const struct argp_state *state)
{
    const struct rules_check *command = context;
    if (!command->files[0].data)
        argp_error(state, "which FILE?");
}

static void take_problem(unsigned line, const char *path, const char *sentence, void *context)
{
    struct rules_check *command = context;
    command->count++;
    if (command->problems)
        json_array_append_new(command->problems, json_pack("{s:s, s:i, s:s, s:s}", "file", command->file, "line",
                                                           (int)line, "path", path, "text", sentence));
    else
        printf("%s: line %u: %s%s%s\n", command->file, line, path, *path ? ": " : "", sentence);
}

static enum exit_code check_file(struct rules_check *command, struct arena *arena)
{
    struct fact_rules fact;
    char why[RULES_WHY_SIZE];
    uint32_t before = command->count;
    arena_reset(arena);
    enum status status = rules_file_judge(command->file, arena, &fact, why, take_problem, command);
    if (status != STATUS_OK && command->count == before)
        complain("%s", why);
    else if (status == STATUS_OK && !command->problems)
        printf("%s: rules of %.*s, version %" PRId64 ", no problems\n", command->file, TEXT_ARGS(fact.rules.window),
               fact.rules.version.value);
    return status == STATUS_CONFIG || status == STATUS_LIMIT ? EXIT_CODE_NO : exit_code_of(status);
}

enum exit_code rules_check_run(int argc, char **argv)
{
    struct rules_check command = {0};
    const struct command_form form = {.settings = &command.settings,
                                      .children = check_children,
                                      .words_named = "FILE...",
                                      .words = command.files,
                                      .word_count_max = CHECK_FILE_COUNT_MAX,
                                      .sentences = check_sentences,
                                      .judge = judge_check,
                                      .command = &command};
    command_parse(&form, argc, argv);
    command.problems = command.settings.is_json ? json_array() : NULL;
    uint8_t *memory = malloc(RULES_ARENA_SIZE);
    struct arena arena = arena_over(memory, memory ? RULES_ARENA_SIZE : 0);
    enum exit_code code = EXIT_CODE_DONE;
    for (uint32_t i = 0; i < CHECK_FILE_COUNT_MAX && command.files[i].data; i++) {
        command.file = command.files[i].data; /* a whole word of the command line */
        enum exit_code one = check_file(&command, &arena);
        code = one > code ? one : code;
    }
    if (command.problems)
        print_json(json_incref(command.problems));
    json_decref(command.problems);
    free(memory);
    return code;
}

/* ---- load, list ---- */

static void print_calendar(const struct rules_list *list)
{
    struct date end;
    const int64_t now_us = (int64_t)time(NULL) * 1000000;
    printf("calendar %.*s, known to %.*s\n", TEXT_ARGS(list->calendar), TEXT_ARGS(list->calendar_end));
    if (date_parse(list->calendar_end, &end) &&
        date_days(end) - date_days(date_of_time(now_us)) <= CALENDAR_WARNING_DAYS)
        printf("it ends in %d days: give the broker the next one (onevisitd --calendar FILE)\n",
               (int)(date_days(end) - date_days(date_of_time(now_us))));
    if (list->calendar_refused.data)
        printf("a newer calendar was refused: %.*s\n", TEXT_ARGS(list->calendar_refused));
}

static void print_rules(const void *body)
{
    const struct rules_list *list = body;
    static const struct table_column columns[] = {
        {"WINDOW", false}, {"VERSION", true}, {"SEQ", true}, {"REFUSED", false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < list->windows.count; i++) {
        const struct rules_view *view = &list->windows.items[i];
        table_text(table, view->window);
        table_number(table, view->version);
        table_number(table, view->sequence);
        table_text(table, view->refused);
    }
    table_print(table, stdout);
    table_free(&table);
    print_calendar(list);
}

enum exit_code rules_list_run(int argc, char **argv)
{
    static const char sentences[] = "Shows the rules in force and where in the journal they stand (SEQ), a window with "
                                    "none having the defaults, the calendar, and files that were refused "
                                    "and why." COMMAND_ASK_EXIT_CODES;
    struct settings settings;
    struct ops_rules_list body = {.is_present = true};
    const struct command_option options[] = {
        option_text("window", 'w', "WINDOW", &body.window, "only this one, as W:370102"),
        {0},
    };
    const struct command_form form = {
        .settings = &settings, .children = settings_ask_children, .options = options, .sentences = sentences};
    command_parse(&form, argc, argv);
    struct question question = {.type = MESSAGE_OPS_RULES_LIST, .body = &body, .answer = MESSAGE_RULES_LIST};
    return ask_and_show(&settings, &question, print_rules);
}

static void print_loaded(const struct link_message *answer, const struct settings *settings, void *context)
{
    const struct rules_list *list = answer->body;
    bool *is_refused = context;
    *is_refused = list->calendar_refused.data != NULL;
    for (uint32_t i = 0; i < list->windows.count; i++)
        *is_refused = *is_refused || list->windows.items[i].refused.data != NULL;
    if (settings->is_json) {
        print_record_json(&record_rules_list, list);
        return;
    }
    printf("%" PRId64 " changed\n", list->changed.value);
    print_rules(list);
}

enum exit_code rules_load_run(int argc, char **argv)
{
    static const char sentences[] =
        "Has the broker read its rule files and its calendar again: each judged whole, then swapped and journaled, or "
        "refused, and the one before stays in force."
        "\vExit codes: 0 all are in force; 1 one was refused, or the question was; 2 wrong usage; 3 the broker cannot "
        "be reached; 4 I/O error.";
    struct settings settings;
    bool is_refused = false;
    struct ops_rules_load body = {.is_present = true};
    const struct command_option options[] = {
        option_text("reason", 'r', "TEXT", &body.reason, "why; stands in the broker's log"),
        {0},
    };
    const struct command_form form = {
        .settings = &settings, .children = settings_ask_children, .options = options, .sentences = sentences};
    command_parse(&form, argc, argv);
    struct question question = {.type = MESSAGE_OPS_RULES_LOAD, .body = &body, .answer = MESSAGE_RULES_LIST};
    enum exit_code code = ask_and_print(&settings, &question, print_loaded, &is_refused);
    return code == EXIT_CODE_DONE && is_refused ? EXIT_CODE_NO : code;
}
