#include "broker/patrol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/log.h"
#include "schemas/envelope.h"

static const uint64_t STEP_MULTIPLIER = 6364136223846793005;
static const uint64_t STEP_INCREMENT = 1442695040888963407;

enum { RANDOM_SHIFT = 33 };

enum status patrol_init(struct patrol *patrol, struct keeper *keeper, int64_t interval_ms)
{
    uint8_t seed[sizeof patrol->random];

    *patrol = (struct patrol){.keeper = keeper, .interval_us = interval_ms * 1000};
    /* Any number will do, and another one at each start: the chain's end has one. */
    memcpy(seed, journal_last_chain(keeper_journal(keeper)), sizeof seed);
    memcpy(&patrol->random, seed, sizeof seed);
    patrol->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    return patrol->arena.memory != NULL ? journal_reader_new(keeper_journal(keeper), &patrol->reader)
                                        : STATUS_NO_MEMORY;
}

void patrol_fini(struct patrol *patrol)
{
    journal_reader_free(&patrol->reader);
    free(patrol->arena.memory);
    patrol->arena.memory = NULL;
}

static enum status say(char *why, uint64_t sequence, const char *what)
{
    snprintf(why, KEEPER_WHY_SIZE, "record %llu %s", (unsigned long long)sequence, what);
    return STATUS_CORRUPT;
}

/* The chain of the record before, zeros before the first. */
static enum status chain_before(struct patrol *patrol, uint64_t sequence, uint8_t out[CHAIN_SIZE], char *why)
{
    struct journal_entry entry;

    memset(out, 0, CHAIN_SIZE);
    if (sequence == 1)
        return STATUS_OK;
    const enum status status = journal_read(patrol->reader, sequence - 1, &entry, why);
    if (status == STATUS_OK)
        memcpy(out, entry.chain, CHAIN_SIZE);
    return status;
}

/* The row that answers the message when it comes again. */
static enum status judge_duplicate(struct patrol *patrol, const struct journal_entry *entry,
                                   const struct envelope *envelope, struct duplicate_row *row, char *why)
{
    const struct row_key key = row_key_duplicate(entry->sender, envelope->message_id.data);
    const enum status status = keeper_row(patrol->keeper, &key, &record_duplicate_row, &patrol->arena, row, why);

    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    if (status == STATUS_NOT_FOUND || row->sequence.value != (int64_t)entry->sequence ||
        !bytes_equal(row->digest, envelope->digest))
        return say(why, entry->sequence, "is not known as the message it is");
    return STATUS_OK;
}

static enum status judge_case(struct patrol *patrol, const struct journal_entry *entry, struct text case_id, char *why)
{
    const struct row_key key = row_key_case(case_id);
    struct case_row row;
    enum status status;

    if (case_id.data == NULL || entry->state.data == NULL)
        return STATUS_OK;
    status = keeper_row(patrol->keeper, &key, &record_case_row, &patrol->arena, &row, why);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    if (status == STATUS_NOT_FOUND || row.last_sequence.value < (int64_t)entry->sequence)
        return say(why, entry->sequence, "is not known to its case");
    if (row.last_sequence.value == (int64_t)entry->sequence && !text_equal(row.state, entry->state))
        return say(why, entry->sequence, "left its case in another state than the case's row has");
    return STATUS_OK;
}

static enum status judge_rows(struct patrol *patrol, const struct journal_entry *entry, const struct envelope *envelope,
                              enum message_type type, char *why)
{
    struct duplicate_row row = {.case_id = {NULL, 0}};
    const struct message_kind *kind = message_kind(type);
    enum status status = STATUS_OK;

    if (kind->keep == KEEP_STORED && kind->senders != ROLE_BROKER)
        status = judge_duplicate(patrol, entry, envelope, &row, why);
    if (status != STATUS_OK)
        return status;
    return judge_case(patrol, entry, envelope->case_id.data != NULL ? envelope->case_id : row.case_id, why);
}

enum status patrol_judge(struct patrol *patrol, uint64_t sequence, char *why)
{
    uint8_t before[CHAIN_SIZE];
    uint8_t digest[DIGEST_SIZE];
    struct journal_entry entry;
    struct envelope envelope;
    struct problems problems = {.count = 0};
    enum message_type type;
    enum status status = chain_before(patrol, sequence, before, why);

    arena_reset(&patrol->arena);
    if (status == STATUS_OK)
        status = journal_read(patrol->reader, sequence, &entry, why);
    if (status != STATUS_OK)
        return status;
    if (memcmp(entry.previous, before, CHAIN_SIZE) != 0)
        return say(why, sequence, "does not follow the one before it: one of the two was altered");
    if (envelope_judge(entry.envelope, &patrol->arena, &envelope, &type, &problems) != STATUS_OK)
        return say(why, sequence, "has an envelope that cannot be read");
    if (entry.body.data != NULL) {
        digest_sm3(entry.body, digest);
        if (!bytes_equal(envelope.digest, bytes_of(digest, sizeof digest)))
            return say(why, sequence, "has another body than its envelope names");
    }
    return judge_rows(patrol, &entry, &envelope, type, why);
}

bool patrol_look(struct patrol *patrol, int64_t monotonic_us)
{
    char why[KEEPER_WHY_SIZE] = "";
    const uint64_t last = journal_last_sequence(keeper_journal(patrol->keeper));

    if (patrol->interval_us == 0 || monotonic_us < patrol->next_us || last == 0 || keeper_has_gathered(patrol->keeper))
        return false;
    patrol->next_us = monotonic_us + patrol->interval_us;
    patrol->random = patrol->random * STEP_MULTIPLIER + STEP_INCREMENT;
    const uint64_t sequence = 1 + (patrol->random >> RANDOM_SHIFT) % last;
    const enum status status = patrol_judge(patrol, sequence, why);
    patrol->count++;
    if (status == STATUS_OK || patrol->damaged != 0)
        return false;
    patrol->damaged = sequence;
    snprintf(patrol->reason, sizeof patrol->reason, "%.200s", why[0] != '\0' ? why : status_english(status));
    log_line(LOG_ERROR, "damaged", "%s", patrol->reason);
    return true;
}
