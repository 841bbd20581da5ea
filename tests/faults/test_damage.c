#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/house.h"

/* A folder stopped in order, one file of it damaged in each way a disk or a hand can; then a start. Either every
 * record and row is there, or the start or the walk over the journal refuses and names the file. */
enum {
    START_COUNT = 3, /* the records of all but the last one lie in tables */
    RECORDS_A_START = 60,
    RECORD_COUNT = RECORDS_A_START * START_COUNT,
    BODY_SIZE = 200,
    ROW_SIZE = 600,
    KEY_SIZE = 4,
    LINE_SIZE = 384,
};

/* ---- the folder ---- */

static void fill_row(uint64_t sequence, uint8_t out[ROW_SIZE])
{
    memset(out, (int)sequence, ROW_SIZE);
    snprintf((char *)out, ROW_SIZE, "row of record %llu", (unsigned long long)sequence);
}

static void put_key(uint64_t number, char out[KEY_SIZE])
{
    snprintf(out, KEY_SIZE, "%03u", (unsigned)(number % 1000));
}

/* A row for each record, but the first of them is row 0 again at every start. */
static enum status put_rows(struct journal *journal, uint64_t first, char *why)
{
    static uint8_t values[RECORDS_A_START][ROW_SIZE];
    static char keys[RECORDS_A_START][KEY_SIZE];
    struct store_row rows[RECORDS_A_START];
    uint64_t last = journal_last_sequence(journal);
    for (uint64_t i = 0; i < RECORDS_A_START; i++) {
        uint64_t number = i == 0 ? 0 : first + i;
        fill_row(i == 0 ? last : number, values[i]);
        put_key(number, keys[i]);
        rows[i] = (struct store_row){bytes_of(keys[i], KEY_SIZE - 1), bytes_of(values[i], ROW_SIZE)};
    }
    return store_checkpoint(journal_store(journal), last, rows, RECORDS_A_START, why);
}

static void serve_once(struct house *house)
{
    const struct journal_options options = {.folder = house->folder, .make_new = true, .is_test = true};
    struct journal *journal;
    char why[STORE_WHY_SIZE];
    enum status status = journal_open(&options, &journal, why);
    uint64_t first = status == STATUS_OK ? journal_last_sequence(journal) + 1 : 0;
    for (uint64_t sequence = first; status == STATUS_OK && sequence < first + RECORDS_A_START; sequence++) {
        struct journal_entry entry = house_entry(sequence, BODY_SIZE);
        status = journal_append(journal, &entry, why);
    }
    if (status == STATUS_OK)
        status = journal_commit(journal, why);
    if (status == STATUS_OK)
        status = put_rows(journal, first, why);
    if (status == STATUS_OK)
        status = journal_write_head(journal, why);
    if (status != STATUS_OK)
        _exit(1);
    journal_close(&journal);
}

static bool serve(void *context)
{
    serve_once(context);
    _exit(0);
}

static void serve_in_a_process(struct house *house)
{
    int state = process_run(serve, house);
    cr_assert(WIFEXITED(state) && WEXITSTATUS(state) == 0, "state %x", (unsigned)state);
}

/* ---- what is damaged, and how ---- */

struct part {
    const char *word;
    const char *name; /* stands in the path */
    const char *ending;
    const char *holds; /* tables of records and of rows are told apart by what they hold in clear */
    bool is_for_ever;  /* written once: another broker's stands for the older copy */
    bool is_read_late; /* the start need not see the damage: who reads it does */
    bool may_go_on;    /* RocksDB may have begun new files without it: then all of db/ must be put back */
};

static const struct part parts[] = {
    {"log", "/db/", ".log", NULL, false, false, true},
    {"table of records", "/db/", ".sst", "B:105451099995", false, true, false},
    {"table of rows", "/db/", ".sst", "row of record", false, true, false},
    {"MANIFEST", "/db/MANIFEST-", "", NULL, false, false, true},
    {"CURRENT", "/db/CURRENT", "", NULL, false, false, false},
    {"HEAD.0", "/head/HEAD.0", "", NULL, false, false, false},
    {"HEAD.1", "/head/HEAD.1", "", NULL, false, false, false},
    {"SEAL", "/SEAL", "", NULL, true, false, false},
    {"day key", "/keys/day-", "", NULL, true, true, false},
    {"keys/mac", "/keys/mac", "", NULL, true, false, false},
};

