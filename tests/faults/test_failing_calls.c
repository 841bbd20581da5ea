#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failing_calls.h"
#include "tests/store/house.h"

/* A broker's store from its first start on, while one call to the disk fails; then a start on a good disk.
 * What was acknowledged must be there, byte for byte and chain for chain. */
enum {
    RECORDS_A_START = 5,
    START_COUNT = 2, /* the second one makes tables of the first one's log */
    RECORD_COUNT_MAX = RECORDS_A_START * START_COUNT,
    NUMBER_MAX = 2000, /* more calls than a pass makes */
    HIT_COUNT_MIN = 25,
    TALE_SIZE = 8192,
    ENDED = 10, /* exit of a pass in which nothing failed */
    STOPPED = 11,
};

/* Where a pass writes what it acknowledged: memory of both processes, on no disk. */
struct ledger {
    uint32_t count; /* of acknowledged records */
    uint8_t chains[RECORD_COUNT_MAX][CHAIN_SIZE];
    char failed[FAILING_CALL_NAME_SIZE]; /* the call, "" for none */
    char why[STORE_WHY_SIZE];            /* what the store said to it, or the start after it */
};

struct pass {
    struct house house;
    struct failing_calls calls;
    struct ledger *ledger;
};

static void said_path(const struct pass *pass, char *out)
{
    snprintf(out, HOUSE_PATH_SIZE, "%.400s/said", pass->house.root);
}

/* ---- with a call that fails: everything here runs in a process of its own ---- */

static enum status acknowledge_one(struct pass *pass, struct journal *journal)
{
    struct ledger *ledger = pass->ledger;
    struct journal_entry entry = house_entry(journal_last_sequence(journal) + 1, 200);
    enum status status = journal_append(journal, &entry, ledger->why);
    if (status == STATUS_OK)
        status = journal_commit(journal, ledger->why);
    if (status != STATUS_OK)
        return status;
    memcpy(ledger->chains[ledger->count], entry.chain, CHAIN_SIZE);
    ledger->count++;
    return STATUS_OK;
}

static enum status checkpoint(struct pass *pass, struct journal *journal)
{
    const uint64_t sequence = journal_last_sequence(journal);
    const struct store_row row = {bytes_of("row", 3), bytes_of((const uint8_t *)&sequence, sizeof sequence)};
    enum status status = store_checkpoint(journal_store(journal), sequence, &row, 1, pass->ledger->why);
    return status == STATUS_OK ? journal_write_head(journal, pass->ledger->why) : status;
}

static enum status serve_once(struct pass *pass)
{
    const struct journal_options options = {.folder = pass->house.folder, .make_new = true, .is_test = true};
    struct journal *journal;
    enum status status = journal_open(&options, &journal, pass->ledger->why);
    for (int i = 0; status == STATUS_OK && i < RECORDS_A_START; i++) {
        status = acknowledge_one(pass, journal);
        if (status == STATUS_OK && i % 2 == 1)
            status = checkpoint(pass, journal);
    }
    if (status == STATUS_OK)
        journal_close(&journal); /* after an error nothing is closed (decision 8) */
    return status;
}

/* RocksDB's last words are kept for the case that they are wanted; a core file never is. */
static void keep_quiet(const struct pass *pass)
{
    char path[HOUSE_PATH_SIZE];
    const struct rlimit nothing = {0, 0};
    said_path(pass, path);
    if (!freopen(path, "a", stderr) || setrlimit(RLIMIT_CORE, &nothing) != 0)
        _exit(1);
}

static bool serve(void *context)
{
    struct pass *pass = context;
    keep_quiet(pass);
    failing_calls_begin(&pass->calls, pass->ledger->failed);
    enum status status = STATUS_OK;
    for (int start = 0; status == STATUS_OK && start < START_COUNT; start++)
        status = serve_once(pass);
    _exit(status == STATUS_OK ? ENDED : STOPPED);
}

/* ---- and then on a good disk ---- */

static enum status find_acknowledged(const struct ledger *ledger, struct journal *journal, char *why)
{
    struct journal_reader *reader;
    struct journal_entry entry;
    uint64_t bad;
    enum status status = journal_reader_new(journal, &reader);
    if (status == STATUS_OK)
        status = journal_verify(reader, 1, &bad, why);
    for (uint32_t i = 0; status == STATUS_OK && i < ledger->count; i++) {
        status = journal_read(reader, i + 1, &entry, why);
        if (status == STATUS_OK && (memcmp(entry.chain, ledger->chains[i], CHAIN_SIZE) != 0 ||
                                    !bytes_equal(entry.body, house_entry(i + 1, 200).body))) {
            snprintf(why, STORE_WHY_SIZE, "record %u is another one than was acknowledged", i + 1);
            status = STATUS_CORRUPT;
        }
    }
    journal_reader_free(&reader);
    return status;
}

