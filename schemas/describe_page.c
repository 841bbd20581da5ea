#include "schemas/describe.h"

#include <inttypes.h>
#include <string.h>

#define MESSAGE(name, record, senders, scope, keep, sentence)
#define FIELD(name, type, member, key, need, minimum, maximum, ref, sentence)
#define END(name)
#define RECORD(name, sentence) &record_##name,
static const struct record *const records[] = {
#include "schemas/messages.def"
};
#undef RECORD
#undef MESSAGE

enum { RECORD_COUNT = sizeof records / sizeof records[0] };

#define RULE(name, holds, english, chinese) #name,
static const char *const rule_names[RULE_COUNT] = {
#include "schemas/rules.def"
};
#undef RULE

/* The parts of messages.def: each begins with a record. */
static const struct {
    const char *first_record;
    const char *title;
} sections[] = {
    {"envelope", "The envelope"},
    {"receipt", "Link: sessions, receipts, refusals"},
    {"person", "The application"},
    {"title_query", "The title query"},
    {"case_deliver", "Between broker and window"},
    {"fee_item", "Fees"},
    {"correction", "After and beside the booking"},
    {"case_event", "From the broker to the branch"},
    {"ops_case_show", "Operators"},
    {"rule_materials", "Rules of windows, the calendar"},
    {"defect", "Measures"},
    {"recon_row", "The books of a day"},
    {"fact_opened", "Facts of the broker (journaled, never sent by a peer)"},
};

static const char *field_type_name(const struct field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
        return "text";
    case FIELD_INTEGER:
        return "integer";
    case FIELD_FEN:
        return "fen";
    case FIELD_TIME:
        return "time";
    case FIELD_BOOLEAN:
        return "boolean";
    case FIELD_BYTES:
        return "bytes";
    case FIELD_TEXTS:
        return "list of texts";
    case FIELD_RECORD:
        return "map";
    case FIELD_RECORDS:
        return "list of maps";
    }
    return "";
}

/* Text in a cell of a table: what Markdown would take for its own is escaped. */
static void print_cell(FILE *page, const char *text)
{
    fputs("| ", page);
    for (; *text != '\0'; text++) {
        if (*text == '|' || *text == '<')
            fputc('\\', page);
        fputc(*text, page);
    }
    fputc(' ', page);
}

static void print_range(FILE *page, const struct field *field, const char *unit)
{
    if (field->minimum == field->maximum)
        fprintf(page, "%" PRId64 "%s", field->minimum, unit);
    else
        fprintf(page, "%" PRId64 "..%" PRId64 "%s", field->minimum, field->maximum, unit);
}

static void print_limits(FILE *page, const struct field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_BYTES:
        print_range(page, field, " bytes");
        break;
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
        print_range(page, field, "");
        break;
    case FIELD_BOOLEAN:
        fprintf(page, "%s", field->minimum == field->maximum ? "true only" : "");
        break;
    case FIELD_TEXTS:
        print_range(page, field, " items");
        fprintf(page, " of 1..%d bytes", TEXTS_ITEM_SIZE_MAX);
        break;
    case FIELD_RECORDS:
        print_range(page, field, " items");
        break;
    case FIELD_RECORD:
        break;
    }
}

static void print_rule(FILE *page, const struct field *field)
{
    if (field->nested != NULL)
        fprintf(page, "[%s](#%s)", field->nested->name, field->nested->name);
    else if (field->rule != RULE_FREE)
        fprintf(page, "[%s](#rules)", rule_names[field->rule]);
}

static void print_record(FILE *page, const struct record *record)
{
    fprintf(page, "\n### %s\n\n%s.\n\n", record->name, record->sentence);
    fprintf(page, "| key | type | need | limits | rule or record | meaning |\n|---|---|---|---|---|---|\n");
    for (uint32_t row = 0; row < record->field_count; row++) {
        const struct field *field = &record->fields[row];
        fprintf(page, "| `%s` | %s | %s | ", field->key, field_type_name(field),
                field->is_required ? "required" : "optional");
        print_limits(page, field);
        fprintf(page, " | ");
        print_rule(page, field);
        fputc(' ', page);
        print_cell(page, field->sentence);
        fputs("|\n", page);
    }
}

static void print_records(FILE *page)
{
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++) {
            if (strcmp(sections[s].first_record, records[i]->name) == 0)
                fprintf(page, "\n## %s\n", sections[s].title);
        }
        print_record(page, records[i]);
    }
}

