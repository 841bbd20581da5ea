#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "broker/store/big_endian.h"
#include "broker/store/crc32c.h"
#include "broker/store/journal_record.h"
#include "house.h"

/* What somebody did to one record, and where it must be found. */
struct tampering {
    uint64_t sequence;
    uint32_t at;       /* of the byte that is flipped, from the start */
    bool has_new_crc;  /* he made the checksum good again */
    bool has_no_keys;  /* the days' keys are gone, so that the chain alone can tell */
    uint64_t found_at; /* record named */
    const char *word;
};

static const struct tampering tamperings[] = {
    {5, 0, false, false, 5, "checksum"},
    {5, 30, false, false, 5, "checksum"},
    {5, 200, false, false, 5, "checksum"},
    {1, 17, false, true, 1, "checksum"},
    {9, 17, false, true, 9, "checksum"},
    {5, 23, true, false, 5, "altered"},        /* the time */
    {5, 110, true, false, 5, "altered"},       /* the sender */
    {5, 150, true, false, 5, "altered"},       /* the envelope */
    {5, 250, true, false, 5, "altered"},       /* the body */
    {5, 23, true, true, 6, "does not follow"}, /* the same without keys */
    {5, 250, true, true, 6, "does not follow"},
    {5, 40, true, true, 5, "does not follow"}, /* the chain itself */
    {1, 40, true, true, 1, "does not follow"},
    {5, 15, true, true, 5, "another record"}, /* the sequence */
    {5, 0, true, true, 5, "version"},
    {5, 1, true, true, 5, "algorithms"},
    {5, 3, true, true, 5, "algorithms"},
    {5, 4, true, true, 5, "chunks"},
    {5, 5, true, true, 5, "sizes"},
    {5, 80, true, true, 5, "sizes"},
    {5, 87, true, true, 5, "sizes"},
    {5, 67, true, false, 6, "does not follow"}, /* the day: it looks erased */
};

enum { RECORD_COUNT = 10, DAY_AT = 64 };

struct rewriting {
    const struct tampering *tampering;
    struct store *to;
    struct crc32c crc;
};

static bool rewrite_record(uint64_t sequence, struct bytes record, void *context)
{
    struct rewriting *rewriting = context;
    const struct tampering *tampering = rewriting->tampering;
    uint8_t *bytes = malloc(record.size);
    char why[STORE_WHY_SIZE];
    memcpy(bytes, record.data, record.size);
    if (sequence == tampering->sequence) {
        bytes[tampering->at] ^= 0x40;
        if (tampering->has_new_crc)
            journal_record_put_crc(&rewriting->crc, bytes, record.size);
    }
    cr_assert_eq(store_append(rewriting->to, sequence, bytes_of(bytes, record.size), why), STATUS_OK, "%s", why);
    free(bytes);
    return true;
}

static void remove_day_key(const char *path, void *context)
{
    (void)context;
    if (strstr(path, "/day-"))
        cr_assert_eq(remove(path), 0);
}

/* Writes the store again, record by record, with one of them altered. */
static void alter(struct house *house, const struct tampering *tampering)
{
    char fresh[HOUSE_PATH_SIZE + 8], why[STORE_WHY_SIZE];
    struct rewriting rewriting = {.tampering = tampering};
    struct store *from;
    crc32c_init(&rewriting.crc);
    snprintf(fresh, sizeof fresh, "%s.fresh", house->db);
    struct store_options old = {house->db, true, true, false}, made = {fresh, false, false, false};
    cr_assert_eq(store_open(&old, &from, why), STATUS_OK, "%s", why);
    cr_assert_eq(store_open(&made, &rewriting.to, why), STATUS_OK, "%s", why);
    cr_assert_eq(store_each_record(from, 1, rewrite_record, &rewriting, why), STATUS_OK, "%s", why);
    cr_assert_eq(store_commit(rewriting.to, why), STATUS_OK, "%s", why);
    store_close(&from);
    store_close(&rewriting.to);
    remove_folder(house->db);
    cr_assert_eq(rename(fresh, house->db), 0);
    if (tampering->has_no_keys)
        folder_each_file(house_path(house, "keys"), remove_day_key, NULL);
}

