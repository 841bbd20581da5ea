#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/keep/keeper_inside.h"
#include "schemas/envelope.h"

enum { FACT_SIZE_MAX = MESSAGE_SIZE_MAX, ROW_VALUE_SIZE_MAX = 1 << 16 };

/* The slots of message_id_derive, one for each kind of message a sequence can cause. */
enum { SLOT_FACT = 1 };

static enum status keeper_make(struct keeper **out)
{
    struct keeper *keeper = calloc(1, sizeof *keeper);

    *out = keeper;
    if (keeper == NULL)
        return STATUS_NO_MEMORY;
    keeper->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    keeper->scratch = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    keeper->fact_body = malloc(FACT_SIZE_MAX);
    if (keeper->arena.memory == NULL || keeper->scratch.memory == NULL || keeper->fact_body == NULL)
        return STATUS_NO_MEMORY;
    return STATUS_OK;
}

/* ---- loading ---- */

struct loading {
    struct core *core;
    enum status status;
};

static bool load_row(struct bytes key, struct bytes value, void *context)
{
    struct loading *loading = context;
    struct row_key row_key = {.size = (uint8_t)key.size};

    if (key.size > ROW_KEY_SIZE_MAX) {
        loading->status = STATUS_CORRUPT;
        return false;
    }
    memcpy(row_key.bytes, key.data, key.size);
    loading->status = core_load(loading->core, &row_key, value);
    return loading->status == STATUS_OK;
}

/* Rows that loaded rows call for: the cases that are open. Closed ones stay on disk. */
static enum status load_wanted(struct keeper *keeper, char *why)
{
    struct row_key key;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && core_load_wants(keeper->core, &key)) {
        struct store_value value = {{NULL, 0}, NULL};
        status = store_row(keeper->rows, bytes_of(key.bytes, key.size), &value, why);
        if (status == STATUS_OK)
            status = core_load(keeper->core, &key, value.bytes);
        store_value_fini(&value);
    }
    return status;
}

static enum status load_prefix(struct keeper *keeper, const char *prefix, char *why)
{
    struct loading loading = {keeper->core, STATUS_OK};
    const enum status status =
        store_each_row(keeper->rows, bytes_of(prefix, 1), bytes_of(NULL, 0), false, load_row, &loading, why);

    if (status != STATUS_OK || loading.status == STATUS_OK)
        return status;
    snprintf(why, KEEPER_WHY_SIZE, "a row under '%c' cannot be read", *prefix);
    return loading.status;
}

static enum status keeper_load(struct keeper *keeper, char *why)
{
    enum status status = STATUS_OK;

    for (const char *prefix = core_load_prefixes(); *prefix != '\0' && status == STATUS_OK; prefix++)
        status = load_prefix(keeper, prefix, why);
    if (status == STATUS_OK)
        status = load_wanted(keeper, why);
    if (status == STATUS_OK)
        status = core_loaded(keeper->core);
    if (status != STATUS_OK && why[0] == '\0')
        snprintf(why, KEEPER_WHY_SIZE, "the rows of the store cannot be loaded");
    return status;
}

/* ---- the echo check ---- */

enum status keeper_settle_booked(struct keeper *keeper, struct event *event, struct effects *effects, char *why)
{
    uint64_t unread = 0;
    const enum status status = filing_judge(keeper->filing, keeper->core, event, &unread, why);

    if (status != STATUS_OK || unread == 0)
        return status;
    if (event->is_replay) {
        snprintf(why, KEEPER_WHY_SIZE,
                 "record %llu came after the last checkpoint and is compared with record %llu, but that one's day's "
                 "key is gone: restore it to keys/ of the data folder",
                 (unsigned long long)event->sequence, (unsigned long long)unread);
        return STATUS_NO_KEY;
    }
    char case_id[CASE_ID_SIZE + 1];
    const struct fact_echo_unknown fact = {.unread = number_of((int64_t)unread), .is_present = true};
    snprintf(case_id, sizeof case_id, "%.*s", TEXT_ARGS(event->envelope->case_id));
    return keeper_step_fact(keeper, MESSAGE_FACT_ECHO_UNKNOWN, case_id, &fact, event->time_us, effects, why);
}

