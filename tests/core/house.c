#include "tests/core/house.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "schemas/example.h"

static struct bytes bytes_copy(struct bytes bytes)
{
    if (bytes.data == NULL)
        return (struct bytes){0};
    uint8_t *copy = malloc(bytes.size + 1);
    memcpy(copy, bytes.data, bytes.size);
    return bytes_of(copy, bytes.size);
}

static void fake_digest(struct bytes bytes, uint8_t out[32])
{
    uint64_t hash = table_hash(bytes);
    for (int i = 0; i < 32; i++) {
        if (i % 8 == 0)
            hash = table_hash(bytes_of(&hash, sizeof hash));
        out[i] = (uint8_t)(hash >> (i % 8 * 8));
    }
}

struct house *house_new(void)
{
    struct house *house = calloc(1, sizeof *house);
    house->settings = (struct core_settings){.lease_ms = 1000,
                                             .lease_ms_max = 60000,
                                             .doubt_attempts = 3,
                                             .delivery_attempts_max = 6,
                                             .feed_in_flight_max = 8,
                                             .feed_retry_ms = 5000,
                                             .silence_ms_max = 1000000000,
                                             .title_timeout_ms = 10000,
                                             .proof_pull_ms = 1800000,
                                             .proof_pull_ms_max = 7200000,
                                             .proof_pull_count_max = 5,
                                             .title_hour_count_max = 40,
                                             .lookup_hour_count_max = 5,
                                             .archive_ms = 3600000,
                                             .queue_count_max = 1000,
                                             .bulk_every = 4,
                                             .open_count_max = 10000};
    house->now_us = INT64_C(1790740800000000); /* 2026-09-30 */
    house->is_checked = true;
    cr_assert_eq(core_new(&house->settings, &house->core), STATUS_OK);
    return house;
}

static void rows_free(struct table *rows)
{
    uint32_t cursor = 0;
    for (struct stored *row; (row = table_next(rows, &cursor)) != NULL;) {
        free((void *)(uintptr_t)row->value.data);
        free(row);
    }
    table_fini(rows);
}

void house_free(struct house *house)
{
    core_free(&house->core);
    effects_fini(&house->effects);
    rows_free(&house->rows);
    for (uint32_t i = 0; i < house->journal_count; i++) {
        free((void *)(uintptr_t)house->journal[i].envelope.data);
        free((void *)(uintptr_t)house->journal[i].body.data);
    }
    free(house->journal);
    free(house);
}

void house_forget_last_record(struct house *house)
{
    const struct journaled *record = &house->journal[--house->journal_count];
    free((void *)(uintptr_t)record->envelope.data);
    free((void *)(uintptr_t)record->body.data);
}

/* ---- the store ---- */

static struct bytes stored_value(const struct table *rows, const struct row_key *key)
{
    const struct stored *row = table_find(rows, bytes_of(key->bytes, key->size));
    return row != NULL ? row->value : (struct bytes){0};
}

static void store_put(struct table *rows, const struct row_key *key, struct bytes value)
{
    struct stored *row = table_find(rows, bytes_of(key->bytes, key->size));
    if (row == NULL) {
        row = calloc(1, sizeof *row);
        row->key = *key;
        table_put(rows, bytes_of(row->key.bytes, row->key.size), row);
    }
    free((void *)(uintptr_t)row->value.data);
    row->value = bytes_copy(value);
}

static void checkpoint_into(struct core *core, struct table *rows)
{
    uint32_t cursor = 0;
    struct row_key key;
    struct bytes value;
    while (core_dirty_next(core, &cursor, &key, &value))
        store_put(rows, &key, value);
    core_dirty_done(core);
}

void house_checkpoint(struct house *house)
{
    checkpoint_into(house->core, &house->rows);
    house->checkpoint = core_sequence(house->core);
}

/* ---- stepping ---- */