enum { PART_COUNT = sizeof parts / sizeof parts[0] };

enum damage { DAMAGE_CUT, DAMAGE_FLIPPED, DAMAGE_ZEROED, DAMAGE_EMPTIED, DAMAGE_OLDER, DAMAGE_DELETED, DAMAGE_COUNT };

static const char *const damage_words[] = {"cut", "flipped", "zeroed", "emptied", "older", "deleted"};

struct search {
    const struct part *part;
    bool is_oldest; /* else the newest: RocksDB counts its files up */
    char found[HOUSE_PATH_SIZE];
};

static bool file_holds(const char *path, const char *words)
{
    size_t size = file_size(path);
    uint8_t *data = malloc(size + 1);
    FILE *file = fopen(path, "rb");
    cr_assert(data && file && fread(data, 1, size, file) == size, "%s", path);
    fclose(file);
    bool holds = memmem(data, size, words, strlen(words)) != NULL;
    free(data);
    return holds;
}

static void look_at_file(const char *path, void *context)
{
    struct search *search = context;
    const struct part *part = search->part;
    size_t size = strlen(path), ending_size = strlen(part->ending);
    if (!strstr(path, part->name) || strcmp(path + size - ending_size, part->ending) != 0)
        return;
    if (part->holds && !file_holds(path, part->holds))
        return;
    int order = strcmp(path, search->found);
    if (search->found[0] == '\0' || (search->is_oldest ? order < 0 : order > 0))
        snprintf(search->found, sizeof search->found, "%s", path);
}

static void find_file(const char *folder, const struct part *part, bool is_oldest, char out[HOUSE_PATH_SIZE])
{
    struct search search = {.part = part, .is_oldest = is_oldest};
    folder_each_file(folder, look_at_file, &search);
    cr_assert_str_not_empty(search.found, "%s: no %s", folder, part->word);
    snprintf(out, HOUSE_PATH_SIZE, "%s", search.found);
}

/* `good` as it was left, `older` one start before, `other` of another broker. */
struct folders {
    struct house house; /* where the damaged copy is started */
    char good[HOUSE_PATH_SIZE], older[HOUSE_PATH_SIZE], other[HOUSE_PATH_SIZE];
};

static void make_folders(struct folders *folders)
{
    struct house *house = &folders->house;
    house_init(house);
    snprintf(folders->good, sizeof folders->good, "%.400s/good", house->root);
    snprintf(folders->older, sizeof folders->older, "%.400s/older", house->root);
    snprintf(folders->other, sizeof folders->other, "%.400s/other", house->root);
    serve_in_a_process(house);
    cr_assert_eq(rename(house->folder, folders->other), 0);
    for (int start = 0; start < START_COUNT; start++) {
        if (start == START_COUNT - 1)
            folder_copy(house->folder, folders->older);
        serve_in_a_process(house);
    }
    cr_assert_eq(rename(house->folder, folders->good), 0);
}

static void put_older(const struct folders *folders, const struct part *part, const char *path)
{
    char from[HOUSE_PATH_SIZE];
    find_file(part->is_for_ever ? folders->other : folders->older, part, true, from);
    cr_assert_eq(unlink(path), 0);
    file_copy(from, path);
}

