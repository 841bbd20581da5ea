/* `onevisit recon list`, `recon show` and `recon fix`: the differences between
 * the books of both sides, and what operators decide about them. A difference
 * is named day/peer/case. */
#include <inttypes.h>
#include <string.h>

#include "agents/ops/ask.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"
#include "schemas/calendar.h"
#include "schemas/codes.h"
#include "schemas/dictionary.h"

enum { ID_SIZE_MAX = 96, REASON_SIZE_MAX = 256, TIME_SIZE = 24 };

struct recon_command {
    struct settings settings;
    struct text id;
    struct text day, peer, case_id; /* of the id, or of the options */
    struct text action;
    struct text reason;
    bool with_closed;
};

/* ---- the name of a difference ---- */

static bool take_part(struct text *rest, struct text *part)
{
    const char *slash = rest->size > 0 ? memchr(rest->data, '/', rest->size) : NULL;
    if (slash == NULL)
        return false;
    *part = (struct text){rest->data, (uint32_t)(slash - rest->data)};
    *rest = (struct text){slash + 1, rest->size - part->size - 1};
    return true;
}

static bool id_read(struct recon_command *command)
{
    struct text rest = command->id;
    struct date date;
    return command->id.data != NULL && take_part(&rest, &command->day) && take_part(&rest, &command->peer) &&
           (command->case_id = rest).size == CASE_ID_SIZE && date_parse(command->day, &date) &&
           participant_is_valid(command->peer);
}

static const char *id_show(const struct difference *row, char out[ID_SIZE_MAX])
{
    snprintf(out, ID_SIZE_MAX, "%.*s/%.*s/%.*s", TEXT_ARGS(row->day), TEXT_ARGS(row->peer), TEXT_ARGS(row->case_id));
    return out;
}

static void judge_id(const void *context, const struct argp_state *state)
{
    struct recon_command copy = *(const struct recon_command *)context;
    if (!id_read(&copy))
        argp_error(state, "which difference? Its name is day/peer/case, as `recon list` shows it");
}

/* ---- list ---- */

static void judge_list(const void *context, const struct argp_state *state)
{
    const struct recon_command *command = context;
    struct date date;
    if (command->day.data != NULL && !date_parse(command->day, &date))
        argp_error(state, "--day: '%.*s' is not a day as 2026-09-30", TEXT_ARGS(command->day));
}

static struct text words_of(enum dictionary dictionary, struct text code, char *out, size_t size)
{
    const struct dictionary_entry *entry = dictionary_find(dictionary, code);
    snprintf(out, size, "%s %.*s", entry != NULL ? entry->chinese : "", TEXT_ARGS(code));
    return text_of(out);
}

