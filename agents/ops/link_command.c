/* `onevisit link list`: who is connected, and who was turned away and why. */
#include "agents/ops/ask.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"

static const char sentences[] =
    "Shows the sessions that stand, and doors that stayed shut: unknown key, revoked key, wrong sender, wrong "
    "role. CLOCK is how far the participant's clock is from the broker's. The public key of a refusal is what "
    "`onevisit key list` shows, or shows not." COMMAND_ASK_EXIT_CODES;

static void add_link(struct table *table, const struct link_view *view)
{
    char time[SHOW_TIME_SIZE];
    enum status refusal = view->refused.data ? status_of_code(view->refused.data, view->refused.size) : STATUS_OK;
    table_text(table, view->participant);
    table_text(table, view->refused.data ? view->refused : text_of("standing"));
    table_cell(table, "%s", show_time(view->time, time));
    table_number(table, view->count);
    table_cell(table, "%s", show_offset(view->offset_ms, time));
    table_text(table, view->address);
    table_text(table, view->software);
    table_text(table, view->key);
    table_cell(table, "%s", refusal == STATUS_OK || refusal == STATUS_COUNT ? "-" : status_english(refusal));
}

static void print_links(const void *body)
{
    const struct link_list *list = body;
    static const struct table_column columns[] = {
        {"PARTICIPANT", false}, {"SESSION", false},  {"SINCE", false}, {"COUNT", true}, {"CLOCK", true},
        {"ADDRESS", false},     {"SOFTWARE", false}, {"KEY", false},   {"WHY", false},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < list->links.count; i++)
        add_link(table, &list->links.items[i]);
    table_print(table, stdout);
    table_free(&table);
}

enum exit_code link_list_run(int argc, char **argv)
{
    struct settings settings;
    bool refused_only = false;
    const struct command_option options[] = {
        option_flag("refused", 0, &refused_only, "only the refusals"),
        {0},
    };
    const struct command_form form = {
        .settings = &settings, .children = settings_ask_children, .options = options, .sentences = sentences};
    command_parse(&form, argc, argv);
    struct ops_link_list body = {.is_present = true};
    if (refused_only)
        body.refused_only = number_of(1);
    struct question question = {.type = MESSAGE_OPS_LINK_LIST, .body = &body, .answer = MESSAGE_LINK_LIST};
    return ask_and_show(&settings, &question, print_links);
}