static void damage_file(const struct folders *folders, const struct part *part, enum damage damage)
{
    static const uint8_t zeros[1 << 20];
    char path[HOUSE_PATH_SIZE];
    find_file(folders->house.folder, part, false, path);
    size_t size = file_size(path);
    cr_assert(size > 0 && size <= sizeof zeros, "%s has %zu bytes", path, size);
    switch (damage) {
    case DAMAGE_CUT:
        file_cut(path, size / 2);
        break;
    case DAMAGE_FLIPPED:
        file_flip(path, size / 2);
        break;
    case DAMAGE_ZEROED:
        file_put(path, zeros, size);
        break;
    case DAMAGE_EMPTIED:
        file_cut(path, 0);
        break;
    case DAMAGE_OLDER:
        put_older(folders, part, path);
        break;
    case DAMAGE_DELETED:
        cr_assert_eq(unlink(path), 0);
        break;
    case DAMAGE_COUNT:
        break;
    }
}

/* ---- the start after it, in a process of its own ---- */

enum end { END_CRASHED, END_WHOLE, END_ERASED, END_REFUSED, END_UNREADABLE, END_LOST };

static const char *const end_words[] = {"CRASHED", "whole", "erased", "refused", "unread", "LOST"};

struct outcome {
    enum end end;
    char why[STORE_WHY_SIZE];
};

struct start {
    const struct house *house;
    struct outcome *outcome; /* memory of both processes */
};

static enum end compare_records(struct journal *journal, char *why)
{
    struct journal_reader *reader;
    struct journal_entry entry;
    uint64_t bad;
    enum end end = END_WHOLE;
    if (journal_reader_new(journal, &reader) != STATUS_OK || journal_verify(reader, 1, &bad, why) != STATUS_OK)
        return END_UNREADABLE;
    for (uint64_t sequence = 1; sequence <= RECORD_COUNT; sequence++) {
        if (journal_read(reader, sequence, &entry, why) != STATUS_OK)
            return END_UNREADABLE;
        struct journal_entry wanted = house_entry(sequence, BODY_SIZE);
        snprintf(why, STORE_WHY_SIZE, "record %llu", (unsigned long long)sequence);
        if (!bytes_equal(entry.envelope, wanted.envelope))
            return END_LOST;
        if (!entry.body.data)
            end = END_ERASED;
        else if (!bytes_equal(entry.body, wanted.body))
            return END_LOST;
    }
    journal_reader_free(&reader);
    return end;
}

/* Rows are not synced: they may be those of the start before, whole, and are made anew from the journal then. */
static enum end compare_rows(struct journal *journal, char *why)
{
    uint64_t checkpoint = store_checkpoint_sequence(journal_store(journal));
    if (checkpoint != RECORD_COUNT && checkpoint != RECORD_COUNT - RECORDS_A_START) {
        snprintf(why, STORE_WHY_SIZE, "rows of record %llu", (unsigned long long)checkpoint);
        return END_LOST;
    }
    for (uint64_t number = 0; number <= RECORD_COUNT; number++) {
        uint8_t wanted[ROW_SIZE];
        char key[KEY_SIZE];
        struct store_value value;
        if (number % RECORDS_A_START == 1)
            continue; /* row 0 was written in its place */
        fill_row(number == 0 ? checkpoint : number, wanted);
        put_key(number, key);
        if (store_row(journal_store(journal), bytes_of(key, KEY_SIZE - 1), &value, why) != STATUS_OK)
            return END_UNREADABLE;
        snprintf(why, STORE_WHY_SIZE, "row %llu", (unsigned long long)number);
        bool is_right = number > checkpoint ? value.bytes.data == NULL
                                            : value.bytes.data && bytes_equal(value.bytes, bytes_of(wanted, ROW_SIZE));
        store_value_fini(&value);
        if (!is_right)
            return END_LOST;
    }
    return END_WHOLE;
}

static enum end start_broker(const struct house *house, char *why)
{
    const struct journal_options options = {.folder = house->folder, .make_new = true, .is_test = true};
    struct journal *journal;
    if (journal_open(&options, &journal, why) != STATUS_OK)
        return END_REFUSED;
    snprintf(why, STORE_WHY_SIZE, "the journal ends at %llu", (unsigned long long)journal_last_sequence(journal));
    if (journal_last_sequence(journal) != RECORD_COUNT)
        return END_LOST;
    enum end records = compare_records(journal, why);
    if (records == END_UNREADABLE || records == END_LOST)
        return records;
    enum end rows = compare_rows(journal, why);
    why[0] = rows == END_WHOLE ? '\0' : why[0];
    return rows == END_WHOLE ? records : rows;
}

