/* `onevisit window list`: the windows as the broker sees them. */
#include "agents/ops/ask.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"

static const char sentences[] =
    "Shows the windows: who is open since when, cases not delivered yet (QUEUED), deliveries on their way, open "
    "cases, credit, how far the window's clock is from the broker's (CLOCK), and how long the oldest undelivered case "
    "waits." COMMAND_ASK_EXIT_CODES;

static void add_window(struct table *table, const struct window_view *view, int64_t now_us)
{
    char text[SHOW_TIME_SIZE];
    table_text(table, view->window);
    table_text(table, view->name);
    table_text(table, view->state);
    table_cell(table, "%s", show_time(view->since, text));
    table_number(table, view->queued);
    table_number(table, view->in_flight);
    table_number(table, view->open);
    table_number(table, view->credit);
    table_cell(table, "%s", show_offset(view->offset_ms, text));
    table_cell(table, "%s", view->oldest.is_present ? show_duration(now_us - view->oldest.value, text) : "-");
}

static void print_windows(const void *body)
{
    const struct window_list *list = body;
    static const struct table_column columns[] = {
        {"WINDOW", false},   {"NAME", false}, {"STATE", false}, {"SINCE", false}, {"QUEUED", true},
        {"IN FLIGHT", true}, {"OPEN", true},  {"CREDIT", true}, {"CLOCK", true},  {"OLDEST", true},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    int64_t now_us = clock_now_us();
    for (uint32_t i = 0; i < list->windows.count; i++)
        add_window(table, &list->windows.items[i], now_us);
    table_print(table, stdout);
    table_free(&table);
}

enum exit_code window_list_run(int argc, char **argv)
{
    struct settings settings;
    bool open_only = false;
    const struct command_option options[] = {
        option_flag("open", 0, &open_only, "only those that are connected"),
        {0},
    };
    const struct command_form form = {
        .settings = &settings, .children = settings_ask_children, .options = options, .sentences = sentences};
    command_parse(&form, argc, argv);
    struct ops_window_list body = {.is_present = true};
    if (open_only)
        body.open_only = number_of(1);
    struct question question = {.type = MESSAGE_OPS_WINDOW_LIST, .body = &body, .answer = MESSAGE_WINDOW_LIST};
    return ask_and_show(&settings, &question, print_windows);
}
