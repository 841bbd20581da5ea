#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "broker/store/journal_state.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

/* What the key of the citizens' hashes is made of with keys/mac: it is in every folder, and goes wherever that goes. A
 * receipt's MAC is over 48 bytes, so no receipt ever shows it. */
static const char CITIZEN_KEY_NAME[] = "onevisit index of citizens 1";

/* What journal_open hands from step to step. */
struct opening {
    const struct journal_options *options;
    struct journal *journal;
    bool is_new; /* there is no SEAL yet */
    char *why;
};

static enum status init_tools(struct journal *journal)
{
    crc32c_init(&journal->crc);
    enum status status = sm3_init(&journal->sm3);
    if (status == STATUS_OK)
        status = body_seal_init(&journal->body_seal);
    if (status == STATUS_OK && !journal->is_read_only) {
        status = journal_recent_init(&journal->recent);
        journal->record = malloc(JOURNAL_RECORD_SIZE_MAX);
    }
    return status == STATUS_OK && !journal->is_read_only && !journal->record ? STATUS_NO_MEMORY : status;
}

static enum status check_sealed_as(const struct opening *opening)
{
    const struct folder_seal *seal = &opening->journal->seal;
    if (opening->options->read_only || seal->is_test == opening->options->is_test)
        return STATUS_OK;
    why_set(opening->why, "%s: sealed as %s, asked for as %s", opening->journal->folder,
            seal->is_test ? "test" : "production", seal->is_test ? "production" : "test");
    return STATUS_SEALED_OTHERWISE;
}

/* Reads the seal, or begins a new folder. */
static enum status look_at_seal(struct opening *opening)
{
    struct journal *journal = opening->journal;
    enum status status = folder_seal_read(&journal->seal, journal->folder, &journal->sm3, opening->why);
    if (status == STATUS_OK)
        return check_sealed_as(opening);
    if (status != STATUS_NOT_FOUND)
        return status;
    if (!opening->options->make_new || opening->options->read_only) {
        why_set(opening->why, "%s: no SEAL there, so it is not a broker's folder", journal->folder);
        return STATUS_NOT_FOUND;
    }
    opening->is_new = true;
    journal->seal.is_test = opening->options->is_test;
    return folder_seal_begin(&journal->seal, journal->folder, opening->why);
}

/* From here on the folder is ours alone: RocksDB holds its lock. */
static enum status open_store(struct opening *opening)
{
    struct journal *journal = opening->journal;
    char folder[SMALL_FILE_PATH_SIZE];
    enum status status = small_file_path(folder, journal->folder, "db", opening->why);
    if (status != STATUS_OK)
        return status;
    struct store_options options = {
        .folder = folder, .must_exist = !opening->is_new, .read_only = journal->is_read_only};
    status = store_open(&options, &journal->store, opening->why);
    if (status != STATUS_OK || !opening->is_new)
        return status;
    /* Another process may have finished the folder between our look and our lock. */
    struct folder_seal seal;
    if (folder_seal_read(&seal, journal->folder, &journal->sm3, NULL) == STATUS_OK) {
        opening->is_new = false;
        journal->seal = seal;
        return check_sealed_as(opening);
    }
    if (store_last_sequence(journal->store) == 0)
        return STATUS_OK;
    why_set(opening->why, "%s: holds records, but SEAL is missing", journal->folder);
    return STATUS_CORRUPT;
}

static enum status open_keys(struct opening *opening)
{
    struct journal *journal = opening->journal;
    uint8_t key[KEY_SIZE];
    enum status status = day_keys_init(&journal->keys, journal->folder, &journal->sm3, opening->why);
    if (status == STATUS_OK && opening->is_new)
        status = folder_make(journal->keys.folder, opening->why);
    if (status == STATUS_OK)
        status = day_keys_mac(&journal->keys, opening->is_new, key, opening->why);
    if (status == STATUS_NO_KEY && journal->is_read_only)
        return STATUS_OK; /* keys are kept apart from a copy */
    if (status != STATUS_OK)
        return status;
    sm3_mac_init(&journal->mac, key);
    sm3_mac_of(&journal->mac, &journal->sm3, bytes_of(CITIZEN_KEY_NAME, sizeof CITIZEN_KEY_NAME - 1), key);
    sm3_mac_init(&journal->citizen_mac, key);
    journal->has_mac = true;
    OPENSSL_cleanse(key, sizeof key);
    return STATUS_OK;
}

