#include <assert.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "broker/core/core.h"
#include "broker/core/table.h"
#include "schemas/example.h"

/* Bytes become a sequence of events into the core: who comes and goes, what
 * they say (an example of the message, or a body of raw bytes that the decoder
 * took), how time passes, checkpoints in between. After each input every
 * invariant holds, and a core made anew from the rows knows the same open cases. */

enum { BODY_SIZE = 1 << 16, MEMORY_SIZE = 1 << 18, CASE_COUNT_MAX = 32, PARTICIPANT_COUNT = 5, SECOND_US = 1000000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const participants[PARTICIPANT_COUNT] = {"B:105451099995", "B:105452099997", "W:370102", "W:370103",
                                                            "O:wang"};

struct row {
    struct row_key key;
    struct bytes value; /* owned; data NULL: deleted */
};

struct play {
    const uint8_t *data;
    size_t left;
    struct core *core;
    struct table rows;
    struct effects effects;
    int64_t now_us;
    uint64_t message_count;
    char cases[CASE_COUNT_MAX][CASE_ID_SIZE + 1];
    uint32_t case_count;
    alignas(max_align_t) uint8_t body[BODY_SIZE];
    alignas(max_align_t) uint8_t memory[MEMORY_SIZE];
    uint8_t more[MEMORY_SIZE];
    struct problems problems;
};

static const struct core_settings settings = {.lease_ms = 1000,
                                              .lease_ms_max = 60000,
                                              .doubt_attempts = 3,
                                              .delivery_attempts_max = 6,
                                              .feed_in_flight_max = 8,
                                              .feed_retry_ms = 5000,
                                              .silence_ms_max = 100000,
                                              .title_timeout_ms = 10000,
                                              .archive_ms = 3600000,
                                              .queue_count_max = 1000,
                                              .open_count_max = 10000,
                                              .bulk_every = 8};

static uint8_t next(struct play *play)
{
    if (play->left == 0)
        return 0;
    play->left--;
    return *play->data++;
}

/* ---- the store ---- */

static void keep(struct play *play, const struct row_key *key, struct bytes value)
{
    struct row *row = table_find(&play->rows, bytes_of(key->bytes, key->size));
    if (row == NULL) {
        row = calloc(1, sizeof *row);
        assert(row != NULL);
        row->key = *key;
        table_put(&play->rows, bytes_of(row->key.bytes, row->key.size), row);
    }
    free((void *)(uintptr_t)row->value.data);
    row->value = value;
    if (value.data == NULL)
        return;
    uint8_t *copy = malloc(value.size + 1);
    assert(copy != NULL);
    memcpy(copy, value.data, value.size);
    row->value = bytes_of(copy, value.size);
}

static void checkpoint(struct play *play)
{
    uint32_t cursor = 0;
    struct row_key key;
    struct bytes value;
    while (core_dirty_next(play->core, &cursor, &key, &value))
        keep(play, &key, value);
    core_dirty_done(play->core);
}

static void offer(struct play *play, const struct event *event)
{
    static struct row_keys needs;
    for (int round = 0; round < CORE_NEEDS_ROUND_MAX; round++) {
        core_needs(play->core, event, &needs);
        assert(needs.count <= ROW_NEEDS_MAX);
        for (uint32_t i = 0; i < needs.count; i++) {
            const struct row *row = table_find(&play->rows, bytes_of(needs.items[i].bytes, needs.items[i].size));
            assert(core_offer(play->core, &needs.items[i], row != NULL ? row->value : (struct bytes){NULL, 0}) ==
                   STATUS_OK);
        }
    }
}

/* ---- stepping ---- */

static void step(struct play *play, struct event *event)
{
    event->time_us = play->now_us;
    event->sequence = core_sequence(play->core) + 1;
    offer(play, event);
    const struct step done = core_step(play->core, event, &play->effects);
    play->effects.count = 0;
    if (done.verdict == VERDICT_STORE && event->message == MESSAGE_CASE_SUBMIT && play->case_count < CASE_COUNT_MAX)
        memcpy(play->cases[play->case_count++], done.case_id, CASE_ID_SIZE + 1);
}

static struct envelope envelope_of(const struct play *play, const char *source, enum message_type type,
                                   const uint8_t *id, const uint8_t *digest)
{
    return (struct envelope){.version = number_of(1),
                             .message_id = bytes_of(id, 16),
                             .type = text_of(message_kind(type)->name),
                             .source = text_of(source),
                             .destination = text_of("K"),
                             .sent_at = number_of(play->now_us),
                             .digest = bytes_of(digest, 32),
                             .is_present = true};
}

static void step_facts(struct play *play)
{
    struct fact fact;
    for (int count = 0; core_propose(play->core, play->now_us, &fact); count++) {
        const uint8_t id[16] = {0}, digest[32] = {0};
        struct fact kept = fact;
        struct envelope envelope = envelope_of(play, "K", fact.message, id, digest);
        if (kept.case_id[0] != '\0')
            envelope.case_id = text_of(kept.case_id);
        struct event event = {.type = EVENT_MESSAGE,
                              .participant = text_of("K"),
                              .message = kept.message,
                              .envelope = &envelope,
                              .body = &kept.body};
        assert(count < 10000);
        step(play, &event);
    }
}

/* ---- what is said ---- */

/* An example of the message, or raw bytes; NULL when the decoder does not take them. */
static void *body_of(struct play *play, enum message_type type)
{
    const struct record *record = message_kind(type)->record;
    struct arena arena = arena_over(play->memory, sizeof play->memory);
    const uint8_t how = next(play);

    assert(record->struct_size <= sizeof play->body);
    if (how % 4 != 3)
        return example_make(record, how % 4 == 2 ? EXAMPLE_FULL : EXAMPLE_MINIMAL, &arena, play->body) == STATUS_OK
                   ? play->body
                   : NULL;
    size_t size = (size_t)next(play) * 8;
    size = size < play->left ? size : play->left;
    const struct bytes bytes = bytes_of(play->data, size);
    play->data += size;
    play->left -= size;
    return record_decode(record, bytes, &arena, play->body, &play->problems) == STATUS_OK ? play->body : NULL;
}

static void digest_of(const void *bytes, size_t size, uint8_t out[32])
{
    const uint64_t hash = table_hash(bytes_of(bytes, size));
    for (int i = 0; i < 32; i++)
        out[i] = (uint8_t)(hash >> (i % 8 * 8));
}

/* Two units of two windows, and a few contracts, so that applications meet. */
static void vary(struct play *play, struct case_submit *application, char *contract)
{
    static const char *const units[] = {"370102999001GB00001F00010203", "370103999001GB00001F00010203"};
    const uint8_t choice = next(play);

    application->district = text_of(choice % 2 == 0 ? "370102" : "370103");
    if (application->units.count > 0)
        application->units.items[0].number = text_of(units[choice % 2]);
    snprintf(contract, 16, "DY-%u", choice / 2 % 8);
    application->contract = text_of(contract);
}

static void say(struct play *play)
{
    const char *who = participants[next(play) % PARTICIPANT_COUNT];
    const enum message_type type = (enum message_type)(next(play) % MESSAGE_COUNT);
    uint8_t id[16] = {0}, digest[32];
    char contract[16];

    if ((message_kind(type)->senders & participant_role(text_of(who))) == 0 || type == MESSAGE_HELLO)
        return;
    void *body = body_of(play, type);
    if (body == NULL)
        return;
    if (type == MESSAGE_CASE_SUBMIT)
        vary(play, body, contract);
    const uint64_t number = next(play) % 8 == 0 ? 1 : ++play->message_count;
    memcpy(id, &number, sizeof number);
    const uint64_t said[] = {number, (uint64_t)type, play->left % 2};
    digest_of(said, sizeof said, digest);
    struct envelope envelope = envelope_of(play, who, type, id, digest);
    if (message_kind(type)->is_of_case)
        envelope.case_id = play->case_count > 0 ? text_of(play->cases[next(play) % play->case_count])
                                                : text_of("SD370102-20260930-105-000000-0");
    struct event event = {
        .type = EVENT_MESSAGE, .participant = text_of(who), .message = type, .envelope = &envelope, .body = body};
    memcpy(event.digest, digest, sizeof digest);
    if (type == MESSAGE_CASE_SUBMIT) {
        size_t used = 0;
        if (core_business_key(body, play->more, BUSINESS_KEY_SIZE_MAX, &used) != STATUS_OK)
            return;
        digest_of(play->more, used, event.business_key);
        if (core_contract_key(body, play->more, BUSINESS_KEY_SIZE_MAX, &used) != STATUS_OK)
            return;
        digest_of(play->more, used, event.contract_key);
    }
    step(play, &event);
}

static void come(struct play *play)
{
    const char *who = participants[next(play) % PARTICIPANT_COUNT];
    struct text version = text_of("1");
    const struct hello hello = {.software = text_of("fuzz"),
                                .versions = {&version, 1, true},
                                .event_number = number_of(next(play) % 4),
                                .credit = number_of(next(play) % 5),
                                .is_test = number_of(1),
                                .is_present = true};
    const uint8_t id[16] = {1}, digest[32] = {0};
    const struct envelope envelope = envelope_of(play, who, MESSAGE_HELLO, id, digest);
    step(play, &(struct event){.type = EVENT_SESSION_UP,
                               .participant = text_of(who),
                               .message = MESSAGE_HELLO,
                               .envelope = &envelope,
                               .body = &hello});
}

static void act(struct play *play)
{
    switch (next(play) % 10) {
    case 0:
        come(play);
        break;
    case 1:
        step(play, &(struct event){.type = EVENT_SESSION_DOWN,
                                   .participant = text_of(participants[next(play) % PARTICIPANT_COUNT])});
        break;
    case 2:
        play->now_us += (int64_t)next(play) * next(play) * SECOND_US;
        step(play, &(struct event){.type = EVENT_TIME});
        break;
    case 3:
        checkpoint(play);
        break;
    default:
        say(play);
    }
    step_facts(play);
}

/* ---- at the end ---- */

static void judge(struct core *core)
{
    char why[256];
    if (core_check(core, why, sizeof why))
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

static void load_prefix(struct play *play, struct core *core, char prefix)
{
    uint32_t cursor = 0;
    for (const struct row *row; (row = table_next(&play->rows, &cursor)) != NULL;)
        if (row->key.bytes[0] == (uint8_t)prefix && row->value.data != NULL)
            assert(core_load(core, &row->key, row->value) == STATUS_OK);
}

static void begin_again(struct play *play)
{
    struct core *again = NULL;
    struct row_key wanted;

    checkpoint(play);
    assert(core_new(&settings, &again) == STATUS_OK);
    for (const char *prefix = core_load_prefixes(); *prefix != '\0'; prefix++)
        load_prefix(play, again, *prefix);
    while (core_load_wants(again, &wanted)) {
        const struct row *row = table_find(&play->rows, bytes_of(wanted.bytes, wanted.size));
        assert(row != NULL && core_load(again, &wanted, row->value) == STATUS_OK);
    }
    assert(core_loaded(again) == STATUS_OK);
    judge(again);
    assert(core_open_count(again) == core_open_count(play->core));
    assert(core_sequence(again) == core_sequence(play->core));
    core_free(&again);
}

static void rows_free(struct play *play)
{
    uint32_t cursor = 0;
    for (struct row *row; (row = table_next(&play->rows, &cursor)) != NULL;) {
        free((void *)(uintptr_t)row->value.data);
        free(row);
    }
    table_fini(&play->rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct play *play = calloc(1, sizeof *play);

    assert(play != NULL);
    play->data = data;
    play->left = size;
    play->now_us = INT64_C(1790740800000000);
    assert(core_new(&settings, &play->core) == STATUS_OK);
    assert(core_loaded(play->core) == STATUS_OK);
    while (play->left > 0)
        act(play);
    judge(play->core);
    begin_again(play);
    core_free(&play->core);
    effects_fini(&play->effects);
    rows_free(play);
    free(play);
    return 0;
}
