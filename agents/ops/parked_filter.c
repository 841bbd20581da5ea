#include "agents/ops/parked_filter.h"

#include "agents/ops/case_table.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"
#include "schemas/failure.h"

enum { OLDER_MAX = 1000000 };

void parked_filter_options(struct parked_filter *filter, struct command_option out[PARKED_FILTER_OPTION_COUNT])
{
    out[0] = option_text("window", 'w', "W:DISTRICT", &filter->window, "only of this window");
    out[1] = option_text("branch", 'b', "B:NUMBER", &filter->branch, "only of this branch");
    out[2] = option_text("class", 'c', "CLASS", &filter->class,
                         "only those whose attempts failed so: transient, busy, permanent, poison or silent");
    out[3] = option_number("older", 'o', "MINUTES", &filter->older, 0, OLDER_MAX, "only those parked longer than that");
}

void parked_filter_judge(const struct parked_filter *filter, const struct argp_state *state)
{
    case_judge_participant(filter->window, ROLE_WINDOW, "--window", state);
    case_judge_participant(filter->branch, ROLE_BRANCH, "--branch", state);
    if (filter->class.data != NULL && !rule_holds(RULE_DICT_FAILURE, filter->class))
        argp_error(state, "--class wants %s", rule_english(RULE_DICT_FAILURE));
}

bool parked_filter_is_given(const struct parked_filter *filter)
{
    return filter->window.data != NULL || filter->branch.data != NULL || filter->class.data != NULL ||
           filter->older.is_present;
}

struct ops_case_list parked_filter_question(const struct parked_filter *filter, struct text after)
{
    struct ops_case_list question = {.state = text_of("PARKED"),
                                     .window = filter->window,
                                     .branch = filter->branch,
                                     .class = filter->class,
                                     .after = after,
                                     .count = number_of(PARKED_PAGE_COUNT),
                                     .is_present = true};
    if (filter->older.is_present)
        question.parked_before = number_of(clock_now_us() - filter->older.value * 60 * INT64_C(1000000));
    return question;
}

static void add_case(struct table *table, const struct case_status *status)
{
    const struct case_parked *parked = &status->parked;
    char duration[SHOW_DURATION_SIZE];
    table_text(table, status->case_id);
    table_text(table, status->window);
    table_text(table, status->branch);
    table_text(table, parked->class);
    table_number(table, parked->attempts);
    table_cell(table, "%s", show_duration(clock_now_us() - parked->since.value, duration));
    table_cell(table, "%s", parked->holds_units.value != 0 ? "held" : "free");
    table_text(table, parked->cause);
}

void parked_print(const struct case_list *list)
{
    static const struct table_column columns[] = {{"CASE", false},  {"WINDOW", false}, {"BRANCH", false},
                                                  {"CLASS", false}, {"TRIES", true},   {"FOR", true},
                                                  {"UNITS", false}, {"CAUSE", false}};
    if (list->cases.count == 0) {
        puts("没有搁置的件 / nothing is parked");
        return;
    }
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < list->cases.count; i++)
        add_case(table, &list->cases.items[i]);
    table_print(table, stdout);
    table_free(&table);
}
