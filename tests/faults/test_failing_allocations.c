#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/store/house.h"

/* The store's own allocations fail one after the other (those of the libraries below are theirs: RocksDB ends
 * the process). It must be said as what it is, and a journal that could not be opened leaves nothing behind.
 *
 * scripts/make/test.mk links malloc and calloc of this program's objects to these. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

enum { RECORDS_A_PASS = 3, ALLOCATION_COUNT_MIN = 5, PASS_COUNT_MAX = 200 };

/* What is wrapped has no place for a context. */
static struct {
    uint32_t number; /* of the allocation that fails, 0 for none */
    uint32_t count;
} wrapped;

static bool must_fail(void)
{
    return wrapped.number > 0 && ++wrapped.count == wrapped.number;
}

void *__wrap_malloc(size_t size)
{
    return must_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : __real_calloc(count, size);
}

static enum status read_all(struct journal *journal, char *why)
{
    struct journal_reader *reader;
    struct journal_entry entry;
    uint64_t bad;
    enum status status = journal_reader_new(journal, &reader);
    if (status != STATUS_OK)
        return status;
    status = journal_verify(reader, 1, &bad, why);
    for (uint64_t sequence = 1; status == STATUS_OK && sequence <= journal_last_sequence(journal); sequence++)
        status = journal_read(reader, sequence, &entry, why);
    journal_reader_free(&reader);
    return status;
}

/* Opens, adds records, one of them larger than a reader's first buffer, and reads all. */
static enum status serve(const struct house *house, uint64_t *acknowledged, char *why)
{
    const struct journal_options options = {.folder = house->folder, .make_new = true, .is_test = true};
    struct journal *journal;
    enum status status = journal_open(&options, &journal, why);
    cr_assert_eq(journal == NULL, status != STATUS_OK);
    for (int i = 0; status == STATUS_OK && i < RECORDS_A_PASS; i++) {
        struct journal_entry entry = house_entry(journal_last_sequence(journal) + 1, i == 1 ? 20000 : 200);
        status = journal_append(journal, &entry, why);
        if (status == STATUS_OK)
            status = journal_commit(journal, why);
        if (status == STATUS_OK)
            *acknowledged = entry.sequence;
    }
    if (status == STATUS_OK)
        status = read_all(journal, why);
    journal_close(&journal);
    return status;
}

/* False when the pass came to its end before the allocation's turn. */
static bool run_pass(struct house *house, uint64_t *acknowledged)
{
    char why[STORE_WHY_SIZE] = "";
    wrapped.count = 0;
    enum status status = serve(house, acknowledged, why);
    bool is_hit = wrapped.count >= wrapped.number;
    uint32_t number = wrapped.number;
    wrapped.number = 0;
    cr_assert_eq(status, is_hit ? STATUS_NO_MEMORY : STATUS_OK, "allocation %u: %s: %s", number, status_code(status),
                 why);
    return is_hit;
}

Test(failing_allocations, each_is_said_and_loses_nothing_acknowledged)
{
    struct house house;
    uint64_t acknowledged = 0;
    uint32_t number = 1;
    house_init(&house);
    for (bool is_hit = true; is_hit && number < PASS_COUNT_MAX; number++) {
        wrapped.number = number;
        is_hit = run_pass(&house, &acknowledged);
    }
    cr_assert_gt(number, ALLOCATION_COUNT_MIN);
    cr_assert_lt(number, PASS_COUNT_MAX);
    struct journal *journal = house_open(&house);
    cr_assert_eq(journal_last_sequence(journal), acknowledged);
    journal_close(&journal);
    house_fini(&house);
}
