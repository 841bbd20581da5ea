#include <stdio.h>
#include <string.h>

#include "broker/keep/keeper_inside.h"
#include "schemas/envelope.h"

const struct core_settings keeper_replay_settings = {.lease_ms = 1,
                                                     .lease_ms_max = 1,
                                                     .feed_retry_ms = 1,
                                                     .silence_ms_max = 1,
                                                     .title_timeout_ms = 1,
                                                     .feed_in_flight_max = 1,
                                                     .delivery_attempts_max = 1,
                                                     .queue_count_max = 1,
                                                     .open_count_max = 1};

/* Decodes a record into an event; envelope and body lie in the scratch arena. */
static enum status read_again(struct keeper *keeper, const struct journal_entry *entry, struct envelope *envelope,
                              struct event *event, char *why)
{
    const unsigned long long sequence = entry->sequence;
    struct problems problems = {.count = 0};
    enum message_type type;
    uint8_t digest[DIGEST_SIZE];
    void *body = NULL;

    arena_reset(&keeper->scratch);
    enum status status = envelope_judge(entry->envelope, &keeper->scratch, envelope, &type, &problems);
    if (status == STATUS_OK && (body = arena_take(&keeper->scratch, message_kind(type)->record->struct_size)) != NULL)
        status = record_decode(message_kind(type)->record, entry->body, &keeper->scratch, body, &problems);
    if (status != STATUS_OK || body == NULL) {
        snprintf(why, KEEPER_WHY_SIZE, "record %llu of the journal cannot be stepped: %s at '%s'", sequence,
                 status_english(status), problems.count > 0 ? problems.items[0].path : "");
        return STATUS_CORRUPT;
    }
    digest_sm3(entry->body, digest);
    if (!bytes_equal(envelope->digest, bytes_of(digest, sizeof digest))) {
        snprintf(why, KEEPER_WHY_SIZE, "record %llu of the journal: its body is not the one its envelope names",
                 sequence);
        return STATUS_CORRUPT;
    }
    *event = (struct event){.type = EVENT_MESSAGE,
                            .time_us = entry->time_us,
                            .sequence = entry->sequence,
                            .is_replay = true,
                            .participant = entry->sender,
                            .message = type,
                            .envelope = envelope,
                            .body = body};
    memcpy(event->digest, digest, DIGEST_SIZE);
    return STATUS_OK;
}

/* What was decided then is what is decided now. */
static enum status judge_again(const struct journal_entry *entry, const struct step *step, char *why)
{
    const unsigned long long sequence = entry->sequence;

    if (step->verdict != VERDICT_STORE) {
        snprintf(why, KEEPER_WHY_SIZE, "record %llu of the journal was taken once and is not taken again", sequence);
        return STATUS_CORRUPT;
    }
    if (text_equal(step->state, entry->state) && step->case_previous == entry->case_previous)
        return STATUS_OK;
    snprintf(why, KEEPER_WHY_SIZE,
             "record %llu of the journal: case %s was left as %.*s behind record %llu, and comes out as %.*s behind "
             "record %llu",
             sequence, step->case_id, TEXT_ARGS(entry->state), (unsigned long long)entry->case_previous,
             TEXT_ARGS(step->state), (unsigned long long)step->case_previous);
    return STATUS_CORRUPT;
}

enum status keeper_step_again(struct keeper *keeper, const struct journal_entry *entry, struct step *out, char *why)
{
    struct envelope envelope;
    struct event event;

    if (entry->body.data == NULL) {
        snprintf(why, KEEPER_WHY_SIZE,
                 "record %llu came after the last checkpoint and is needed, but its day's key is "
                 "gone: restore it to keys/ of the data folder",
                 (unsigned long long)entry->sequence);
        return STATUS_NO_KEY;
    }
    enum status status = read_again(keeper, entry, &envelope, &event, why);
    if (status == STATUS_OK)
        status = keeper_prepare(keeper, &event, why);
    if (status == STATUS_OK && event.message == MESSAGE_CASE_BOOKED)
        status = keeper_settle_booked(keeper, &event, &keeper->spare, why);
    if (status != STATUS_OK)
        return status;
    *out = core_step(keeper->core, &event, &keeper->spare);
    keeper->spare.count = 0;
    return judge_again(entry, out, why);
}

enum status keeper_take_over(struct keeper *keeper, uint64_t sequence, struct bytes record, char *why)
{
    struct journal_entry entry;
    struct step step;
    enum status status = journal_append_stored(keeper->journal, keeper->reader, sequence, record, &entry, why);

    if (status != STATUS_OK)
        return status;
    keeper->has_gathered = true;
    keeper->must_commit = true;
    return keeper_step_again(keeper, &entry, &step, why);
}
