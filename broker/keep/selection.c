#include "broker/keep/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/core/row.h"
#include "schemas/codes.h"
#include "schemas/envelope.h"
#include "schemas/record_member.h"

enum { KNOWN_COUNT = 256 };

/* Whether a case fits, as found out once: unit, window and branch of a case do not change. */
struct known_case {
    char case_id[CASE_ID_SIZE + 1];
    bool fits;
};

struct selector {
    struct selection selection;
    struct keeper *keeper;
    struct arena arena;
    struct known_case known[KNOWN_COUNT];
};

bool selection_needs_cases(const struct selection *selection)
{
    return selection->case_id.data != NULL || selection->unit.data != NULL || selection->window.data != NULL ||
           selection->branch.data != NULL;
}

bool selection_is_filtered(const struct selection *selection)
{
    return selection->since.is_present || selection->until.is_present || selection->type.data != NULL ||
           selection_needs_cases(selection);
}

enum status selector_new(const struct selection *selection, struct keeper *keeper, struct selector **out)
{
    struct selector *selector = calloc(1, sizeof *selector);

    *out = selector;
    if (selector == NULL)
        return STATUS_NO_MEMORY;
    selector->selection = *selection;
    selector->keeper = keeper;
    selector->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    if (selector->arena.memory != NULL)
        return STATUS_OK;
    selector_free(out);
    return STATUS_NO_MEMORY;
}

void selector_free(struct selector **selector)
{
    if (*selector == NULL)
        return;
    free((*selector)->arena.memory);
    free(*selector);
    *selector = NULL;
}

/* ---- the case of a record ---- */

/* An application has no case id in its envelope: the broker gave it, and remembers it with the message. */
static enum status find_case(struct selector *selector, struct selected *record, char *why)
{
    struct duplicate_row row;

    record->case_id = record->envelope.case_id;
    if (record->type != MESSAGE_CASE_SUBMIT || selector->keeper == NULL)
        return STATUS_OK;
    const struct row_key key = row_key_duplicate(record->entry->sender, record->envelope.message_id.data);
    const enum status status = keeper_row(selector->keeper, &key, &record_duplicate_row, &selector->arena, &row, why);
    if (status == STATUS_OK)
        record->case_id = row.case_id;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static bool is_in(const struct text_list *list, struct text text)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (text_equal(list->items[i], text))
            return true;
    return false;
}

static enum status judge_case(struct selector *selector, struct text case_id, bool *fits, char *why)
{
    const struct selection *asked = &selector->selection;
    const struct row_key key = row_key_case(case_id);
    struct case_row row;
    const enum status status = keeper_row(selector->keeper, &key, &record_case_row, &selector->arena, &row, why);

    *fits = false;
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    *fits = (asked->unit.data == NULL || is_in(&row.lanes, asked->unit)) &&
            (asked->window.data == NULL || text_equal(row.window, asked->window)) &&
            (asked->branch.data == NULL || text_equal(row.branch, asked->branch));
    return STATUS_OK;
}

/* The counter in the id tells cases apart that follow one another. */
static struct known_case *place_of(struct selector *selector, struct text case_id)
{
    uint32_t hash = 0;
    for (uint32_t i = 0; i < case_id.size; i++)
        hash = hash * 31 + (uint8_t)case_id.data[i];
    return &selector->known[hash % KNOWN_COUNT];
}

static enum status case_fits(struct selector *selector, struct text case_id, bool *fits, char *why)
{
    *fits = false;
    if (case_id.data == NULL || case_id.size != CASE_ID_SIZE)
        return STATUS_OK;
    struct known_case *known = place_of(selector, case_id);
    if (memcmp(known->case_id, case_id.data, CASE_ID_SIZE) == 0) {
        *fits = known->fits;
        return STATUS_OK;
    }
    const enum status status = judge_case(selector, case_id, fits, why);
    if (status == STATUS_OK) {
        memcpy(known->case_id, case_id.data, CASE_ID_SIZE);
        known->fits = *fits;
    }
    return status;
}

/* ---- units in a body ---- */

