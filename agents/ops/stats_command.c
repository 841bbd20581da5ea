/* `onevisit stats`: first-pass rate, visits, avoidable defects and times of the
 * cases that were booked or ended on some days. */
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/session.h"
#include "agents/ops/stats_show.h"
#include "schemas/calendar.h"
#include "schemas/codes.h"
#include "schemas/rule.h"

enum { DAY_SIZE = 10, TIME_SIZE = 32 };

struct stats_command {
    struct settings settings;
    struct text day_first, day_last;
    struct text by_words;
    struct text format; /* text, json or csv */
    bool has_defects;
    enum stats_by by[BY_COUNT];
    uint32_t by_count;
};

static const char sentences[] =
    "Shows what the cases took that were booked, or ended otherwise, on some days; without --from today's. "
    "FIRST: booked without a supplement; SINGLE: the citizen came once; AVOID: defects the counter could have found; "
    "times in minutes of opening hours, p50/p95/p99." COMMAND_ASK_EXIT_CODES;

/* ---- the line ---- */

static void judge_day(struct text day, const char *option, const struct argp_state *state)
{
    struct date date;
    if (day.data != NULL && !date_parse(day, &date))
        argp_error(state, "%s: '%.*s' is not a day as 2026-09-30", option, TEXT_ARGS(day));
}

/* The next word of a list with commas; false at its end. */
static bool next_word(struct text *list, struct text *word)
{
    if (list->data == NULL)
        return false;
    const char *comma = memchr(list->data, ',', list->size);
    *word = *list;
    if (comma == NULL) {
        *list = (struct text){0};
        return true;
    }
    word->size = (uint32_t)(comma - list->data);
    *list = (struct text){comma + 1, list->size - word->size - 1};
    return true;
}

static bool is_new(const enum stats_by *by, uint32_t count, enum stats_by wanted)
{
    for (uint32_t i = 0; i < count; i++)
        if (by[i] == wanted)
            return false;
    return true;
}

/* Fills `by`; the word that is unknown or stands twice, data NULL when all is well. */
static struct text read_by(struct text list, enum stats_by by[BY_COUNT], uint32_t *count)
{
    *count = 0;
    for (struct text word; next_word(&list, &word);) {
        enum stats_by wanted = stats_by_of(word);
        if (wanted == BY_COUNT || !is_new(by, *count, wanted))
            return word;
        by[(*count)++] = wanted;
    }
    return (struct text){0};
}

static void judge(const void *context, const struct argp_state *state)
{
    const struct stats_command *command = context;
    enum stats_by by[BY_COUNT];
    uint32_t count;
    struct text wrong = read_by(command->by_words, by, &count);
    if (wrong.data != NULL)
        argp_error(state, "--by: '%.*s' is none of day, city, window, bank, branch, clerk, kind, or stands twice",
                   TEXT_ARGS(wrong));
    judge_day(command->day_first, "--from", state);
    judge_day(command->day_last, "--to", state);
    struct text format = command->format;
    if (format.data != NULL && !text_is(format, "text") && !text_is(format, "json") && !text_is(format, "csv"))
        argp_error(state, "--format: '%.*s' is none of text, json, csv", TEXT_ARGS(format));
    if (command->settings.is_json && format.data != NULL && !text_is(format, "json"))
        argp_error(state, "--json and --format %.*s contradict each other", TEXT_ARGS(format));
    if (command->day_first.data != NULL && command->day_last.data != NULL &&
        memcmp(command->day_first.data, command->day_last.data, DAY_SIZE) > 0)
        argp_error(state, "--from is later than --to");
}

static void parse(struct stats_command *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("from", 0, "DAY", &command->day_first, "first day, as 2026-09-30; that of --to"),
        option_text("to", 0, "DAY", &command->day_last, "last day; today"),
        option_text("by", 'b', "WORDS", &command->by_words,
                    "one row for each: day, city, window, bank, branch, clerk, kind; several with commas between"),
        option_text("format", 'f', "FORMAT", &command->format, "text, json or csv; text"),
        option_flag("defects", 0, &command->has_defects,
                    "also the avoidable defects by check, window and branch; in CSV these alone"),
        {0},
    };
    const struct command_form form = {.settings = &command->settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .sentences = sentences,
                                      .judge = judge,
                                      .command = command};
    command_parse(&form, argc, argv);
    (void)read_by(command->by_words, command->by, &command->by_count);
}

/* `today` must live as long as the command. */
static void fill_days(struct stats_command *command, char today[TIME_SIZE])
{
    (void)time_show(clock_now_us(), today, TIME_SIZE);
    if (command->day_last.data == NULL)
        command->day_last = (struct text){today, DAY_SIZE};
    if (command->day_first.data == NULL)
        command->day_first = command->day_last;
}

/* ---- asking ---- */

/* The place of the last case of a page: the answer is gone when the next one is asked for. */
struct place {
    char day[DAY_SIZE + 1];
    char case_id[CASE_ID_SIZE + 1];
};

static void go_on_after(struct ops_stats *body, struct place *place, const struct measure *last)
{
    snprintf(place->day, sizeof place->day, "%.*s", TEXT_ARGS(last->day));
    snprintf(place->case_id, sizeof place->case_id, "%.*s", TEXT_ARGS(last->case_id));
    body->after_day = text_of(place->day);
    body->after = text_of(place->case_id);
}

static enum exit_code gather(const struct stats_command *command, struct session *session, struct stats *stats)
{
    struct ops_stats body = {.day_first = command->day_first, .day_last = command->day_last, .is_present = true};
    struct question question = {.type = MESSAGE_OPS_STATS, .body = &body, .answer = MESSAGE_STATS_LIST};
    struct place place;
    for (bool has_more = true; has_more;) {
        struct link_message answer;
        enum exit_code code = session_ask(session, &question, &answer);
        if (code != EXIT_CODE_DONE)
            return code;
        const struct stats_list *list = answer.body;
        for (uint32_t i = 0; i < list->measures.count; i++)
            stats_add(stats, &list->measures.items[i]);
        has_more = list->has_more.value != 0 && list->measures.count > 0;
        if (has_more)
            go_on_after(&body, &place, &list->measures.items[list->measures.count - 1]);
    }
    return EXIT_CODE_DONE;
}

static void print(const struct stats_command *command, struct stats *stats)
{
    stats_settle(stats);
    const struct stats_view view = {.stats = stats,
                                    .by = command->by,
                                    .by_count = command->by_count,
                                    .day_first = command->day_first,
                                    .day_last = command->day_last,
                                    .has_defects = command->has_defects};
    if (command->settings.is_json || text_is(command->format, "json"))
        stats_print_json(&view);
    else if (text_is(command->format, "csv"))
        stats_print_csv(&view, stdout);
    else
        stats_print_text(&view, stdout);
}

enum exit_code stats_run(int argc, char **argv)
{
    struct stats_command command = {.by_count = 0};
    struct session *session;
    char today[TIME_SIZE];
    parse(&command, argc, argv);
    fill_days(&command, today);
    enum exit_code code = session_open(&command.settings, &session);
    if (code != EXIT_CODE_DONE)
        return code;
    struct stats *stats = stats_new(command.by, command.by_count);
    code = gather(&command, session, stats);
    if (code == EXIT_CODE_DONE)
        print(&command, stats);
    stats_free(&stats);
    session_close(&session);
    return code;
}
