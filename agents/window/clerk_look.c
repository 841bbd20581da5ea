#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agents/client/link.h"
#include "agents/client/material_file.h"
#include "agents/window/clerk.h"
#include "agents/window/clerk_act.h"
#include "agents/window/inbox.h"
#include "schemas/calendar.h"
#include "schemas/mask.h"

/* ---- inbox: what waits for a person ---- */

enum { KEY_WINDOW = 0x400, KEY_JSON, KEY_ALL, KEY_FULL, KEY_REASON };

struct look {
    struct settings settings;
    const char *window;
    const char *case_id;
    const char *reason;
    bool is_json;
    bool is_all;
    bool is_full;
};

static const struct argp_option inbox_options[] = {
    {"window", KEY_WINDOW, "W", 0, "only this window's", 1},
    {"all", KEY_ALL, NULL, 0, "all open cases, also those with the registry", 1},
    {"json", KEY_JSON, NULL, 0, "one JSON object a line", 1},
    {0},
};

static const struct argp_option show_options[] = {
    {"window", KEY_WINDOW, "W", 0, "which window's case, where the folder has several", 1},
    {"full", KEY_FULL, NULL, 0, "names and numbers in full; needs --reason and is written down", 1},
    {"reason", KEY_REASON, "T", 0, "why they must be seen", 1},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct look *look = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &look->settings;
        return 0;
    case KEY_WINDOW:
        look->window = argument;
        return 0;
    case KEY_JSON:
        look->is_json = true;
        return 0;
    case KEY_ALL:
        look->is_all = true;
        return 0;
    case KEY_FULL:
        look->is_full = true;
        return 0;
    case KEY_REASON:
        look->reason = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (look->case_id)
            argp_error(state, "\"%s\" is too much", argument);
        look->case_id = argument;
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static void look_parse(struct look *look, const struct argp_option *options, const char *arguments, const char *text,
                       int argc, char **argv)
{
    static const struct argp_child children[] = {{&settings_argp, 0, NULL, 0}, {0}};
    const struct argp argp = {options, parse, arguments, text, children, NULL, NULL};
    *look = (struct look){0};
    settings_init(&look->settings);
    argp_parse(&argp, argc, argv, 0, NULL, look);
}

/* What a line of the inbox says: open cases with a delivery at the desk, held, or with a refused answer. */
static const char inbox_query[] =
    "SELECT d.window, d.case_id, d.kind, d.state, d.number, d.changed_at,"
    " coalesce(d.held, (SELECT reason FROM delivery i WHERE i.window = d.window AND i.case_id = d.case_id"
    "  AND i.state = 'held' ORDER BY i.number LIMIT 1)),"
    " (SELECT type FROM delivery i WHERE i.window = d.window AND i.case_id = d.case_id"
    "  AND i.state IN ('desk','held') ORDER BY i.number LIMIT 1),"
    " (SELECT type || ' ' || code || ' ' || coalesce(path, '') || ' ' || text_en FROM answer a"
    "  WHERE a.window = d.window AND a.case_id = d.case_id AND a.state = 'rejected' ORDER BY a.id DESC LIMIT 1),"
    " d.poll_at IS NOT NULL"
    " FROM docket d WHERE (?1 IS NULL OR d.window = ?1) AND"
    " ((d.state NOT IN ('NOT_ACCEPTED','REFUSED','WITHDRAWN','CERTIFIED','ARCHIVED') AND (?2 OR d.poll_at IS NULL) AND "
    "EXISTS("
    "   SELECT 1 FROM delivery i WHERE i.window = d.window AND i.case_id = d.case_id AND (?2 OR i.number > 1"
    "   OR i.state IN ('desk','held','handed'))))"
    "  OR d.held IS NOT NULL"
    "  OR EXISTS(SELECT 1 FROM delivery i WHERE i.window = d.window AND i.case_id = d.case_id"
    "   AND i.state IN ('desk','held'))"
    "  OR EXISTS(SELECT 1 FROM answer a WHERE a.window = d.window AND a.case_id = d.case_id"
    "   AND a.state = 'rejected'))"
    " ORDER BY d.changed_at";

static void print_json(sqlite3_stmt *query)
{
    static const char *const keys[] = {"window",     "case_id", "kind",    "state",   "ywh",
                                       "changed_at", "held",    "waiting", "rejected"};
    json_t *line = json_object();
    for (int i = 0; i < 9; i++) {
        struct text text = book_text(query, i);
        if (text.size == 0)
            continue;
        json_object_set_new(line, keys[i],
                            i == 5 ? json_integer(base_number(query, i)) : json_stringn(text.data, text.size));
    }
    json_object_set_new(line, "with_registry", json_boolean(base_number(query, 9)));
    json_dumpf(line, stdout, JSON_COMPACT);
    fputc('\n', stdout);
    json_decref(line);
}

static void print_line(sqlite3_stmt *query)
{
    char since[32];
    struct text held = book_text(query, 6);
    struct text waiting = book_text(query, 7);
    struct text rejected = book_text(query, 8);
    time_show(base_number(query, 5), since, sizeof since);
    printf("%-11.*s %-30.*s %-4.*s %-12.*s %-19.19s %.*s", TEXT_ARGS(book_text(query, 0)),
           TEXT_ARGS(book_text(query, 1)), TEXT_ARGS(book_text(query, 2)), TEXT_ARGS(book_text(query, 3)), since,
           TEXT_ARGS(waiting));
    if (held.size)
        printf("  held (待人工决定): %.*s", TEXT_ARGS(held));
    if (rejected.size)
        printf("  refused by the broker (被拒): %.*s", TEXT_ARGS(rejected));
    fputc('\n', stdout);
}

int clerk_inbox(int argc, char **argv)
{
    struct look look;
    struct folder folder;
    int count = 0;
    look_parse(&look, inbox_options, "", "Lists what waits for a person.\v" EXIT_CODES_TEXT, argc, argv);
    enum exit_code code = settings_open_folder(&look.settings, &folder);
    if (code != EXIT_DONE)
        return (int)code;
    sqlite3_stmt *query = base_query(&folder.base, inbox_query);
    book_bind_text(query, 1, text_of(look.window));
    book_bind_number(query, 2, look.is_all);
    while (base_next(&folder.base, query)) {
        if (look.is_json)
            print_json(query);
        else if (count == 0)
            printf("%-11s %-30s %-4s %-12s %-19s %s\n", "WINDOW", "CASE", "KIND", "STATE", "SINCE", "WAITING");
        if (!look.is_json)
            print_line(query);
        count++;
    }
    if (count == 0 && !look.is_json)
        printf("nothing waits for a person (没有待办)\n");
    if (folder.base.status != STATUS_OK)
        code = complain(folder.base.status, book_why(folder.base.book));
    folder_close(&folder);
    return (int)code;
}

/* ---- show: one case ---- */

static void mask_member(json_t *object, const char *key, const char *(*mask)(struct text, char *, size_t))
{
    char masked[MASK_SIZE_MAX];
    const char *value = json_string_value(json_object_get(object, key));
    if (value)
        json_object_set_new(object, key, json_string(mask(text_of(value), masked, sizeof masked)));
}

static void mask_party(json_t *party)
{
    mask_member(party, "name", mask_name);
    mask_member(party, "id", mask_id);
    mask_member(party, "tel", mask_phone);
    json_t *agent = json_object_get(party, "agent");
    mask_member(agent, "name", mask_name);
    mask_member(agent, "id", mask_id);
    mask_member(agent, "tel", mask_phone);
}

static void mask_application(json_t *body)
{
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(body, "mortgagors"), index, item) mask_party(item);
    json_array_foreach(json_object_get(body, "debtors"), index, item) mask_party(item);
    json_t *agent = json_object_get(json_object_get(body, "mortgagee"), "agent");
    mask_member(agent, "name", mask_name);
    mask_member(agent, "id", mask_id);
    mask_member(agent, "tel", mask_phone);
    json_array_foreach(json_object_get(body, "units"), index, item)
    {
        mask_member(item, "bdcqzh", mask_certificate);
        mask_member(item, "zl", mask_address);
    }
    mask_member(body, "bdcdjzmh", mask_certificate);
    mask_member(body, "prenotice_zmh", mask_certificate);
    json_object_del(body, "consent");
    json_array_foreach(json_object_get(body, "changes"), index, item)
    { /* old and new values may hold anything */
        json_object_del(item, "old");
        json_object_del(item, "new");
    }
}

