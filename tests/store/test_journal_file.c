#include "broker/store/journal_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "house.h"

enum { RECORD_COUNT = 6, FRAME_SIZE = 21, HEADER_SIZE = 76 };

static struct house house;
static char path[HOUSE_PATH_SIZE + 32];
static char why[STORE_WHY_SIZE];

static void set_up(void)
{
    house_init(&house);
    snprintf(path, sizeof path, "%s/records.ovj", house.root);
}

static void tear_down(void)
{
    house_fini(&house);
}

TestSuite(journal_file, .init = set_up, .fini = tear_down);

/* Every `step`-th record of six into the file. */
struct exporting {
    struct journal_file_writer *writer;
    uint64_t step;
    enum status status;
};

static bool put(uint64_t sequence, struct bytes record, void *context)
{
    struct exporting *exporting = context;

    if ((sequence - 1) % exporting->step == 0)
        exporting->status = journal_file_put(exporting->writer, sequence, record, why);
    return exporting->status == STATUS_OK;
}

static void export(uint64_t step)
{
    struct journal *journal = house_open(&house);
    struct exporting exporting = {.step = step};
    struct journal_file_head head = {.is_test = true, .is_filtered = step > 1, .first = 1};

    house_append(journal, RECORD_COUNT);
    cr_assert_eq(journal_commit(journal, why), STATUS_OK);
    memcpy(head.broker_id, journal_broker_id(journal), BROKER_ID_SIZE);
    cr_assert_eq(journal_file_create(path, &head, &exporting.writer, why), STATUS_OK, "%s", why);
    cr_assert_eq(store_each_record(journal_store(journal), 1, put, &exporting, why), STATUS_OK);
    cr_assert_eq(exporting.status, STATUS_OK, "%s", why);
    cr_assert_eq(journal_file_finish(exporting.writer, RECORD_COUNT, why), STATUS_OK, "%s", why);
    journal_file_close(&exporting.writer);
    journal_close(&journal);
}

/* Reads it to its end or to what is wrong with it; `why` says. */
static enum status verify(struct journal_file_end *end)
{
    struct journal_file_reader *reader;
    struct journal_file_record record;
    enum status status = journal_file_open(path, &reader, why);

    if (status != STATUS_OK)
        return status;
    while ((status = journal_file_next(reader, &record, why)) == STATUS_OK)
        continue;
    if (end != NULL)
        *end = *journal_file_end(reader);
    journal_file_reader_free(&reader);
    return status;
}

Test(journal_file, holds_all_records_as_they_are_stored_and_says_so_at_its_end)
{
    struct journal_file_end end;
    export(1);
    cr_assert_eq(verify(&end), STATUS_NOT_FOUND, "%s", why);
    cr_assert_eq(end.count, RECORD_COUNT);
    cr_assert_eq(end.last, RECORD_COUNT);
    cr_assert_eq(end.gaps, 0);
    struct journal *journal = house_open(&house);
    cr_assert_arr_eq(end.chain, journal_last_chain(journal), CHAIN_SIZE);
    journal_close(&journal);
}

Test(journal_file, names_the_gaps_of_a_filtered_file)
{
    struct journal_file_end end;
    export(3); /* 1 and 4 */
    cr_assert_eq(verify(&end), STATUS_NOT_FOUND, "%s", why);
    cr_assert_eq(end.count, 2);
    cr_assert_eq(end.gaps, 2);
    cr_assert_eq(end.left_out, 4);
    cr_assert_eq(end.last, RECORD_COUNT);
}

Test(journal_file, finds_any_byte_that_was_flipped)
{
    export(2);
    const size_t size = file_size(path);
    for (size_t at = 0; at < size; at++) {
        file_flip(path, at);
        const enum status status = verify(NULL);
        cr_assert(status == STATUS_CORRUPT || (status == STATUS_NEWER && at < 12), "byte %zu of %zu: %d", at, size,
                  (int)status);
        file_flip(path, at);
    }
    cr_assert_eq(verify(NULL), STATUS_NOT_FOUND);
}