static bool names_unit(const struct record *record, const void *in, struct text unit);

static bool list_names_unit(const struct field *field, const struct text_list *list, struct text unit)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (names_unit(field->nested, list_item(field, list, i), unit))
            return true;
    return false;
}

static bool member_names_unit(const struct field *field, const void *member, struct text unit)
{
    const bool is_unit = strcmp(field->key, "bdcdyh") == 0;

    if (field->type == FIELD_RECORDS)
        return list_names_unit(field, member, unit);
    if (field->type == FIELD_RECORD)
        return names_unit(field->nested, member, unit);
    if (field->type == FIELD_TEXT)
        return is_unit && text_equal(*(const struct text *)member, unit);
    return field->type == FIELD_TEXTS && is_unit && is_in(member, unit);
}

/* As deep as the tables nest. */
static bool names_unit(const struct record *record, const void *in, struct text unit)
{
    for (uint32_t row = 0; row < record->field_count; row++)
        if (member_is_present(&record->fields[row], in) &&
            member_names_unit(&record->fields[row], member_of(&record->fields[row], in), unit))
            return true;
    return false;
}

static bool body_names_unit(struct selector *selector, const struct selected *record)
{
    const struct record *kind = message_kind(record->type)->record;
    struct problems problems = {.count = 0};
    void *body = arena_take(&selector->arena, kind->struct_size);

    return body != NULL && record->entry->body.data != NULL &&
           record_decode(kind, record->entry->body, &selector->arena, body, &problems) == STATUS_OK &&
           names_unit(kind, body, selector->selection.unit);
}

/* ---- all of it ---- */

static bool is_of_time(const struct selection *asked, const struct journal_entry *entry)
{
    return (!asked->since.is_present || entry->time_us >= asked->since.value) &&
           (!asked->until.is_present || entry->time_us < asked->until.value);
}

/* Said by the window or the branch itself, where nothing else of a case is asked for. */
static bool is_said_by(const struct selection *asked, struct text sender)
{
    return asked->unit.data == NULL && (asked->window.data == NULL || text_equal(sender, asked->window)) &&
           (asked->branch.data == NULL || text_equal(sender, asked->branch));
}

static enum status judge_cases(struct selector *selector, struct selected *record, bool *is_taken, char *why)
{
    const struct selection *asked = &selector->selection;
    enum status status = find_case(selector, record, why);

    if (status != STATUS_OK || !selection_needs_cases(asked))
        return status;
    *is_taken = asked->case_id.data == NULL || text_equal(record->case_id, asked->case_id);
    const bool is_more_asked = asked->unit.data != NULL || asked->window.data != NULL || asked->branch.data != NULL;
    if (!*is_taken || !is_more_asked)
        return STATUS_OK;
    status = case_fits(selector, record->case_id, is_taken, why);
    if (status == STATUS_OK && !*is_taken)
        *is_taken = is_said_by(asked, record->entry->sender) ||
                    (asked->unit.data != NULL && asked->window.data == NULL && asked->branch.data == NULL &&
                     body_names_unit(selector, record));
    return status;
}

enum status selector_judge(struct selector *selector, const struct journal_entry *entry, struct selected *out,
                           bool *is_taken, char *why)
{
    const struct selection *asked = &selector->selection;
    struct problems problems = {.count = 0};

    *is_taken = false;
    if (entry->sequence < asked->first || entry->sequence > asked->last || !is_of_time(asked, entry))
        return STATUS_OK;
    arena_reset(&selector->arena);
    *out = (struct selected){.entry = entry};
    const enum status status = envelope_judge(entry->envelope, &selector->arena, &out->envelope, &out->type, &problems);
    if (status != STATUS_OK) {
        snprintf(why, KEEPER_WHY_SIZE, "the envelope of record %llu cannot be read",
                 (unsigned long long)entry->sequence);
        return STATUS_CORRUPT;
    }
    *is_taken = asked->type.data == NULL || text_equal(out->envelope.type, asked->type);
    return *is_taken ? judge_cases(selector, out, is_taken, why) : STATUS_OK;
}