/* ---- the tail: stepping what the rows do not hold yet ---- */

static enum status keeper_step_tail(struct keeper *keeper, char *why)
{
    const uint64_t last = store_last_sequence(journal_store(keeper->journal));
    enum status status = STATUS_OK;

    for (uint64_t sequence = core_sequence(keeper->core) + 1; sequence <= last && status == STATUS_OK; sequence++) {
        struct journal_entry entry;
        struct step step;
        status = journal_read(keeper->reader, sequence, &entry, why);
        if (status == STATUS_OK)
            status = keeper_step_again(keeper, &entry, &step, why);
        if (status == STATUS_OK)
            status = keeper_checkpoint(keeper, false, why);
    }
    return status;
}

/* The rows of their own go on from where they stand, and not beyond the journal they are made of. */
static enum status open_rows(struct keeper *keeper, const char *folder, char *why)
{
    const struct store_options options = {.folder = folder, .rows_only = true};

    keeper->rows = journal_store(keeper->journal);
    if (folder == NULL)
        return STATUS_OK;
    const enum status status = store_open(&options, &keeper->rows_own, why);
    keeper->rows = keeper->rows_own;
    if (status != STATUS_OK || store_checkpoint_sequence(keeper->rows) <= journal_last_sequence(keeper->journal))
        return status;
    snprintf(why, KEEPER_WHY_SIZE, "%s: its rows stand for record %llu, but the journal ends at %llu", folder,
             (unsigned long long)store_checkpoint_sequence(keeper->rows),
             (unsigned long long)journal_last_sequence(keeper->journal));
    return STATUS_CORRUPT;
}

enum status keeper_open(const struct keeper_settings *settings, struct keeper **out, char *why)
{
    struct keeper *keeper;
    enum status status = keeper_make(&keeper);

    *out = NULL;
    why[0] = '\0';
    if (status == STATUS_OK)
        status = journal_open(&settings->journal, &keeper->journal, why);
    if (status == STATUS_OK)
        status = open_rows(keeper, settings->rows_folder, why);
    if (status == STATUS_OK)
        status = journal_reader_new(keeper->journal, &keeper->reader);
    if (status == STATUS_OK)
        status = filing_new(keeper->journal, &keeper->filing);
    if (status == STATUS_OK)
        status = core_new(&settings->core, &keeper->core);
    if (status == STATUS_OK) {
        keeper->checkpoint_records_max = settings->checkpoint_records_max;
        status = keeper_load(keeper, why);
    }
    if (status == STATUS_OK && keeper->rows_own == NULL)
        status = keeper_step_tail(keeper, why);
    if (status != STATUS_OK) {
        keeper_close(&keeper, false);
        return status;
    }
    *out = keeper;
    return STATUS_OK;
}

void keeper_close(struct keeper **keeper, bool is_clean)
{
    char why[KEEPER_WHY_SIZE];

    if (*keeper == NULL)
        return;
    if (is_clean && !(*keeper)->has_gathered && keeper_checkpoint(*keeper, true, why) == STATUS_OK)
        (void)!journal_write_head((*keeper)->journal, why);
    core_free(&(*keeper)->core);
    filing_free(&(*keeper)->filing);
    journal_reader_free(&(*keeper)->reader);
    effects_fini(&(*keeper)->spare);
    store_close(&(*keeper)->rows_own);
    journal_close(&(*keeper)->journal);
    free((*keeper)->arena.memory);
    free((*keeper)->scratch.memory);
    free((*keeper)->fact_body);
    free((*keeper)->row_copy);
    free(*keeper);
    *keeper = NULL;
}

struct core *keeper_core(struct keeper *keeper)
{
    return keeper->core;
}

struct journal *keeper_journal(struct keeper *keeper)
{
    return keeper->journal;
}

struct store *keeper_rows(struct keeper *keeper)
{
    return keeper->rows;
}

uint64_t keeper_checkpoint_sequence(const struct keeper *keeper)
{
    return store_checkpoint_sequence(keeper->rows);
}

/* ---- stepping ---- */

