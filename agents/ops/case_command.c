/* `onevisit case show` and `case list`. What may be said of a case is said by
 * the broker (level_zh, level_en); nothing here says more. Certificate numbers
 * are masked (DOMAIN 6.9). */
#include <inttypes.h>

#include "agents/ops/case_command.h"

#include "agents/ops/ask.h"
#include "agents/ops/case_table.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"
#include "schemas/clocks.h"
#include "schemas/failure.h"
#include "schemas/lifecycle.h"
#include "schemas/windows.h"

enum { COUNT_MAX = 500 };

/* ---- show ---- */

static const char show_sentences[] =
    "Shows one case: what may be said of it, who has the next step, and its timeline: what came, from whom, "
    "when, and how long after the step before."
    "\vExit codes: 0 done; 1 no such case, or refused; 2 wrong usage; 3 the broker cannot be reached; 4 I/O "
    "error.";

static void judge_show(const void *context, const struct argp_state *state)
{
    command_judge_case(*(const struct text *)context, state);
}

static void print_timeline(const struct history_entry_list *history)
{
    static const struct table_column columns[] = {
        {"SEQUENCE", true}, {"TIME", false},  {"AFTER", true},    {"WHO", false},
        {"WHAT", false},    {"STATE", false}, {"DECIDED", false},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < history->count; i++) {
        const struct history_entry *entry = &history->items[i];
        char text[SHOW_TIME_SIZE];
        table_number(table, entry->sequence);
        table_cell(table, "%s", show_time(entry->time, text));
        table_cell(table, "%s", i > 0 ? show_duration(entry->time.value - entry[-1].time.value, text) : "-");
        table_text(table, entry->source);
        table_text(table, entry->type);
        table_text(table, entry->state);
        table_text(table, entry->text);
    }
    table_print(table, stdout);
    table_free(&table);
}

/* "济南市历下区", or nothing for a window that is in no list of ours. */
static void print_window_name(struct text participant)
{
    for (uint32_t i = 0; i < window_count(); i++)
        if (text_is(participant, window_at(i)->participant))
            printf(" %s%s", window_at(i)->city_name, window_at(i)->name);
}

static void print_texts(const char *heading, const struct text_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        printf("%s%.*s", i == 0 ? heading : ", ", TEXT_ARGS(list->items[i]));
    if (list->count > 0)
        putchar('\n');
}

static void print_clock(const struct case_clock *clock)
{
    char time[SHOW_TIME_SIZE];
    char duration[SHOW_DURATION_SIZE];
    int64_t now_us = clock_now_us();
    bool is_late = case_clock_is_late(clock, now_us);
    enum clock_name name = clock_of(clock->name);
    if (!clock->is_present)
        return;
    int64_t left_us = clock->due_at.value - now_us;
    printf("clock    %.*s", TEXT_ARGS(clock->name));
    if (name != CLOCK_COUNT)
        printf(" (%s, %s)", clock_row(name)->chinese, clock_row(name)->english);
    printf(" since %s, ", show_time(clock->started_at, time));
    printf("due %s (%s %s)", show_time(clock->due_at, time), is_late ? "late by" : "in",
           show_duration(is_late ? -left_us : left_us, duration));
    if (clock->stage.value > 0)
        printf(", last alarm at %" PRId64 " %%", clock->stage.value);
    putchar('\n');
}

static void print_parked(const struct case_parked *parked)
{
    char words[96];
    char time[SHOW_TIME_SIZE];
    char duration[SHOW_DURATION_SIZE];
    if (!parked->is_present)
        return;
    printf("parked   %.*s, %s: %.*s\n", TEXT_ARGS(parked->class), failure_show(parked->class, words, sizeof words),
           TEXT_ARGS(parked->cause));
    printf("         %" PRId64 " attempts, since %s (%s); its property units are %s\n", parked->attempts.value,
           show_time(parked->since, time), show_duration(clock_now_us() - parked->since.value, duration),
           parked->holds_units.value != 0 ? "held" : "free");
}

