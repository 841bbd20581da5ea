/* `onevisit health`: how the broker is. */
#include <inttypes.h>

#include "agents/ops/ask.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"

enum { MEBIBYTE = 1 << 20 };

static const char sentences[] =
    "Says how the broker is."
    "\vExit codes: 0 it serves; 1 it takes no new cases (disk nearly full, writes too slow, the clock was stepped), or "
    "does not serve (behind a receipt it gave, or another broker took its place), or refused; 2 wrong usage; 3 cannot "
    "be reached; 4 I/O error.";

static void print_health(const struct health *health)
{
    static const struct table_column columns[] = {{"WHAT", false}, {"VALUE", false}};
    struct table *table = table_new(columns, 2);
    table_cell(table, "state");
    table_text(table, health->state);
    if (health->reason.data) {
        table_cell(table, "reason");
        table_text(table, health->reason);
    }
    table_cell(table, "software");
    table_text(table, health->software);
    table_cell(table, "sealed as");
    table_cell(table, health->is_test.value ? "test" : "production");
    table_cell(table, "epoch");
    table_number(table, health->epoch);
    table_cell(table, "journal sequence");
    table_number(table, health->sequence);
    table_cell(table, "checkpoint");
    table_cell(table, "%" PRId64 " (%" PRId64 " behind)", health->checkpoint.value,
               health->sequence.value - health->checkpoint.value);
    table_cell(table, "open cases");
    table_number(table, health->open_cases);
    table_cell(table, "sessions");
    table_number(table, health->sessions);
    table_cell(table, "memory");
    table_cell(table, "%" PRId64 " MiB", health->memory.value / MEBIBYTE);
    for (uint32_t i = 0; i < health->title_alarms.count; i++) {
        table_cell(table, "ALARM unusually many title queries");
        table_text(table, health->title_alarms.items[i]);
    }
    table_cell(table, "keys ending within 30 days");
    table_number(table, health->keys_ending);
    table_print(table, stdout);
    table_free(&table);
}

static void print_answer(const struct link_message *answer, const struct settings *settings, void *context)
{
    bool *is_serving = context;
    const struct health *health = answer->body;
    *is_serving = text_is(health->state, "serving");
    if (settings->is_json)
        print_record_json(&record_health, health);
    else
        print_health(health);
}

enum exit_code health_run(int argc, char **argv)
{
    struct settings settings;
    bool is_serving = false;
    const struct command_form form = {.settings = &settings, .children = settings_ask_children, .sentences = sentences};
    command_parse(&form, argc, argv);
    struct ops_health body = {.is_present = true};
    struct question question = {.type = MESSAGE_OPS_HEALTH, .body = &body, .answer = MESSAGE_HEALTH};
    enum exit_code code = ask_and_print(&settings, &question, print_answer, &is_serving);
    return code == EXIT_CODE_DONE && !is_serving ? EXIT_CODE_NO : code;
}