/* Of the application and of its contract. */
static enum status make_keys(struct event *event)
{
    uint8_t canonical[BUSINESS_KEY_SIZE_MAX];
    size_t size = 0;
    enum status status = core_business_key(event->body, canonical, sizeof canonical, &size);

    if (status == STATUS_OK)
        digest_sm3(bytes_of(canonical, size), event->business_key);
    if (status == STATUS_OK)
        status = core_contract_key(event->body, canonical, sizeof canonical, &size);
    if (status == STATUS_OK)
        digest_sm3(bytes_of(canonical, size), event->contract_key);
    return status;
}

/* For the index, once it has begun. */
static enum status make_citizens(struct keeper *keeper, struct event *event, char *why)
{
    if (!core_meta(keeper->core)->indexed_from.is_present)
        return STATUS_OK;
    const enum status status = citizens_of(keeper->journal, event->body, &keeper->citizens);
    if (status != STATUS_OK) {
        snprintf(why, KEEPER_WHY_SIZE,
                 "record %llu names persons, and keys/mac of the data folder, of which the key "
                 "of their index is made, is missing: restore it",
                 (unsigned long long)event->sequence);
        return status;
    }
    event->citizens = keeper->citizens.hashes[0];
    event->citizen_count = keeper->citizens.count;
    return STATUS_OK;
}

static enum status keeper_offer(struct keeper *keeper, const struct row_keys *needs, char *why)
{
    enum status status = STATUS_OK;

    for (uint32_t i = 0; i < needs->count && status == STATUS_OK; i++) {
        const struct bytes key = bytes_of(needs->items[i].bytes, needs->items[i].size);
        struct store_value value = {{NULL, 0}, NULL};
        status = store_row(keeper->rows, key, &value, why);
        if (status == STATUS_OK)
            status = core_offer(keeper->core, &needs->items[i], value.bytes);
        store_value_fini(&value);
    }
    return status;
}

enum status keeper_prepare(struct keeper *keeper, struct event *event, char *why)
{
    struct row_keys needs; /* large: core_needs sets its count, and nothing clears the rest */
    enum status status = STATUS_OK;

    if (event->type == EVENT_MESSAGE && event->message == MESSAGE_CASE_SUBMIT) {
        status = make_keys(event);
        if (status == STATUS_OK)
            status = make_citizens(keeper, event, why);
        if (status != STATUS_OK)
            return status;
    }
    /* A row that was read may name others: a unit its cases, a case its window's rules. */
    for (uint32_t round = 0; round < CORE_NEEDS_ROUND_MAX && status == STATUS_OK; round++) {
        core_needs(keeper->core, event, &needs);
        if (needs.count == 0)
            break;
        status = keeper_offer(keeper, &needs, why);
    }
    return status;
}

enum status keeper_supplement_lacks(struct keeper *keeper, const struct event *event, struct problems *out, char *why)
{
    const struct supplement_submit *answer = event->body;
    const struct case_row *row = core_case(keeper->core, event->envelope->case_id);