static void print_head(const struct case_status *status)
{
    char time[SHOW_TIME_SIZE];
    char duration[SHOW_DURATION_SIZE];
    char proof[MASK_SIZE_MAX];
    printf("%.*s  %.*s\n", TEXT_ARGS(status->case_id), TEXT_ARGS(status->kind));
    printf("%.*s / %.*s\n\n", TEXT_ARGS(status->level_zh), TEXT_ARGS(status->level_en));
    printf("state    %.*s since %s (%s), next step: %.*s\n", TEXT_ARGS(status->state), show_time(status->since, time),
           show_duration(clock_now_us() - status->since.value, duration), TEXT_ARGS(status->waits_for));
    print_clock(&status->clock);
    printf("stored   %s\n", show_time(status->submitted_at, time));
    printf("branch   %.*s\nwindow   %.*s", TEXT_ARGS(status->branch), TEXT_ARGS(status->window));
    print_window_name(status->window);
    putchar('\n');
    if (status->number.data)
        printf("业务号   %.*s\n", TEXT_ARGS(status->number));
    if (status->rules_version.is_present)
        printf("rules    version %" PRId64 " of the window's file\n", status->rules_version.value);
    if (status->proof.data)
        printf("证明号   %s\n", show_certificate(status->proof, proof));
    if (status->supplement_round.is_present && status->supplement_round.value > 0)
        printf("rounds   %" PRId64 "\n", status->supplement_round.value);
    print_parked(&status->parked);
    print_texts("flags    ", &status->flags);
    print_texts("units    ", &status->units);
}

void case_print(const struct case_status *status)
{
    print_head(status);
    putchar('\n');
    print_timeline(&status->history);
}

static void print_case(const struct link_message *answer, const struct settings *settings, void *context)
{
    const struct case_status *status = answer->body;
    (void)context;
    if (settings->is_json) {
        json_t *json = record_to_json(&record_case_status, status);
        case_json_mask(json, status);
        print_json(json);
        return;
    }
    case_print(status);
}

enum exit_code case_show_run(int argc, char **argv)
{
    struct settings settings;
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
    return ask_and_print(&settings, &question, print_case, NULL);
}

/* ---- list ---- */

static const char list_sentences[] =
    "Lists cases, newest first. Without --state, open and closed ones."
    "\vStates: SUBMITTED QUEUED DELIVERED SUPP_PRE ACCEPTED REVIEW SUPP_POST SUSPENDED WITHDRAWING BOOKED "
    "CERTIFIED ARCHIVED NOT_ACCEPTED REFUSED WITHDRAWN EXPIRED PARKED.\n"
    "Exit codes: 0 done; 1 refused; 2 wrong usage; 3 the broker cannot be reached; 4 I/O error.";

static void judge_filter(const void *context, const struct argp_state *state)
{
    const struct ops_case_list *filter = context;
    case_judge_state(filter->state, state);
    case_judge_participant(filter->window, ROLE_WINDOW, "--window", state);
    case_judge_participant(filter->branch, ROLE_BRANCH, "--branch", state);
    case_judge_after(filter->after, state);
}

static void parse_list(struct settings *settings, struct ops_case_list *filter, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("state", 's', "STATE", &filter->state,
                    "only in this state, as QUEUED or PARKED; open: all that are open"),
        option_text("window", 'w', "W:DISTRICT", &filter->window, "only of this window"),
        option_text("branch", 'b', "B:NUMBER", &filter->branch, "only of this branch"),
        option_number("count", 'n', "COUNT", &filter->count, 1, COUNT_MAX, "at most so many, 1 to 500; 50"),
        option_text("after", 0, "CASE", &filter->after, "go on after this case"),
        {0},
    };
    const struct command_form form = {.settings = settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .sentences = list_sentences,
                                      .judge = judge_filter,
                                      .command = filter};
    command_parse(&form, argc, argv);
}

static void print_cases_table(const struct case_list *list)
{
    case_table_print(&list->cases);
    if (list->has_more.value && list->cases.count > 0)
        printf("\nThere are others: --after %.*s\n", TEXT_ARGS(list->cases.items[list->cases.count - 1].case_id));
}

static void print_cases_json(const struct case_list *list)
{
    json_t *json = record_to_json(&record_case_list, list);
    case_json_mask_all(json_object_get(json, "cases"), &list->cases);
    print_json(json);
}

static void print_cases(const struct link_message *answer, const struct settings *settings, void *context)
{
    (void)context;
    if (settings->is_json)
        print_cases_json(answer->body);
    else
        print_cases_table(answer->body);
}

enum exit_code case_list_run(int argc, char **argv)
{
    struct settings settings;
    struct ops_case_list filter = {.is_present = true};
    parse_list(&settings, &filter, argc, argv);
    struct question question = {.type = MESSAGE_OPS_CASE_LIST, .body = &filter, .answer = MESSAGE_CASE_LIST};
    return ask_and_print(&settings, &question, print_cases, NULL);
}