/* Day and chain hash of a stored record, its checksum looked at. */
static enum status chain_at(struct journal *journal, uint64_t sequence, uint32_t *day, uint8_t out[CHAIN_SIZE],
                            char *why)
{
    struct store_value value;
    struct journal_record record;
    enum status status = store_record(journal->store, sequence, &value, why);
    if (status != STATUS_OK)
        return status;
    if (value.bytes.data) {
        status = journal_record_read(&journal->crc, sequence, value.bytes, &record, why);
        *day = status == STATUS_OK ? record.day : 0;
        journal_chain_of(journal, value.bytes, out);
    } else {
        why_set(why, "%s: record %llu is missing", journal->folder, (unsigned long long)sequence);
        status = STATUS_CORRUPT;
    }
    store_value_fini(&value);
    return status;
}

static enum status find_end(struct opening *opening)
{
    struct journal *journal = opening->journal;
    uint64_t last = store_last_sequence(journal->store);
    enum status status =
        last > 0 ? chain_at(journal, last, &journal->last_day, journal->last_chain, opening->why) : STATUS_OK;
    journal->last_sequence = journal->durable_sequence = last;
    memcpy(journal->durable_chain, journal->last_chain, CHAIN_SIZE);
    return status;
}

static enum status head_folder(const struct opening *opening, char *out)
{
    const char *elsewhere = opening->options->head_folder;
    if (elsewhere)
        return small_file_path(out, elsewhere, ".", opening->why);
    return small_file_path(out, opening->journal->folder, "head", opening->why);
}

/* Is what HEAD names in the journal? */
static enum status compare_with_head(struct opening *opening)
{
    struct journal *journal = opening->journal;
    const struct head *head = &journal->head;
    uint8_t chain[CHAIN_SIZE] = {0};
    uint32_t day;
    if (head->sequence > journal->durable_sequence) {
        why_set(opening->why, "%s: the journal ends at record %llu, but HEAD knows %llu: records were lost",
                journal->folder, (unsigned long long)journal->durable_sequence, (unsigned long long)head->sequence);
        return STATUS_CORRUPT;
    }
    if (head->sequence > 0) {
        enum status status = chain_at(journal, head->sequence, &day, chain, opening->why);
        if (status != STATUS_OK)
            return status;
    }
    if (memcmp(chain, head->chain, CHAIN_SIZE) == 0)
        return STATUS_OK;
    why_set(opening->why, "%s: record %llu is not the one HEAD knows", journal->folder,
            (unsigned long long)head->sequence);
    return STATUS_CORRUPT;
}

static enum status check_checkpoint(struct opening *opening)
{
    const struct journal *journal = opening->journal;
    uint64_t checkpoint = store_checkpoint_sequence(journal->store);
    if (checkpoint <= journal->durable_sequence)
        return STATUS_OK;
    why_set(opening->why, "%s: the rows stand for record %llu, but the journal ends at %llu: records were lost",
            journal->folder, (unsigned long long)checkpoint, (unsigned long long)journal->durable_sequence);
    return STATUS_CORRUPT;
}

/* An operator decided to go on with what is there: HEAD is set back to it, and rows that stand for lost records go
 * (they are made anew from the journal). */
static enum status accept_loss(struct opening *opening)
{
    struct journal *journal = opening->journal;
    enum status status = STATUS_OK;
    if (store_checkpoint_sequence(journal->store) > journal->durable_sequence)
        status = store_forget_rows(journal->store, opening->why);
    return status == STATUS_OK ? journal_write_head(journal, opening->why) : status;
}

static enum status make_head(struct opening *opening)
{
    struct journal *journal = opening->journal;
    enum status status = journal_write_head(journal, opening->why);
    return status == STATUS_OK ? journal_write_head(journal, opening->why) : status;
}