    out->count = 0;
    out->has_more = false;
    if (row == NULL || !text_equal(row->branch, event->participant) || !row->asked.is_present ||
        row->supplement_round.value != answer->round.value)
        return STATUS_OK;
    const enum status status = filing_lacks(keeper->filing, (uint64_t)row->asked.value, answer, out, why);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status keeper_append(struct keeper *keeper, const struct event *event, const struct keeper_bytes *bytes,
                                 const struct step *step, char *why)
{
    struct journal_entry entry = {.sequence = event->sequence,
                                  .time_us = event->time_us,
                                  .sender = event->participant,
                                  .state = step->state,
                                  .case_previous = step->case_previous,
                                  .envelope = bytes->envelope,
                                  .body = bytes->body,
                                  .chunk_count = bytes->chunk_count};
    memcpy(entry.chunks, bytes->chunks, sizeof entry.chunks);
    const enum status status = journal_append(keeper->journal, &entry, why);
    if (status != STATUS_OK)
        return status;
    keeper->has_gathered = true;
    if (message_kind(event->message)->keep == KEEP_STORED)
        keeper->must_commit = true;
    return STATUS_OK;
}

enum status keeper_step(struct keeper *keeper, struct event *event, const struct keeper_bytes *bytes,
                        struct effects *effects, struct step *out, char *why)
{
    enum status status = keeper_prepare(keeper, event, why);
    if (status == STATUS_OK && event->type == EVENT_MESSAGE && event->message == MESSAGE_CASE_BOOKED)
        status = keeper_settle_booked(keeper, event, effects, why);
    if (status != STATUS_OK)
        return status;
    event->sequence = core_sequence(keeper->core) + 1;
    *out = core_step(keeper->core, event, effects);
    if (out->verdict != VERDICT_STORE)
        return STATUS_OK;
    return keeper_append(keeper, event, bytes, out, why);
}

enum status keeper_step_fact(struct keeper *keeper, enum message_type type, const char *case_id, const void *body,
                             int64_t now_us, struct effects *effects, char *why)
{
    uint8_t message_id[MESSAGE_ID_SIZE];
    uint8_t envelope_bytes[512];
    struct event event = {
        .type = EVENT_MESSAGE, .time_us = now_us, .participant = text_of("K"), .message = type, .body = body};
    struct step step;
    size_t body_size = 0;
    size_t envelope_size = 0;

    enum status status = record_encode(message_kind(type)->record, body, keeper->fact_body, FACT_SIZE_MAX, &body_size);
    if (status != STATUS_OK)
        return status;
    digest_sm3(bytes_of(keeper->fact_body, body_size), event.digest);
    message_id_derive(now_us, core_sequence(keeper->core) + 1, SLOT_FACT, message_id);
    const struct envelope envelope = {.version = number_of(PROTOCOL_VERSION),
                                      .message_id = bytes_of(message_id, sizeof message_id),
                                      .type = text_of(message_kind(type)->name),
                                      .source = text_of("K"),
                                      .destination = text_of("K"),
                                      .case_id = case_id[0] != '\0' ? text_of(case_id) : text_of(NULL),
                                      .sent_at = number_of(now_us),
                                      .digest = bytes_of(event.digest, DIGEST_SIZE),
                                      .is_present = true};
    status = record_encode(&record_envelope, &envelope, envelope_bytes, sizeof envelope_bytes, &envelope_size);
    if (status != STATUS_OK)
        return status;
    event.envelope = &envelope;
    const struct keeper_bytes bytes = {.envelope = bytes_of(envelope_bytes, envelope_size),
                                       .body = bytes_of(keeper->fact_body, body_size)};
    return keeper_step(keeper, &event, &bytes, effects, &step, why);
}

enum status keeper_step_proposals(struct keeper *keeper, int64_t now_us, struct effects *effects, char *why)
{
    struct fact fact;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && core_propose(keeper->core, now_us, &fact)) {
        char case_id[CASE_ID_SIZE + 1];
        memcpy(case_id, fact.case_id, sizeof case_id);
        status = keeper_step_fact(keeper, fact.message, case_id, &fact.body, now_us, effects, why);
    }
    return status;
}

/* ---- disk ---- */

bool keeper_must_commit(const struct keeper *keeper)
{
    return keeper->must_commit;
}

bool keeper_has_gathered(const struct keeper *keeper)
{
    return keeper->has_gathered;
}

enum status keeper_commit(struct keeper *keeper, char *why)
{
    keeper->must_commit = false;
    keeper->has_gathered = false;
    return journal_commit(keeper->journal, why);
}

/* Copies one dirty row behind the others: a value from the core lives only until the next call into it. */
static bool copy_row(struct keeper *keeper, const struct row_key *key, struct bytes value, size_t *used)
{
    const size_t need = *used + key->size + value.size;
    if (need > keeper->row_copy_capacity) {
        const size_t capacity = need * 2 + ROW_VALUE_SIZE_MAX;
        uint8_t *copy = realloc(keeper->row_copy, capacity);
        if (copy == NULL)
            return false;
        keeper->row_copy = copy;
        keeper->row_copy_capacity = capacity;
    }
    memcpy(keeper->row_copy + *used, key->bytes, key->size);
    if (value.size > 0)
        memcpy(keeper->row_copy + *used + key->size, value.data, value.size);
    *used = need;
    return true;
}