static void print_senders(FILE *page, unsigned senders)
{
    static const struct {
        enum message_role role;
        const char *name;
    } roles[] = {
        {ROLE_BRANCH, "branch"}, {ROLE_WINDOW, "window"}, {ROLE_OPERATOR, "operator"}, {ROLE_BROKER, "broker"}};
    const char *comma = "";
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if ((senders & roles[i].role) == 0)
            continue;
        fprintf(page, "%s%s", comma, roles[i].name);
        comma = ", ";
    }
}

/* A peer speaks to the broker and the broker to a peer; a fact goes nowhere. */
static const char *message_receiver(const struct message_kind *kind)
{
    if (strncmp(kind->name, "FACT_", 5) == 0)
        return "the journal";
    if (kind->senders == ROLE_BROKER)
        return "peer";
    return (kind->senders & ROLE_BROKER) != 0 ? "broker, peer" : "broker";
}

static void print_catalogue(FILE *page)
{
    static const char *const keeps[] = {[KEEP_STORED] = "stored", [KEEP_LAZY] = "lazy", [KEEP_VOLATILE] = "volatile"};
    fprintf(page, "\n## Catalogue\n\n| type | from | to | of a case | keep | body | what it says |\n"
                  "|---|---|---|---|---|---|---|\n");
    for (unsigned type = 0; type < MESSAGE_COUNT; type++) {
        const struct message_kind *kind = message_kind((enum message_type)type);
        fprintf(page, "| `%s` | ", kind->name);
        print_senders(page, kind->senders);
        fprintf(page, " | %s | %s | %s | [%s](#%s) | %s |\n", message_receiver(kind), kind->is_of_case ? "yes" : "",
                keeps[kind->keep], kind->record->name, kind->record->name, kind->sentence);
    }
}

static void print_values(FILE *page, enum rule rule)
{
    uint32_t count;
    const struct dictionary_entry *entries = describe_values(rule, &count);
    for (uint32_t i = 0; i < count; i++) {
        bool is_named = strcmp(entries[i].code, entries[i].chinese) != 0;
        fprintf(page, "%s`%s`%s%s", i > 0 ? " · " : "", entries[i].code, is_named ? " " : "",
                is_named ? entries[i].chinese : "");
    }
}

static void print_rules(FILE *page)
{
    fprintf(page, "\n## Rules\n\n| rule | asks for | 要求 | values |\n|---|---|---|---|\n");
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        enum rule rule = (enum rule)i;
        print_cell(page, rule_names[rule]);
        print_cell(page, rule_english(rule));
        print_cell(page, rule_chinese(rule));
        fputs("| ", page);
        print_values(page, rule);
        fputs(" |\n", page);
    }
}

static void print_statuses(FILE *page)
{
    fprintf(page, "\n## Codes of REJECT\n\n| code | same message again? | meaning | 含义 |\n|---|---|---|---|\n");
    for (unsigned i = STATUS_OK + 1; i < STATUS_COUNT; i++) {
        enum status status = (enum status)i;
        fprintf(page, "| `%s` | %s ", status_code(status), status_may_retry(status) ? "yes" : "no");
        print_cell(page, status_english(status));
        print_cell(page, status_chinese(status));
        fputs("|\n", page);
    }
}

void describe_page(FILE *page)
{
    fprintf(page,
            "# Messages\n\n"
            "Generated from `schemas/messages.def`, `rules.def` and `errors.def` by `build/bin/describe`; "
            "change those, not this page.\n"
            "Schemas of the JSON view are in [schemas/](schemas/), test vectors in "
            "`tests/vectors/messages.jsonl`.\n\n"
            "A message is an envelope frame, a body frame and 0 to %d chunk frames; envelope and body together "
            "have at most %d bytes,\na chunk that a peer sends at most %d. Envelope and body are msgpack maps with "
            "text keys: shortest forms only, no key\ntwice, no null, float or ext, text in UTF-8 without control "
            "characters, at most %d deep. A key that is not in the\ntable is an error, unless it starts with "
            "`x_`; its value may hold null and floats too. `fen` is money (int64), `time`\nmicroseconds "
            "UTC since 1970, `bytes` are lower-case hex in JSON. Sizes of text are in bytes of UTF-8.\n\n"
            "Keep: *stored* is journaled before its RECEIPT; *lazy* is journaled with the next commit and "
            "gets no answer;\n*volatile* is never journaled.\n",
            MESSAGE_CHUNK_COUNT_MAX, MESSAGE_SIZE_MAX, MESSAGE_CHUNK_SIZE_MAX, RECORD_DEPTH_MAX);
    print_catalogue(page);
    print_records(page);
    print_rules(page);
    print_statuses(page);
}