/* Where the files lie that came with it. */
static void print_files(const char *data, const json_t *body)
{
    size_t index;
    json_t *material;
    char path[MATERIAL_PATH_SIZE];
    uint8_t sm3[SM3_SIZE];
    json_array_foreach(json_object_get(body, "materials"), index, material)
    {
        const char *hex = json_string_value(json_object_get(material, "sm3"));
        const char *code = json_string_value(json_object_get(material, "code"));
        if (!json_is_true(json_object_get(material, "carried")) || !hex || !material_sm3(text_of(hex), sm3) ||
            !material_file_path(data, sm3, path))
            continue;
        printf("file     %-5s %s%s\n", code ? code : "-", path,
               material_file_is_there(data, sm3) ? "" : "  (尚未送达 on its way)");
    }
}

static void print_body(const char *data, struct bytes origin, bool is_full)
{
    json_t *body = NULL;
    if (msgpack_to_json(origin, &body) != STATUS_OK)
        return;
    print_files(data, body);
    if (!is_full)
        mask_application(body);
    json_dumpf(body, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(body);
}

static void print_deliveries(struct clerk_act *act, bool is_full)
{
    char when[32];
    sqlite3_stmt *query =
        base_query(&act->folder.base, "SELECT number, type, state, received_at, reason, origin FROM delivery"
                                      " WHERE window = ?1 AND case_id = ?2 ORDER BY number");
    book_bind_text(query, 1, text_of(act->row.window));
    book_bind_text(query, 2, text_of(act->row.case_id));
    while (base_next(&act->folder.base, query)) {
        struct text reason = book_text(query, 4);
        printf("\ndelivery %d %.*s  %.*s  %.19s  %.*s\n", (int)base_number(query, 0), TEXT_ARGS(book_text(query, 1)),
               TEXT_ARGS(book_text(query, 2)), time_show(base_number(query, 3), when, sizeof when), TEXT_ARGS(reason));
        print_body(act->folder.path, book_bytes(query, 5), is_full);
    }
}

static void print_answers(struct clerk_act *act)
{
    char when[32];
    sqlite3_stmt *query =
        base_query(&act->folder.base, "SELECT type, state, made_at, code, text_zh, text_en FROM answer"
                                      " WHERE case_id = ?2 AND window = ?1 ORDER BY id");
    book_bind_text(query, 1, text_of(act->row.window));
    book_bind_text(query, 2, text_of(act->row.case_id));
    printf("\nanswers\n");
    while (base_next(&act->folder.base, query))
        printf("  %-18.*s %-8.*s %.19s %.*s %.*s %.*s\n", TEXT_ARGS(book_text(query, 0)),
               TEXT_ARGS(book_text(query, 1)), time_show(base_number(query, 2), when, sizeof when),
               TEXT_ARGS(book_text(query, 3)), TEXT_ARGS(book_text(query, 4)), TEXT_ARGS(book_text(query, 5)));
}

static void print_case(struct clerk_act *act, bool is_full)
{
    char possible[256];
    char masked[MASK_SIZE_MAX];
    const struct docket_row *row = &act->row;
    const char *proof = is_full ? row->proof : mask_certificate(text_of(row->proof), masked, sizeof masked);
    printf("case     %s\nwindow   %s\nkind     %s\nstate    %s\n业务号   %s\n证明号   %s\n", row->case_id, row->window,
           row->kind, row->state, row->number[0] ? row->number : "-", row->proof[0] ? proof : "-");
    if (row->held[0])
        printf("held     %s\n", row->held);
    docket_possible(row, possible, sizeof possible);
    printf("possible %s%s\n", possible[0] ? possible : "nothing",
           row->is_polled ? " (the registry answers by itself)" : "");
    print_deliveries(act, is_full);
    print_answers(act);
}

static enum exit_code show_case(struct clerk_act *act, const struct look *look)
{
    if (look->is_full) {
        clerk_note(act, "show full", look->reason);
        enum status status = base_commit(&act->folder.base);
        if (status != STATUS_OK)
            return complain(status, book_why(act->folder.base.book));
    } else {
        base_rollback(&act->folder.base);
    }
    print_case(act, look->is_full);
    return EXIT_DONE;
}

int clerk_show(int argc, char **argv)
{
    struct look look;
    look_parse(&look, show_options, "CASE",
               "Shows one case; names and numbers are masked without --full.\v" EXIT_CODES_TEXT, argc, argv);
    if (!look.case_id || (look.is_full && !look.reason))
        return (int)complain(STATUS_USAGE, look.case_id ? "--full needs --reason" : "say which case");
    struct clerk_act act = {.settings = look.settings, .case_id = look.case_id, .now_us = clock_now_us()};
    act.folder.lock = -1;
    act.words[WORD_WINDOW] = look.window;
    enum exit_code code = clerk_open(&act);
    if (code == EXIT_DONE)
        code = show_case(&act, &look);
    clerk_close(&act);
    return (int)code;
}
