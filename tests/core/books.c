#include "tests/core/books.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { FOUND_COUNT_MAX = 2 * BOOK_ROW_COUNT_MAX };

static bool key_begins(const struct row_key *key, const struct row_key *prefix)
{
    return key->size > prefix->size && memcmp(key->bytes, prefix->bytes, prefix->size) == 0;
}

static int compare_rows(const void *a, const void *b)
{
    return recon_row_compare(a, b);
}

void book_copy(struct house *house, const char *day, const char *peer, struct own_book *out)
{
    static struct problems problems;
    const struct row_key prefix = row_key_day(text_of(day), text_of(peer), text_of(""), text_of(""), text_of(""));
    uint32_t cursor = 0;
    house_checkpoint(house);
    memset(out, 0, sizeof *out);
    memcpy(out->day, day, RECON_DAY_SIZE);
    memcpy(out->peer, peer, strlen(peer));
    out->arena = arena_over(out->memory, sizeof out->memory);
    for (const struct stored *row; (row = table_next(&house->rows, &cursor)) != NULL;) {
        if (!key_begins(&row->key, &prefix) || row->value.data == NULL)
            continue;
        uint8_t *copy = arena_take(&out->arena, row->value.size);
        cr_assert_lt(out->count, (uint32_t)BOOK_ROW_COUNT_MAX);
        memcpy(copy, row->value.data, row->value.size);
        cr_assert_eq(row_decode(&record_recon_row, bytes_of(copy, row->value.size), &out->arena,
                                &out->rows[out->count++], &problems),
                     STATUS_OK);
    }
    qsort(out->rows, out->count, sizeof out->rows[0], compare_rows);
}

struct recon_row *book_row(struct own_book *book, const char *case_id)
{
    for (uint32_t i = 0; i < book->count; i++)
        if (text_is(book->rows[i].case_id, case_id))
            return &book->rows[i];
    return NULL;
}

void book_drop(struct own_book *book, const char *case_id)
{
    struct recon_row *row = book_row(book, case_id);
    cr_assert_not_null(row);
    const size_t behind = (size_t)(&book->rows[--book->count] - row);
    memmove(row, row + 1, behind * sizeof *row);
}

/* ---- comparing ---- */

struct finding_of_book {
    struct difference items[FOUND_COUNT_MAX];
    struct difference_field fields[FOUND_COUNT_MAX][RECON_FIELD_COUNT_MAX];
    uint32_t count;
};

static void take_found(const struct difference *difference, void *context)
{
    struct finding_of_book *found = context;
    cr_assert_lt(found->count, (uint32_t)FOUND_COUNT_MAX);
    struct difference *item = &found->items[found->count];
    *item = *difference;
    for (uint32_t i = 0; i < difference->fields.count; i++)
        found->fields[found->count][i] = difference->fields.items[i];
    item->fields.items = found->fields[found->count++];
}

static bool was_found(const struct finding_of_book *found, struct text case_id)
{
    for (uint32_t i = 0; i < found->count; i++)
        if (text_equal(found->items[i].case_id, case_id))
            return true;
    return false;
}

/* As the shell does: lags of the book that were not found again. */
static uint32_t find_gone(struct house *house, const struct own_book *book, const struct finding_of_book *found,
                          struct text *out)
{
    static char names[FOUND_COUNT_MAX][CASE_ID_SIZE + 1];
    const struct row_key prefix = row_key_difference(text_of(book->day), text_of(book->peer), text_of(""));
    uint32_t cursor = 0;
    uint32_t count = 0;
    for (const struct stored *row; (row = table_next(&house->rows, &cursor)) != NULL;) {
        if (!key_begins(&row->key, &prefix))
            continue;
        struct text case_id = {(const char *)row->key.bytes + prefix.size, CASE_ID_SIZE};
        const bool is_open_lag = memmem(row->value.data, row->value.size, "state-lag", 9) != NULL;
        if (!is_open_lag || was_found(found, case_id))
            continue;
        memcpy(names[count], case_id.data, CASE_ID_SIZE);
        out[count] = text_of(names[count]);
        count++;
    }
    return count;
}

uint32_t book_compare(struct house *house, const struct own_book *book)
{
    static struct finding_of_book found;
    static struct own_book ours;
    static uint8_t memory[1 << 14];
    struct text gone[FOUND_COUNT_MAX];
    struct arena arena = arena_over(memory, sizeof memory);
    book_copy(house, book->day, book->peer, &ours);
    found.count = 0;
    const struct recon_book here = {ours.rows, ours.count};
    const struct recon_book there = {book->rows, book->count};
    cr_assert_eq(reconcile_compare(&here, &there, text_of(book->day), text_of(book->peer), &arena, take_found, &found),
                 STATUS_OK);
    const uint32_t gone_count = find_gone(house, book, &found, gone);
    const struct fact_recon fact = {.day = text_of(book->day),
                                    .peer = text_of(book->peer),
                                    .differences = {found.items, found.count, found.count > 0},
                                    .gone = {gone, gone_count, gone_count > 0},
                                    .is_present = true};
    house->effects.count = 0;
    house_step_fact(house, MESSAGE_FACT_RECON, "", &fact);
    return found.count;
}

struct difference difference_of(struct house *house, const char *day, const char *peer, const char *case_id)
{
    static uint8_t memory[1 << 12];
    static struct problems problems;
    struct arena arena = arena_over(memory, sizeof memory);
    struct difference difference = {.is_present = false};
    const struct row_key key = row_key_difference(text_of(day), text_of(peer), text_of(case_id));
    house_checkpoint(house);
    const struct stored *row = table_find(&house->rows, bytes_of(key.bytes, key.size));
    if (row != NULL)
        cr_assert_eq(row_decode(&record_difference, row->value, &arena, &difference, &problems), STATUS_OK);
    return difference;
}

void decide(struct house *house, const char *operator, const char * day, const char *peer, const char *case_id,
            const char *action)
{
    struct recon_fix *body = body_of(MESSAGE_RECON_FIX);
    body->day = text_of(day);
    body->peer = text_of(peer);
    body->case_id = text_of(case_id);
    body->action = text_of(action);
    say(house, &(struct said){.who = operator, .type = MESSAGE_RECON_FIX, .body = body});
}