Test(journal_verify, finds_one_altered_byte_and_names_the_record, .timeout = 120)
{
    for (size_t i = 0; i < sizeof tamperings / sizeof tamperings[0]; i++) {
        struct house house;
        char why[STORE_WHY_SIZE];
        uint64_t bad;
        house_init(&house);
        struct journal *journal = house_open(&house);
        house_append(journal, RECORD_COUNT);
        cr_assert_eq(journal_commit(journal, why), STATUS_OK);
        cr_assert_eq(journal_write_head(journal, why), STATUS_OK);
        journal_close(&journal);
        alter(&house, &tamperings[i]);
        journal = house_open(&house);
        struct journal_reader *reader;
        cr_assert_eq(journal_reader_new(journal, &reader), STATUS_OK);
        enum status status = journal_verify(reader, 1, &bad, why);
        cr_assert(status == STATUS_CORRUPT || status == STATUS_NEWER, "case %zu: %s", i, status_code(status));
        cr_assert_eq(bad, tamperings[i].found_at, "case %zu: %llu, %s", i, (unsigned long long)bad, why);
        cr_assert(strstr(why, tamperings[i].word), "case %zu: %s", i, why);
        journal_reader_free(&reader);
        journal_close(&journal);
        house_fini(&house);
    }
}

/* ---- any bytes may stand where a record should ---- */

static struct bytes one_record(struct journal *journal, struct store_value *value)
{
    char why[STORE_WHY_SIZE];
    house_append(journal, 2);
    cr_assert_eq(journal_commit(journal, why), STATUS_OK);
    cr_assert_eq(store_record(journal_store(journal), 2, value, why), STATUS_OK);
    return value->bytes;
}

Test(journal_verify, never_trips_over_a_record_cut_or_altered_anywhere)
{
    struct house house;
    house_init(&house);
    struct journal *journal = house_open(&house);
    struct journal_reader *reader;
    struct journal_entry entry;
    struct store_value value;
    struct crc32c crc;
    char why[STORE_WHY_SIZE];
    crc32c_init(&crc);
    cr_assert_eq(journal_reader_new(journal, &reader), STATUS_OK);
    struct bytes record = one_record(journal, &value);
    for (uint32_t size = 0; size < record.size; size++) {
        uint8_t *cut = malloc(size + 1); /* its own piece of memory, so that a step too far is noticed */
        memcpy(cut, record.data, size);
        if (size > 4)
            journal_record_put_crc(&crc, cut, size);
        cr_assert_neq(journal_parse(reader, 2, bytes_of(cut, size), &entry, why), STATUS_OK, "size %u", size);
        free(cut);
    }
    uint8_t *altered = malloc(record.size);
    for (uint32_t at = 0; at < record.size - 4; at++) {
        for (int value_index = 0; value_index < 4; value_index++) {
            memcpy(altered, record.data, record.size);
            altered[at] = (uint8_t)(altered[at] + (uint8_t[]){1, 0x7f, 0x80, 0xff}[value_index]);
            journal_record_put_crc(&crc, altered, record.size);
            enum status status = journal_parse(reader, 2, bytes_of(altered, record.size), &entry, why);
            /* Under the name of a day without a key it looks erased; the chain finds that one. */
            bool is_day = at >= DAY_AT && at < DAY_AT + 4;
            cr_assert(is_day ? entry.body.data == NULL : status != STATUS_OK, "at %u", at);
        }
    }
    cr_assert_eq(journal_parse(reader, 2, record, &entry, why), STATUS_OK, "%s", why);
    free(altered);
    store_value_fini(&value);
    journal_reader_free(&reader);
    journal_close(&journal);
    house_fini(&house);
}
