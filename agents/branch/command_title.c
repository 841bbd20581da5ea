#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/agent.h"
#include "agents/branch/commands.h"
#include "agents/branch/folder_lock.h"
#include "agents/branch/queries.h"
#include "agents/branch/show.h"
#include "agents/client/link.h"
#include "schemas/calendar.h"
#include "schemas/dictionary.h"

enum {
    KEY_DISTRICT = 0x200,
    KEY_UNIT,
    KEY_CERTIFICATE,
    KEY_OWNER,
    KEY_IDT,
    KEY_ID,
    KEY_PURPOSE,
    KEY_CONSENT,
    KEY_CLERK,
    KEY_JSON
};

struct title_arguments {
    struct settings *settings;
    struct title_query query;
    bool is_json;
};

static const struct argp_option title_options[] = {
    {"district", KEY_DISTRICT, "CODE", 0, "区县代码 of the window, as 370102", 0},
    {"unit", KEY_UNIT, "NUMBER", 0, "不动产单元号; this or --certificate", 0},
    {"certificate", KEY_CERTIFICATE, "NUMBER", 0, "不动产权证书号", 0},
    {"owner", KEY_OWNER, "NAME", 0, "姓名或名称 of an owner", 0},
    {"idt", KEY_IDT, "CODE", 0, "证件种类 (1, 身份证)", 0},
    {"id", KEY_ID, "NUMBER", 0, "证件号", 0},
    {"purpose", KEY_PURPOSE, "WORD", 0, "what for: mortgage, disbursement or alert", 0},
    {"consent", KEY_CONSENT, "REFERENCE", 0, "of the owner's consent to this query", 0},
    {"clerk", KEY_CLERK, "NUMBER", 0, "your staff number", 0},
    {"json", KEY_JSON, NULL, 0, "one JSON object", 0},
    {0},
};

/* Where a text option goes; NULL for another key. */
static struct text *field_of(struct title_query *query, int key)
{
    switch (key) {
    case KEY_DISTRICT:
        return &query->district;
    case KEY_UNIT:
        return &query->unit;
    case KEY_CERTIFICATE:
        return &query->certificate;
    case KEY_OWNER:
        return &query->owner_name;
    case KEY_IDT:
        return &query->owner_id_type;
    case KEY_ID:
        return &query->owner_id;
    case KEY_PURPOSE:
        return &query->purpose;
    case KEY_CONSENT:
        return &query->consent;
    case KEY_CLERK:
        return &query->clerk;
    default: /* not of a text */
        return NULL;
    }
}