static void offer_needs(struct core *core, const struct table *rows, const struct event *event)
{
    struct row_keys needs = {0};
    for (uint32_t round = 0; round < CORE_NEEDS_ROUND_MAX; round++) {
        core_needs(core, event, &needs);
        cr_assert_leq(needs.count, (uint32_t)ROW_NEEDS_MAX);
        for (uint32_t i = 0; i < needs.count; i++)
            cr_assert_eq(core_offer(core, &needs.items[i], stored_value(rows, &needs.items[i])), STATUS_OK);
    }
}

static struct bytes encoded(const struct record *record, const void *in)
{
    static uint8_t buffer[1 << 18];
    size_t size = 0;
    cr_assert_eq(record_encode(record, in, buffer, sizeof buffer, &size), STATUS_OK);
    return bytes_of(buffer, size);
}

static void journal_append(struct house *house, const struct event *event, const struct step *step)
{
    house->journal = realloc(house->journal, (house->journal_count + 1) * sizeof *house->journal);
    struct journaled *record = &house->journal[house->journal_count++];
    *record =
        (struct journaled){.time_us = event->time_us, .type = event->message, .case_previous = step->case_previous};
    cr_assert_eq(event->sequence, house->journal_count);
    memcpy(record->sender, event->participant.data, event->participant.size);
    record->envelope = bytes_copy(encoded(&record_envelope, event->envelope));
    record->body = bytes_copy(encoded(message_kind(event->message)->record, event->body));
    memcpy(record->digest, event->digest, 32);
    memcpy(record->business_key, event->business_key, 32);
    memcpy(record->contract_key, event->contract_key, 32);
    memcpy(record->case_id, step->case_id, sizeof record->case_id);
    record->booked_differs = event->booked_differs;
    record->rank_differs = event->rank_differs;
}

struct step house_step(struct house *house, struct event *event)
{
    event->time_us = house->now_us;
    event->sequence = core_sequence(house->core) + 1;
    offer_needs(house->core, &house->rows, event);
    struct step step = core_step(house->core, event, &house->effects);
    if (step.verdict == VERDICT_STORE)
        journal_append(house, event, &step);
    if (house->is_checked)
        cr_assert(core_check(house->core, house->why, sizeof house->why), "%s", house->why);
    return step;
}

void house_step_fact(struct house *house, enum message_type type, const char *case_id, const void *fact)
{
    uint8_t mid[16] = {0};
    struct envelope envelope = {.version = number_of(1),
                                .message_id = bytes_of(mid, 16),
                                .type = text_of(message_kind(type)->name),
                                .source = text_of("K"),
                                .destination = text_of("K"),
                                .sent_at = number_of(house->now_us),
                                .is_present = true};
    if (case_id[0] != '\0')
        envelope.case_id = text_of(case_id);
    struct event event = {
        .type = EVENT_MESSAGE, .participant = text_of("K"), .message = type, .envelope = &envelope, .body = fact};
    struct bytes body = encoded(message_kind(type)->record, fact);
    fake_digest(body, event.digest);
    envelope.digest = bytes_of(event.digest, 32);
    cr_assert_eq(house_step(house, &event).verdict, VERDICT_STORE);
}

void house_propose(struct house *house)
{
    struct fact fact;
    for (int count = 0; core_propose(house->core, house->now_us, &fact); count++) {
        struct fact copy = fact;
        cr_assert_lt(count, 10000, "the core proposes for ever");
        house_step_fact(house, copy.message, copy.case_id, &copy.body);
    }
}

void house_wait(struct house *house, int64_t us)
{
    int64_t end = house->now_us + us;
    house->effects.count = 0;
    for (int count = 0; count < 100000; count++) {
        int64_t wake = core_wake_us(house->core);
        if (wake > end)
            break;
        if (wake > house->now_us)
            house->now_us = wake;
        house_step(house, &(struct event){.type = EVENT_TIME});
        house_propose(house);
    }
    house->now_us = end;
}

/* ---- replay ---- */