static void print_differences(const struct difference_list *list)
{
    static const struct table_column columns[] = {{"DIFFERENCE", false}, {"CLASS", false}, {"OWNER", false},
                                                  {"STATE", false},      {"SINCE", false}, {"DECISION", false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct difference *row = &list->items[i];
        char id[ID_SIZE_MAX];
        char class[96];
        char time[TIME_SIZE];
        table_text(table, text_of(id_show(row, id)));
        table_text(table, words_of(DICTIONARY_RECON_CLASS, row->class, class, sizeof class));
        table_text(table, row->owner);
        table_text(table, row->state);
        table_text(table, (struct text){time_show(row->found_at.value, time, sizeof time), 16});
        table_text(table, row->action);
    }
    table_print(table, stdout);
    table_free(&table);
}

static void print_runs(const struct recon_run_list *list)
{
    char time[TIME_SIZE];
    for (uint32_t i = 0; i < list->count; i++) {
        const struct recon_run *run = &list->items[i];
        printf("%.*s compared %.16s: %" PRId64 " bookings, %" PRId64 " of %" PRId64 " groups differed\n",
               TEXT_ARGS(run->peer), time_show(run->time.value, time, sizeof time), run->bookings.value,
               run->differing.value, run->groups.value);
    }
}

static void print_list(const void *body)
{
    const struct recon_list *list = body;
    print_runs(&list->runs);
    if (list->differences.count > 0)
        print_differences(&list->differences);
    else
        puts("没有差异 / no differences");
    if (list->has_more.value != 0)
        puts("there are more: ask for one --day or --peer");
}

enum exit_code recon_list_run(int argc, char **argv)
{
    static const char sentences[] = "Lists the differences between the books of both sides that are open: found when a "
                                    "branch or window compared a day with the broker, and contradictions of a window. "
                                    "With --day also whose books were compared." COMMAND_ASK_EXIT_CODES;
    struct recon_command command = {.id = {0}};
    const struct command_option options[] = {
        option_text("day", 'd', "DAY", &command.day, "only of this business day, as 2026-09-30"),
        option_text("peer", 'p', "PARTICIPANT", &command.peer, "only with this branch or window; K: contradictions"),
        option_flag("all", 'a', &command.with_closed, "also those that are closed"),
        {0},
    };
    const struct command_form form = {.settings = &command.settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .sentences = sentences,
                                      .judge = judge_list,
                                      .command = &command};
    command_parse(&form, argc, argv);
    struct ops_recon_list body = {
        .day = command.day, .peer = command.peer, .with_closed = number_of(command.with_closed), .is_present = true};
    struct question question = {.type = MESSAGE_OPS_RECON_LIST, .body = &body, .answer = MESSAGE_RECON_LIST};
    return ask_and_show(&command.settings, &question, print_list);
}

/* ---- show ---- */

static void print_moment(const char *what, struct number time, struct text who, struct text why)
{
    char shown[TIME_SIZE];
    if (!time.is_present)
        return;
    printf("%-10s %.19s", what, time_show(time.value, shown, sizeof shown));
    if (who.data != NULL)
        printf("  %.*s: %.*s", TEXT_ARGS(who), TEXT_ARGS(why));
    putchar('\n');
}

static void print_difference(const struct difference *row)
{
    char id[ID_SIZE_MAX];
    char words[96];
    const struct text nobody = {0};
    printf("%s\n", id_show(row, id));
    printf("class      %.*s\n", TEXT_ARGS(words_of(DICTIONARY_RECON_CLASS, row->class, words, sizeof words)));
    printf("state      %.*s, owner %.*s\n", TEXT_ARGS(row->state), TEXT_ARGS(row->owner));
    printf("group      %.*s, %.*s, %.*s\n", TEXT_ARGS(row->window), TEXT_ARGS(row->branch), TEXT_ARGS(row->kind));
    for (uint32_t i = 0; i < row->fields.count; i++)
        printf("field      %.*s: broker %.*s, other book %.*s\n", TEXT_ARGS(row->fields.items[i].field),
               TEXT_ARGS(row->fields.items[i].ours), TEXT_ARGS(row->fields.items[i].theirs));
    print_moment("found", row->found_at, nobody, nobody);
    print_moment("seen last", row->seen_at, nobody, nobody);
    if (row->action.data != NULL)
        printf("decision   %.*s\n", TEXT_ARGS(words_of(DICTIONARY_RECON_ACTION, row->action, words, sizeof words)));
    print_moment("first", row->first_at, row->first, row->reason);
    print_moment("closed", row->closed_at, row->second, row->second_reason);
}

static void print_one(const struct link_message *answer, const struct settings *settings, void *context)
{
    const struct recon_list *list = answer->body;
    bool *is_found = context;
    *is_found = list->differences.count > 0;
    if (*is_found && settings->is_json)
        print_record_json(&record_difference, &list->differences.items[0]);
    else if (*is_found)
        print_difference(&list->differences.items[0]);
}

enum exit_code recon_show_run(int argc, char **argv)
{
    static const char sentences[] = "Shows one difference: what differs, who must look, and what was decided, by whom "
                                    "and why." COMMAND_ASK_EXIT_CODES;
    struct recon_command command = {.id = {0}};
    bool is_found = false;
    const struct command_form form = {.settings = &command.settings,
                                      .children = settings_ask_children,
                                      .words_named = "DAY/PEER/CASE",
                                      .words = &command.id,
                                      .word_count_max = 1,
                                      .sentences = sentences,
                                      .judge = judge_id,
                                      .command = &command};
    command_parse(&form, argc, argv);
    (void)id_read(&command);
    struct ops_recon_list body = {.day = command.day,
                                  .peer = command.peer,
                                  .case_id = command.case_id,
                                  .with_closed = number_of(true),
                                  .is_present = true};
    struct question question = {.type = MESSAGE_OPS_RECON_LIST, .body = &body, .answer = MESSAGE_RECON_LIST};
    enum exit_code code = ask_and_print(&command.settings, &question, print_one, &is_found);
    if (code == EXIT_CODE_DONE && !is_found) {
        complain("the broker knows no such difference");
        code = EXIT_CODE_NO;
    }
    return code;
}

/* ---- fix ---- */

static void judge_fix(const void *context, const struct argp_state *state)
{
    const struct recon_command *command = context;
    judge_id(context, state);
    if (!dictionary_holds(DICTIONARY_RECON_ACTION, command->action))
        argp_error(state, "--action is record-right, other-right or explained");
    command_judge_text(command->reason, REASON_SIZE_MAX, "--reason TEXT", state);
}

static void print_receipt(const struct link_message *answer, const struct settings *settings, void *context)
{
    const struct recon_command *command = context;
    const struct receipt *receipt = answer->body;
    if (settings->is_json)
        print_record_json(&record_receipt, receipt);
    else
        printf("已存 / stored: %.*s, journal sequence %" PRId64 "; `recon show` says whether another one must agree\n",
               TEXT_ARGS(command->id), receipt->sequence.value);
}

enum exit_code recon_fix_run(int argc, char **argv)
{
    static const char sentences[] =
        "Decides about a difference. It takes two operators with keys of their own: the first proposes, the second "
        "closes it by saying the same. No registration is changed by it; a contradiction in which the record is right "
        "blocks no longer.\vExit codes: 0 stored; 1 refused (no such difference, closed already, or the same operator "
        "again); 2 wrong usage; 3 the broker cannot be reached, or no receipt in time: look with `onevisit recon show` "
        "before trying again; 4 I/O error.";
    struct recon_command command = {.id = {0}};
    const struct command_option options[] = {
        option_text("action", 'A', "WORD", &command.action,
                    "record-right: the broker's record is; other-right: the other book is, and a message of its own "
                    "will correct the record; explained: no difference in substance"),
        option_text("reason", 'r', "TEXT", &command.reason, "why; needed, journaled"),
        {0},
    };
    const struct command_form form = {.settings = &command.settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .words_named = "DAY/PEER/CASE",
                                      .words = &command.id,
                                      .word_count_max = 1,
                                      .sentences = sentences,
                                      .judge = judge_fix,
                                      .command = &command};
    command_parse(&form, argc, argv);
    (void)id_read(&command);
    struct recon_fix body = {.day = command.day,
                             .peer = command.peer,
                             .case_id = command.case_id,
                             .action = command.action,
                             .reason = command.reason,
                             .is_present = true};
    struct question question = {.type = MESSAGE_RECON_FIX, .body = &body, .answer = MESSAGE_RECEIPT};
    return ask_and_print(&command.settings, &question, print_receipt, &command);
}