static enum status open_head(struct opening *opening)
{
    struct journal *journal = opening->journal;
    char folder[SMALL_FILE_PATH_SIZE];
    enum status status = head_folder(opening, folder);
    bool may_make = opening->is_new || (opening->options->accept_loss && !journal->is_read_only);
    if (status == STATUS_OK && may_make)
        status = folder_make(opening->options->head_folder ? opening->options->head_folder : folder, opening->why);
    if (status != STATUS_OK)
        return status;
    status = head_read(&journal->head, folder, &journal->sm3, journal->seal.broker_id, opening->why);
    if (status == STATUS_NOT_FOUND && opening->is_new)
        return make_head(opening);
    if (status == STATUS_NOT_FOUND && journal->is_read_only)
        return check_checkpoint(opening);
    bool may_go_on = opening->options->accept_loss;
    if (status == STATUS_NOT_FOUND)
        return may_go_on ? accept_loss(opening) : STATUS_CORRUPT;
    if (status != STATUS_OK)
        return status; /* the HEAD of another broker: no loss, a mistake */
    status = compare_with_head(opening);
    if (status == STATUS_OK)
        status = check_checkpoint(opening);
    if (status == STATUS_CORRUPT && may_go_on)
        return journal->is_read_only ? STATUS_OK : accept_loss(opening);
    return status;
}

static enum status finish_folder(struct opening *opening)
{
    struct journal *journal = opening->journal;
    if (opening->is_new)
        return folder_seal_finish(&journal->seal, journal->folder, &journal->sm3, opening->why);
    if (journal->is_read_only)
        return STATUS_OK;
    return small_file_remove(journal->folder, "MAKING", opening->why); /* left by a start cut off at its very end */
}

/* RocksDB 7.8 ends the process with an assertion when the disk gets full while a
 * database is made or opened, so a nearly full disk is refused before. */
static enum status look_at_space(struct opening *opening)
{
    struct statvfs about;
    char path[SMALL_FILE_PATH_SIZE];
    if (opening->journal->is_read_only)
        return STATUS_OK;
    snprintf(path, sizeof path, "%s", opening->journal->folder);
    while (statvfs(path, &about) != 0) { /* the folder may have to be made: its parent's disk counts */
        char *slash = strrchr(path, '/');
        if (errno != ENOENT || slash == path)
            return STATUS_OK; /* what is wrong with the folder is said by who opens it */
        snprintf(slash ? slash : path, 2, "%s", slash ? "" : ".");
    }
    uint64_t free_size = (uint64_t)about.f_bavail * about.f_frsize;
    if (free_size >= JOURNAL_FREE_SIZE_MIN)
        return STATUS_OK;
    why_set(opening->why, "%s: %llu KiB are free on this disk, %d KiB are needed to open: make room",
            opening->journal->folder, (unsigned long long)free_size / 1024, JOURNAL_FREE_SIZE_MIN / 1024);
    return STATUS_DISK_FULL;
}

static enum status open_steps(struct opening *opening)
{
    enum status (*const steps[])(struct opening *) = {look_at_space, look_at_seal, open_store,   open_keys,
                                                      find_end,      open_head,    finish_folder};
    enum status status = init_tools(opening->journal);
    for (size_t i = 0; status == STATUS_OK && i < sizeof steps / sizeof steps[0]; i++)
        status = steps[i](opening);
    return status;
}

enum status journal_open(const struct journal_options *options, struct journal **out, char *why)
{
    struct journal *journal = calloc(1, sizeof *journal);
    *out = NULL;
    if (!journal)
        return STATUS_NO_MEMORY;
    struct opening opening = {.options = options, .journal = journal, .why = why};
    journal->is_read_only = options->read_only;
    int size = snprintf(journal->folder, sizeof journal->folder, "%s", options->folder);
    enum status status = STATUS_CONFIG;
    if (size > 0 && (size_t)size < sizeof journal->folder)
        status = open_steps(&opening);
    else
        why_set(why, "the path of the broker's folder is empty or too long");
    if (status == STATUS_OK)
        why_set(why, "%s", ""); /* what was looked for in vain on the way is no news */
    else
        journal_close(&journal);
    *out = journal;
    return status;
}

void journal_close(struct journal **journal)
{
    if (!*journal)
        return;
    store_close(&(*journal)->store);
    journal_recent_fini(&(*journal)->recent);
    free((*journal)->record);
    body_seal_fini(&(*journal)->body_seal);
    sm3_fini(&(*journal)->sm3);
    day_keys_fini(&(*journal)->keys);
    OPENSSL_cleanse(*journal, sizeof **journal);
    free(*journal);
    *journal = NULL;
}