static void replay_record(struct core *core, const struct table *rows, const struct journaled *record,
                          uint64_t sequence, struct effects *effects)
{
    static uint8_t memory[1 << 18];
    static struct problems problems;
    static uint8_t body[1 << 14];
    struct arena arena = arena_over(memory, sizeof memory);
    struct envelope envelope;
    const struct record *kind = message_kind(record->type)->record;
    cr_assert_leq(kind->struct_size, sizeof body);
    cr_assert_eq(record_decode(&record_envelope, record->envelope, &arena, &envelope, &problems), STATUS_OK);
    cr_assert_eq(record_decode(kind, record->body, &arena, body, &problems), STATUS_OK, "%s %s", kind->name,
                 problems.items[0].path);
    struct event event = {.type = EVENT_MESSAGE,
                          .time_us = record->time_us,
                          .sequence = sequence,
                          .is_replay = true,
                          .participant = text_of(record->sender),
                          .message = record->type,
                          .envelope = &envelope,
                          .body = body,
                          .booked_differs = record->booked_differs,
                          .rank_differs = record->rank_differs};
    memcpy(event.digest, record->digest, 32);
    memcpy(event.business_key, record->business_key, 32);
    memcpy(event.contract_key, record->contract_key, 32);
    offer_needs(core, rows, &event);
    struct step step = core_step(core, &event, effects);
    cr_assert_eq(step.verdict, VERDICT_STORE);
    cr_assert_eq(step.case_previous, record->case_previous);
    cr_assert_str_eq(step.case_id, record->case_id);
}

static void load_rows(struct core *core, const struct table *rows)
{
    for (const char *prefix = core_load_prefixes(); *prefix != '\0'; prefix++) {
        uint32_t cursor = 0;
        for (const struct stored *row; (row = table_next(rows, &cursor)) != NULL;)
            if (row->key.bytes[0] == (uint8_t)*prefix && row->value.data != NULL)
                cr_assert_eq(core_load(core, &row->key, row->value), STATUS_OK);
    }
    struct row_key wanted;
    while (core_load_wants(core, &wanted))
        cr_assert_eq(core_load(core, &wanted, stored_value(rows, &wanted)), STATUS_OK);
    cr_assert_eq(core_loaded(core), STATUS_OK);
}

void house_restart(struct house *house)
{
    core_free(&house->core);
    cr_assert_eq(core_new(&house->settings, &house->core), STATUS_OK);
    load_rows(house->core, &house->rows);
    cr_assert_eq(core_sequence(house->core), house->checkpoint);
    house->effects.count = 0;
    for (uint64_t sequence = house->checkpoint + 1; sequence <= house->journal_count; sequence++)
        replay_record(house->core, &house->rows, &house->journal[sequence - 1], sequence, &house->effects);
    cr_assert_eq(house->effects.count, 0, "replay sends nothing");
    cr_assert(core_check(house->core, house->why, sizeof house->why), "%s", house->why);
}

static bool rows_are_in(const struct table *a, const struct table *b)
{
    uint32_t cursor = 0;
    for (const struct stored *row; (row = table_next(a, &cursor)) != NULL;) {
        struct bytes other = stored_value(b, &row->key);
        if ((row->value.data == NULL) != (other.data == NULL) || !bytes_equal(row->value, other)) {
            fprintf(stderr, "row %.*s differs\n", (int)row->key.size, (const char *)row->key.bytes);
            return false;
        }
    }
    return true;
}

bool house_replays_the_same(struct house *house)
{
    struct core *fresh = NULL;
    struct table rows = {0};
    struct effects effects = {0};
    house_checkpoint(house);
    cr_assert_eq(core_new(&house->settings, &fresh), STATUS_OK);
    cr_assert_eq(core_loaded(fresh), STATUS_OK);
    for (uint64_t sequence = 1; sequence <= house->journal_count; sequence++)
        replay_record(fresh, &rows, &house->journal[sequence - 1], sequence, &effects);
    checkpoint_into(fresh, &rows);
    bool is_same = rows_are_in(&house->rows, &rows) && rows_are_in(&rows, &house->rows);
    core_free(&fresh);
    rows_free(&rows);
    effects_fini(&effects);
    return is_same;
}