static bool start_damaged(void *context)
{
    const struct start *start = context;
    char why[STORE_WHY_SIZE] = "";
    enum end end = start_broker(start->house, why);
    memcpy(start->outcome->why, why, sizeof why);
    start->outcome->end = end;
    _exit(0);
}

/* ---- every part in every way ---- */

/* A refusal names the file or its folder, or the record whose bytes or key are not as they were. */
static bool is_as_promised(const struct outcome *outcome, const struct part *part, const struct house *house)
{
    bool is_named = strstr(outcome->why, house->folder) || strncmp(outcome->why, "record ", 7) == 0;
    switch (outcome->end) {
    case END_WHOLE:
    case END_ERASED:
        return true;
    case END_REFUSED:
        return is_named;
    case END_UNREADABLE:
        return is_named && part->is_read_late;
    case END_CRASHED:
    case END_LOST:
        break;
    }
    return false;
}

struct trial {
    struct folders *folders;
    const struct part *part;
    enum damage damage;
    struct outcome *outcome; /* memory of both processes */
};

static void start_in_a_process(const struct trial *trial)
{
    struct start start = {&trial->folders->house, trial->outcome};
    *trial->outcome = (struct outcome){END_CRASHED, ""};
    process_run(start_damaged, &start);
}

/* What was refused is whole again with the good file in its place. */
static bool is_mended_by_the_file(const struct trial *trial)
{
    struct folders *folders = trial->folders;
    const struct outcome refused = *trial->outcome;
    char from[HOUSE_PATH_SIZE], to[HOUSE_PATH_SIZE];
    find_file(folders->good, trial->part, false, from);
    snprintf(to, sizeof to, "%.250s%.250s", folders->house.folder, from + strlen(folders->good));
    unlink(to);
    file_copy(from, to);
    start_in_a_process(trial);
    bool is_mended = trial->outcome->end == END_WHOLE;
    *trial->outcome = refused;
    return is_mended;
}

/* One line of the table; false when it is not as promised. */
static bool try_damage(const struct trial *trial, char *line, size_t line_size)
{
    struct folders *folders = trial->folders;
    const struct outcome *outcome = trial->outcome;
    folder_copy(folders->good, folders->house.folder);
    damage_file(folders, trial->part, trial->damage);
    start_in_a_process(trial);
    bool is_mended = outcome->end != END_REFUSED || is_mended_by_the_file(trial);
    bool is_good = is_as_promised(outcome, trial->part, &folders->house) && (is_mended || trial->part->may_go_on);
    remove_folder(folders->house.folder);
    snprintf(line, line_size, "%s%-16s %-8s %-8s %s%s\n", is_good ? "  " : "! ", trial->part->word,
             damage_words[trial->damage], end_words[outcome->end], is_mended ? "" : "(put back all of db/) ",
             outcome->why);
    return is_good;
}

static void *shared_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(memory, MAP_FAILED);
    return memory;
}

Test(damage, to_any_file_leaves_everything_there_or_is_refused_with_a_name)
{
    static char report[PART_COUNT * DAMAGE_COUNT * LINE_SIZE];
    static struct folders folders;
    struct trial trial = {.folders = &folders, .outcome = shared_memory(sizeof *trial.outcome)};
    bool is_good = true;
    make_folders(&folders);
    for (int i = 0; i < PART_COUNT * DAMAGE_COUNT; i++) {
        trial.part = &parts[i / DAMAGE_COUNT];
        trial.damage = (enum damage)(i % DAMAGE_COUNT);
        is_good = try_damage(&trial, report + strlen(report), LINE_SIZE) && is_good;
    }
    house_fini(&folders.house);
    munmap(trial.outcome, sizeof *trial.outcome);
    cr_assert(is_good, "\n%s", report);
    cr_log_info("\n%s", report);
}
