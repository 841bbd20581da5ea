/* `onevisit journal tail`: the last records of the journal, without bodies. */
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/session.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"

struct journal_command {
    struct settings settings;
    struct number after;
    struct number count;
    bool is_following;
    bool has_heading; /* printed once when following */
};

enum { COUNT_MAX = 500, FOLLOW_MS = 1000, CHAIN_SHOWN_SIZE = 6 };
static const int64_t SEQUENCE_MAX = 9007199254740991;

static const char sentences[] =
    "Shows records of the journal, oldest first: sequence, time, who, what, case, bytes, and the start of the "
    "record's place in the hash chain (all of it with --json). Bodies are not shown." COMMAND_ASK_EXIT_CODES;

static void parse(struct journal_command *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_number(NULL, 'n', "COUNT", &command->count, 1, COUNT_MAX, "at most so many records, 1 to 500; 20"),
        option_number("after", 0, "SEQUENCE", &command->after, 0, SEQUENCE_MAX,
                      "the records after this one; without it the last ones"),
        option_flag("follow", 'f', &command->is_following,
                    "go on with what comes, until Ctrl-C; with --json one record a line"),
        {0},
    };
    const struct command_form form = {
        .settings = &command->settings, .children = settings_ask_children, .options = options, .sentences = sentences};
    command_parse(&form, argc, argv);
}

/* Fixed widths, so that lines that come later stand under the first ones. */
static void print_entry(const struct journal_view *entry)
{
    char time[SHOW_TIME_SIZE];
    printf("%10lld  %-23s  %-16.*s  %-18.*s  %-30.*s  %7lld  ", (long long)entry->sequence.value,
           show_time(entry->time, time), TEXT_ARGS(entry->source), TEXT_ARGS(entry->type),
           TEXT_ARGS(entry->case_id.data ? entry->case_id : text_of("-")), (long long)entry->size.value);
    for (uint32_t i = 0; i < entry->chain.size && i < CHAIN_SHOWN_SIZE; i++)
        printf("%02x", entry->chain.data[i]);
    putchar('\n');
}

static void print_heading(struct journal_command *command)
{
    if (!command->has_heading)
        printf("%10s  %-23s  %-16s  %-18s  %-30s  %7s  %s\n", "SEQUENCE", "TIME", "WHO", "WHAT", "CASE", "BYTES",
               "CHAIN");
    command->has_heading = true;
}

static void print_line_json(const struct journal_view *entry)
{
    json_t *json = record_to_json(&record_journal_view, entry);
    if (json)
        json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
}

static void print_entries(struct journal_command *command, const struct journal_list *list)
{
    if (command->settings.is_json && !command->is_following) {
        print_record_json(&record_journal_list, list);
        return;
    }
    if (!command->settings.is_json)
        print_heading(command);
    for (uint32_t i = 0; i < list->entries.count; i++)
        if (command->settings.is_json)
            print_line_json(&list->entries.items[i]);
        else
            print_entry(&list->entries.items[i]);
    fflush(stdout);
}

static enum exit_code ask_once(struct journal_command *command, struct session *session, uint32_t *count)
{
    struct ops_journal_tail body = {.after = command->after, .count = command->count, .is_present = true};
    struct question question = {.type = MESSAGE_OPS_JOURNAL_TAIL, .body = &body, .answer = MESSAGE_JOURNAL_LIST};
    struct link_message answer;
    enum exit_code code = session_ask(session, &question, &answer);
    if (code != EXIT_CODE_DONE)
        return code;
    const struct journal_list *list = answer.body;
    print_entries(command, list);
    *count = list->entries.count;
    if (list->entries.count > 0)
        command->after = list->entries.items[list->entries.count - 1].sequence;
    return EXIT_CODE_DONE;
}

/* A broker that is started anew is waited for; everything else ends it. */
static enum exit_code follow(struct journal_command *command, struct session *session)
{
    uint32_t count = 0;
    enum exit_code code = EXIT_CODE_DONE;
    if (!command->after.is_present)
        command->after = number_of(0); /* an empty journal: from its first record */
    command->count = number_of(COUNT_MAX);
    while ((code == EXIT_CODE_DONE || code == EXIT_CODE_UNREACHABLE) && !ferror(stdout)) {
        if (count < COUNT_MAX)
            session_rest(session, FOLLOW_MS);
        count = 0;
        code = ask_once(command, session, &count);
    }
    return code;
}

enum exit_code journal_tail_run(int argc, char **argv)
{
    struct journal_command command = {0};
    parse(&command, argc, argv);
    struct session *session;
    uint32_t count = 0;
    enum exit_code code = session_open(&command.settings, &session);
    if (code != EXIT_CODE_DONE)
        return code;
    code = ask_once(&command, session, &count);
    if (code == EXIT_CODE_DONE && command.is_following)
        code = follow(&command, session);
    session_close(&session);
    return code;
}