Test(journal_file, finds_a_cut_at_any_place)
{
    export(1);
    for (size_t size = file_size(path); size-- > 0;) {
        file_cut(path, size);
        cr_assert_eq(verify(NULL), STATUS_CORRUPT, "%zu bytes", size);
        if (size >= HEADER_SIZE)
            cr_assert(strstr(why, "cut short") != NULL, "%zu bytes: %s", size, why);
    }
}

/* Of the frame of a record, from the size in its head. */
static size_t frame_size_at(const uint8_t *frame)
{
    size_t size = 0;
    for (int at = 9; at < 17; at++)
        size = size << 8 | frame[at];
    return FRAME_SIZE + size;
}

Test(journal_file, finds_two_records_that_were_swapped)
{
    export(1);
    const size_t size = file_size(path);
    uint8_t *bytes = malloc(size);
    FILE *file = fopen(path, "rb");
    cr_assert_eq(fread(bytes, 1, size, file), size);
    fclose(file);
    uint8_t *second = bytes + HEADER_SIZE + frame_size_at(bytes + HEADER_SIZE);
    const size_t second_size = frame_size_at(second);
    const size_t third_size = frame_size_at(second + second_size);
    uint8_t *copy = malloc(second_size);
    memcpy(copy, second, second_size);
    memmove(second, second + second_size, third_size);
    memcpy(second + third_size, copy, second_size);
    file_put(path, bytes, size);
    free(copy);
    free(bytes);
    cr_assert_eq(verify(NULL), STATUS_CORRUPT);
    cr_assert(strstr(why, "record 3 stands where record 2 is next") != NULL, "%s", why);
}

Test(journal_file, of_a_newer_version_is_told_from_damage)
{
    export(1);
    FILE *file = fopen(path, "r+b");
    fseek(file, 11, SEEK_SET);
    fputc(9, file);
    fclose(file);
    cr_assert_eq(verify(NULL), STATUS_NEWER);
    cr_assert(strstr(why, "version 9") != NULL, "%s", why);
}

Test(journal_file, refuses_bytes_behind_its_end)
{
    export(1);
    FILE *file = fopen(path, "ab");
    fputc(0, file);
    fclose(file);
    cr_assert_eq(verify(NULL), STATUS_CORRUPT);
    cr_assert(strstr(why, "behind its end") != NULL, "%s", why);
}

Test(journal_file, leaves_nothing_when_it_is_not_finished)
{
    struct journal_file_writer *writer;
    const struct journal_file_head head = {.first = 1};
    char fresh[sizeof path + 8];

    snprintf(fresh, sizeof fresh, "%s.new", path);
    cr_assert_eq(journal_file_create(path, &head, &writer, why), STATUS_OK);
    cr_assert_eq(access(fresh, F_OK), 0);
    journal_file_close(&writer);
    cr_assert_neq(access(fresh, F_OK), 0);
    cr_assert_neq(access(path, F_OK), 0);
}

Test(journal_file, takes_no_record_out_of_its_place)
{
    struct journal *journal = house_open(&house);
    struct journal_file_writer *writer;
    const struct journal_file_head head = {.first = 1};
    struct store_value value;

    house_append(journal, 2);
    cr_assert_eq(journal_commit(journal, why), STATUS_OK);
    cr_assert_eq(store_record(journal_store(journal), 2, &value, why), STATUS_OK);
    cr_assert_eq(journal_file_create(path, &head, &writer, why), STATUS_OK);
    cr_assert_eq(journal_file_put(writer, 1, value.bytes, why), STATUS_CORRUPT); /* it says it is the second */
    cr_assert_eq(journal_file_put(writer, 2, value.bytes, why), STATUS_CORRUPT); /* the first one is missing */
    journal_file_close(&writer);
    store_value_fini(&value);
    journal_close(&journal);
}
