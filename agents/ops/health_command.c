/* `onevisit health`: how the broker is. */
#include <inttypes.h>

#include "agents/ops/ask.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"
#include "schemas/calendar.h"

enum { MEBIBYTE = 1 << 20 };

static const char sentences[] =
    "Says how the broker is."
    "\vExit codes: 0 it serves; 1 it takes no new cases (disk nearly full, writes too slow, the clock was stepped), or "
    "does not serve (behind a receipt it gave, or another broker took its place), or refused; 2 wrong usage; 3 cannot "
    "be reached; 4 I/O error.";

/* The next calendar comes late in the year: whoever looks sees how much time is left. */
static void print_calendar_end(struct table *table, const struct health *health)
{
    struct date end;
    int32_t days = 0;
    if (date_parse(health->calendar_end, &end))
        days = date_days(end) - date_days(date_of_time(clock_now_us()));
    table_cell(table, "calendar");
    table_cell(table, "%.*s, runs out on %.*s (%s%d days)%s", TEXT_ARGS(health->calendar),
               TEXT_ARGS(health->calendar_end), days < 0 ? "" : "in ", (int)days,
               days <= CALENDAR_WARNING_DAYS ? ": give the broker the next one" : "");
}

static void print_offsets(struct table *table, const struct health *health)
{
    char text[SHOW_TIME_SIZE];
    table_cell(table, "clocks off");
    if (health->offset_of.data)
        table_cell(table, "%" PRId64 " (furthest: %.*s, %s)", health->clocks_off.value, TEXT_ARGS(health->offset_of),
                   show_offset(health->offset_ms, text));
    else
        table_number(table, health->clocks_off);
}

/* Each of them waits for a person. */
static void print_parked(struct table *table, const struct health *health)
{
    char duration[SHOW_DURATION_SIZE];
    table_cell(table, health->parked.value > 0 ? "ALARM parked cases" : "parked cases");
    if (health->parked.value > 0)
        table_cell(table, "%" PRId64 ", the oldest for %s", health->parked.value,
                   show_duration(clock_now_us() - health->parked_since.value, duration));
    else
        table_number(table, number_of(0));
}

static void print_backup(struct table *table, const struct health *health)
{
    char time[SHOW_TIME_SIZE];
    table_cell(table, "last backup");
    if (health->backup.is_present)
        table_cell(table, "%s, to record %" PRId64 " (%" PRId64 " behind)", show_time(health->backup_at, time),
                   health->backup.value, health->sequence.value - health->backup.value);
    else
        table_cell(table, "none");
}

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
    print_parked(table, health);
    table_cell(table, "sessions");
    table_number(table, health->sessions);
    if (health->calendar_end.data)
        print_calendar_end(table, health);
    print_offsets(table, health);
    table_cell(table, "records verified since start");
    table_number(table, health->patrolled);
    print_backup(table, health);
    table_cell(table, "memory");
    table_cell(table, "%" PRId64 " MiB", health->memory.value / MEBIBYTE);
    for (uint32_t i = 0; i < health->title_alarms.count; i++) {
        table_cell(table, "ALARM unusually many title queries");
        table_text(table, health->title_alarms.items[i]);
    }
    for (uint32_t i = 0; i < health->lookup_alarms.count; i++) {
        table_cell(table, "ALARM unusually many persons looked up");
        table_text(table, health->lookup_alarms.items[i]);
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