static bool start_again(void *context)
{
    struct pass *pass = context;
    struct ledger *ledger = pass->ledger, after = *ledger;
    const struct journal_options options = {.folder = pass->house.folder, .make_new = true, .is_test = true};
    struct journal *journal;
    ledger->why[0] = '\0';
    keep_quiet(pass);
    enum status status = journal_open(&options, &journal, ledger->why);
    if (status == STATUS_OK)
        status = find_acknowledged(&after, journal, ledger->why);
    struct journal_entry next = house_entry(status == STATUS_OK ? journal_last_sequence(journal) + 1 : 0, 200);
    if (status == STATUS_OK)
        status = journal_append(journal, &next, ledger->why);
    if (status == STATUS_OK)
        status = journal_commit(journal, ledger->why);
    _exit(status == STATUS_OK ? ENDED : STOPPED);
}

/* ---- one pass after the other ---- */

struct tale {
    char text[TALE_SIZE]; /* what went wrong, a line each */
    size_t size;
    uint32_t hit_count, stopped_count, crashed_count;
};

static void tell(struct tale *tale, const struct pass *pass, const char *what, int state)
{
    char said[512] = "", path[HOUSE_PATH_SIZE];
    said_path(pass, path);
    FILE *file = fopen(path, "r");
    if (file && fread(said, 1, sizeof said - 1, file) == 0)
        said[0] = '\0';
    if (file)
        fclose(file);
    int size = snprintf(tale->text + tale->size, sizeof tale->text - tale->size,
                        "call %u (%s): %s, state %x, %u acknowledged, \"%s\" %s\n", pass->calls.number,
                        pass->ledger->failed, what, (unsigned)state, pass->ledger->count, pass->ledger->why, said);
    if (size > 0 && tale->size + (size_t)size < sizeof tale->text)
        tale->size += (size_t)size;
}

static bool has_exited(int state, int with)
{
    return WIFEXITED(state) && WEXITSTATUS(state) == with;
}

/* RocksDB may end the process with an assertion of its own (decision 8): a crash like any other. */
static bool is_crash(int state)
{
    return WIFSIGNALED(state) && WTERMSIG(state) == SIGABRT;
}

/* False when the pass came to its end before the call's turn. */
static bool run_pass(struct pass *pass, struct tale *tale)
{
    memset(pass->ledger, 0, sizeof *pass->ledger);
    house_init(&pass->house);
    pass->calls.folder = pass->house.root;
    int state = process_run(serve, pass);
    bool is_hit = pass->ledger->failed[0] != '\0';
    tale->hit_count += is_hit;
    tale->stopped_count += has_exited(state, STOPPED);
    tale->crashed_count += is_crash(state);
    if (!has_exited(state, ENDED) && !has_exited(state, STOPPED) && !is_crash(state))
        tell(tale, pass, "ended in an unknown way", state);
    if (has_exited(state, STOPPED) && !strstr(pass->ledger->why, pass->house.root))
        tell(tale, pass, "stopped and named no file", state);
    if (has_exited(state, ENDED) && pass->ledger->count != RECORD_COUNT_MAX)
        tell(tale, pass, "acknowledged too little", state);
    state = process_run(start_again, pass);
    if (!has_exited(state, ENDED))
        tell(tale, pass, "the start after it failed", state);
    house_fini(&pass->house);
    return is_hit;
}

/* Lets call `first` fail, then each `step`-th after it, each in a pass of its own, until none is left. */
static void fail_calls(const struct failing_calls *calls, uint32_t first, uint32_t step)
{
    static struct tale tale;
    struct pass pass = {.calls = *calls};
    pass.ledger = mmap(NULL, sizeof *pass.ledger, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(pass.ledger, MAP_FAILED);
    uint32_t number = first;
    for (bool is_hit = true; is_hit && number < NUMBER_MAX; number += step) {
        pass.calls.number = number;
        is_hit = run_pass(&pass, &tale);
    }
    munmap(pass.ledger, sizeof *pass.ledger);
    cr_log_info("%u calls failed: %u stops, %u crashes\n", tale.hit_count, tale.stopped_count, tale.crashed_count);
    cr_assert_str_empty(tale.text, "%s", tale.text);
    cr_assert_lt(number, NUMBER_MAX, "no pass came to its end");
    cr_assert_geq(tale.hit_count, HIT_COUNT_MIN);
    cr_assert_geq(tale.stopped_count + tale.crashed_count, HIT_COUNT_MIN / 2, "failing calls go unheard");
}

/* Two tests, so that they run side by side. */
Test(failing_calls, an_odd_call_that_fails_once_loses_nothing_acknowledged)
{
    fail_calls(&(struct failing_calls){.error = EIO}, 1, 2);
}

Test(failing_calls, an_even_call_that_fails_once_loses_nothing_acknowledged)
{
    fail_calls(&(struct failing_calls){.error = EIO}, 2, 2);
}

Test(failing_calls, a_disk_that_is_full_from_some_call_on_loses_nothing_acknowledged)
{
    fail_calls(&(struct failing_calls){.error = ENOSPC, .is_for_ever = true}, 1, 5);
}