static error_t title_parse(int key, char *argument, struct argp_state *state)
{
    struct title_arguments *arguments = state->input;
    struct text *field = field_of(&arguments->query, key);
    if (field) {
        *field = text_of(argument);
        return 0;
    }
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->settings;
        return 0;
    case KEY_JSON:
        arguments->is_json = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "\"%s\" is not needed here", argument);
        return EINVAL;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child title_children[] = {{&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp title_argp = {
    .options = title_options,
    .parser = title_parse,
    .doc = "What the registry's book says of a property, through the `run` of this folder. Purpose and consent are "
           "mandatory, and the query is journaled. Write the number shown in `title` of the application.\v"
           "Exit code 1 also when owner and property do not agree.\n" EXIT_CODES_TEXT,
    .children = title_children,
};

/* ---- asking ---- */

/* The same rules as at the broker's door; the first problem is told. */
static enum exit_code encode_query(const struct title_query *query, uint8_t *body, size_t capacity, size_t *size)
{
    struct title_query decoded;
    struct problems problems = {0};
    uint8_t memory[256];
    struct arena arena = arena_over(memory, sizeof memory);
    char sentence[RECORD_PATH_SIZE_MAX + 64];
    if (!query->unit.data && !query->certificate.data)
        return complain(STATUS_USAGE, "say which property with --unit or --certificate");
    if (record_encode(&record_title_query, query, body, capacity, size) != STATUS_OK)
        return complain(STATUS_USAGE, "the query is too long");
    if (record_decode(&record_title_query, bytes_of(body, *size), &arena, &decoded, &problems) == STATUS_OK)
        return EXIT_DONE;
    snprintf(sentence, sizeof sentence, "the query is not complete or not valid at '%s'",
             problems.count > 0 ? problems.items[0].path : "");
    return complain(STATUS_USAGE, sentence);
}

static enum status ask(struct book *book, struct bytes body, char **answer, char **failure)
{
    int64_t id = 0;
    enum status status = queries_ask_body(book, MESSAGE_TITLE_QUERY, body, clock_now_us(), &id);
    return status == STATUS_OK ? queries_await(book, id, AGENT_QUERY_MS_MAX + 2000, answer, failure) : status;
}

/* ---- showing ---- */

static const char *string_of(const json_t *json, const char *key)
{
    const char *string = json_string_value(json_object_get(json, key));
    return string ? string : "";
}

static void show_owners(const json_t *unit)
{
    size_t index;
    json_t *owner;
    json_array_foreach(json_object_get(unit, "owners"), index, owner)
        printf("    owner 权利人     %s %s\n", string_of(owner, "name"), string_of(owner, "id"));
}

static void show_burdens(const json_t *unit)
{
    static const struct {
        const char *key;
        const char *words;
    } lists[] = {{"mortgages", "mortgages 抵押"},   {"seizures", "seizures 查封"},
                 {"objections", "objections 异议"}, {"prenotices", "prenotices 预告"},
                 {"residence", "residence 居住权"}, {"locks", "locks 锁定"}};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        size_t count = json_array_size(json_object_get(unit, lists[i].key));
        if (count > 0)
            printf("    %s: %zu\n", lists[i].words, count);
    }
}

static void show_title(const json_t *json)
{
    size_t index;
    json_t *unit;
    char time[32];
    const json_t *result = json_object_get(json, "result");
    const char *word = string_of(result, "result");
    const struct dictionary_entry *entry = dictionary_find(DICTIONARY_TITLE_RESULT, text_of(word));
    printf("title 产权查询 %lld\n  result 结果       %s %s\n",
           (long long)json_integer_value(json_object_get(json, "title")), entry ? entry->chinese : word,
           entry ? entry->english : "");
    printf("  as of 查询时间    %s\n",
           time_show(json_integer_value(json_object_get(result, "as_of")), time, sizeof time));
    printf("  valid until 有效至 %s\n",
           time_show(json_integer_value(json_object_get(json, "valid_until")), time, sizeof time));
    json_array_foreach(json_object_get(result, "units"), index, unit)
    {
        printf("  unit 单元 %s %s\n", string_of(unit, "bdcdyh"), string_of(unit, "zl"));
        show_owners(unit);
        show_burdens(unit);
    }
}

static enum exit_code title_end(const char *answer, bool is_json, int64_t waited_ms)
{
    json_t *json = json_loads(answer, 0, NULL);
    if (!json)
        return complain(STATUS_CORRUPT, "the answer cannot be shown");
    bool is_match = strcmp(string_of(json_object_get(json, "result"), "result"), "match") == 0;
    json_object_set_new(json, "waited_ms", json_integer(waited_ms));
    if (is_json)
        json_dumpf(json, stdout, JSON_COMPACT);
    else
        show_title(json);
    if (is_json)
        putchar('\n');
    json_decref(json);
    return is_match ? EXIT_DONE : EXIT_NO;
}

/* A REJECT begins with its code: nobody was reached in time, or the broker said no. */
static enum exit_code title_fail(const char *failure)
{
    static const char *const refusals[] = {"TITLE_NOT_OFFERED", "UNKNOWN_DISTRICT", "BAD_BODY"};
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (strncmp(failure, refusals[i], strlen(refusals[i])) == 0)
            return complain(STATUS_NOT_FOUND, failure);
    return complain(STATUS_TIMEOUT, failure);
}

static enum exit_code title_ask(struct book *book, const struct title_arguments *arguments)
{
    uint8_t body[TITLE_QUERY_SIZE_MAX];
    size_t size = 0;
    char *answer = NULL;
    char *failure = NULL;
    enum exit_code code = encode_query(&arguments->query, body, sizeof body, &size);
    if (code != EXIT_DONE)
        return code;
    if (!folder_lock_is_held(arguments->settings->data))
        return complain(STATUS_NO_SESSION, "no `onevisit-branch run` works on this folder; start it");
    int64_t asked_us = clock_now_us();
    enum status status = ask(book, bytes_of(body, size), &answer, &failure);
    if (status == STATUS_OK)
        code = answer ? title_end(answer, arguments->is_json, (clock_now_us() - asked_us) / 1000) : title_fail(failure);
    else
        code = complain(status, status == STATUS_TIMEOUT ? "no answer in time" : book_why(book));
    free(answer);
    free(failure);
    return code;
}

enum exit_code command_title(int argc, char **argv, struct settings *settings)
{
    struct title_arguments arguments = {.settings = settings,
                                        .query = {.owner_id_type = text_of("1"), .is_present = true}};
    struct book *book = NULL;
    if (argp_parse(&title_argp, argc, argv, 0, NULL, &arguments) != 0)
        return EXIT_USAGE_WRONG;
    enum exit_code code = settings_open_book(settings, false, &book);
    if (code == EXIT_DONE)
        code = title_ask(book, &arguments);
    book_close(&book);
    return code;
}
