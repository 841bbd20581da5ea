#include <criterion/criterion.h>
#include <stdlib.h>

#include "broker/core/memory.h"
#include "broker/core/proof.h"
#include "tests/core/house.h"

/* Keys and values of rows, and the memory behind them. */

#define PROOF "鲁（2026）济南市不动产证明第0000001号"

static bool is_prefix(const struct row_key *part, const struct row_key *whole)
{
    return part->size < whole->size && memcmp(part->bytes, whole->bytes, part->size) == 0;
}

Test(row, keys_of_a_day_begin_with_the_keys_that_name_less)
{
    const struct text day = text_of("2026-09-30"), none = {0};
    const struct text id = text_of("SD370102-20260930-105-00001A-G");
    struct row_key run = row_key_recon_run(day, text_of(BRANCH)), runs = row_key_recon_run(day, none);
    struct row_key difference = row_key_difference(day, text_of(BRANCH), id);
    struct row_key differences = row_key_difference(day, text_of(BRANCH), none);
    struct row_key booked = row_key_day(day, text_of(BRANCH), text_of(WINDOW), text_of("M01"), id);
    struct row_key book = row_key_day(day, text_of(BRANCH), none, none, none);
    cr_expect(is_prefix(&runs, &run));
    cr_expect(is_prefix(&differences, &difference));
    cr_expect(is_prefix(&book, &booked));
}

Test(row, a_proof_has_one_key_however_it_is_written_and_one_that_is_none_has_its_own)
{
    struct row_key written = row_key_proof(text_of(WINDOW), text_of(PROOF));
    struct row_key otherwise = row_key_proof(text_of(WINDOW), text_of("鲁(2026)济南市不动产证明第0000001号"));
    struct row_key none = row_key_proof(text_of(WINDOW), text_of("no proof"));
    cr_expect(bytes_equal(bytes_of(written.bytes, written.size), bytes_of(otherwise.bytes, otherwise.size)));
    cr_expect_not(bytes_equal(bytes_of(written.bytes, written.size), bytes_of(none.bytes, none.size)));
}

Test(row, proofs_are_the_same_as_written_or_as_meant_and_never_by_being_none)
{
    cr_expect(proof_is_same(text_of("no proof"), text_of("no proof")));
    cr_expect(proof_is_same(text_of(PROOF), text_of("鲁(2026)济南市不动产证明第0000001号")));
    cr_expect_not(proof_is_same(text_of(PROOF), text_of("no proof")));
    cr_expect_not(proof_is_same(text_of("no proof"), text_of(PROOF)));
    cr_expect_not(proof_is_same(text_of(PROOF), text_of("鲁（2026）济南市不动产证明第0000002号")));
}

Test(row, a_value_has_room_and_a_version_or_is_none)
{
    uint8_t buffer[1];
    size_t size = 0;
    struct problems problems;
    struct arena arena = arena_over(buffer, sizeof buffer);
    struct meta_row row = {.is_present = true};
    cr_expect_eq(row_encode(&record_meta_row, &row, buffer, 0, &size), STATUS_LIMIT);
    cr_expect_eq(row_decode(&record_meta_row, bytes_of("", 0), &arena, &row, &problems), STATUS_CORRUPT);
    cr_expect_eq(row_decode(&record_meta_row, bytes_of("\0\x80", 2), &arena, &row, &problems), STATUS_CORRUPT);
}

Test(row, offered_twice_stands_as_it_was_and_what_changed_is_newer_than_any_offer)
{
    struct rows rows = {0};
    struct row_key key = row_key_unit(text_of(UNIT));
    rows_offer(&rows, &key, bytes_of("first", 5));
    rows_offer(&rows, &key, bytes_of("second", 6));
    cr_expect(bytes_equal(bytes_of(rows_find(&rows, &key)->value, rows_find(&rows, &key)->size), bytes_of("first", 5)));
    rows_delete(&rows, &key);
    rows_offer(&rows, &key, bytes_of("third", 5));
    cr_expect_null(rows_find(&rows, &key)->value);
    rows_fini(&rows);
}

Test(memory, of_no_bytes_is_a_place_all_the_same)
{
    char *memory = memory_take(0);
    cr_assert_not_null(memory);
    memory = memory_grow(memory, 0);
    cr_assert_not_null(memory);
    free(memory);
}