struct row_sizes {
    uint8_t key;
    bool is_there;
    uint32_t value;
};

static enum status gather_rows(struct keeper *keeper, struct row_sizes *sizes, uint32_t count, uint32_t *gathered)
{
    struct row_key key;
    struct bytes value;
    uint32_t cursor = 0;
    size_t used = 0;

    *gathered = 0;
    while (*gathered < count && core_dirty_next(keeper->core, &cursor, &key, &value)) {
        if (!copy_row(keeper, &key, value, &used))
            return STATUS_NO_MEMORY;
        sizes[(*gathered)++] = (struct row_sizes){key.size, value.data != NULL, value.size};
    }
    return STATUS_OK;
}

static enum status keeper_write_rows(struct keeper *keeper, uint32_t count, char *why)
{
    struct row_sizes *sizes = calloc(count + 1, sizeof *sizes);
    struct store_row *rows = calloc(count + 1, sizeof *rows);
    uint32_t gathered = 0;
    enum status status =
        sizes != NULL && rows != NULL ? gather_rows(keeper, sizes, count, &gathered) : STATUS_NO_MEMORY;

    const uint8_t *place = keeper->row_copy;
    for (uint32_t i = 0; i < gathered && status == STATUS_OK; i++) {
        rows[i].key = bytes_of(place, sizes[i].key);
        place += sizes[i].key;
        rows[i].value = bytes_of(sizes[i].is_there ? place : NULL, sizes[i].value);
        place += sizes[i].value;
    }
    if (status == STATUS_OK)
        status = store_checkpoint(keeper->rows, core_sequence(keeper->core), rows, gathered, why);
    if (status == STATUS_OK)
        core_dirty_done(keeper->core);
    free(sizes);
    free(rows);
    return status;
}

enum status keeper_checkpoint(struct keeper *keeper, bool now, char *why)
{
    const uint64_t behind = core_sequence(keeper->core) - keeper_checkpoint_sequence(keeper);
    const uint32_t count = core_dirty_count(keeper->core);

    if (keeper->has_gathered || count == 0 || (!now && behind < keeper->checkpoint_records_max))
        return STATUS_OK;
    return keeper_write_rows(keeper, count, why);
}

/* ---- reading back ---- */

enum status keeper_origin(struct keeper *keeper, uint64_t sequence, struct keeper_origin *out, char *why)
{
    enum message_type type;
    struct problems problems = {.count = 0};
    enum status status = journal_read(keeper->reader, sequence, &out->entry, why);

    if (status != STATUS_OK)
        return status;
    arena_reset(&keeper->arena);
    status = envelope_judge(out->entry.envelope, &keeper->arena, &out->envelope, &type, &problems);
    if (status != STATUS_OK)
        snprintf(why, KEEPER_WHY_SIZE, "the envelope of record %llu cannot be read", (unsigned long long)sequence);
    return status;
}

enum status keeper_row(struct keeper *keeper, const struct row_key *key, const struct record *record,
                       struct arena *arena, void *out, char *why)
{
    struct problems problems = {.count = 0};
    struct store_value stored = {{NULL, 0}, NULL};
    struct bytes value = {NULL, 0};
    enum status status = STATUS_OK;

    if (!core_row(keeper->core, key, &value)) {
        status = store_row(keeper->rows, bytes_of(key->bytes, key->size), &stored, why);
        value = stored.bytes;
    }
    if (status == STATUS_OK && value.data == NULL)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK) {
        /* Texts of `out` borrow from the bytes, which may move: keep a copy in the arena. */
        uint8_t *copy = value.size > 1 ? arena_take(arena, value.size - 1) : NULL;
        if (copy != NULL)
            memcpy(copy, value.data + 1, value.size - 1);
        status = copy == NULL || value.data[0] != ROW_VERSION
                     ? STATUS_CORRUPT
                     : record_decode(record, bytes_of(copy, value.size - 1), arena, out, &problems);
    }
    store_value_fini(&stored);
    return status;
}
