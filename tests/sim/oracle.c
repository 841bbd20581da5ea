#include "tests/sim/oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/store/journal.h"
#include "tests/sim/kinds.h"
#include "tests/sim/peer.h"
#include "tests/sim/world.h"

enum { MEMO_KEY_SIZE = 64, MEMORY_SIZE = 1 << 18 };

/* What was seen under a key, to be held against what is seen again. */
struct memo {
    uint8_t key[MEMO_KEY_SIZE];
    uint32_t key_size;
    uint8_t digest[32];
    uint64_t sequence;
    uint8_t chain[32];
};

static void *take(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        abort();
    return memory;
}

static void table_drop(struct table *table)
{
    uint32_t cursor = 0;
    for (void *item; (item = table_next(table, &cursor)) != NULL;)
        free(item);
    table_fini(table);
}

void oracle_fini(struct oracle *oracle)
{
    table_drop(&oracle->filed);
    table_drop(&oracle->receipts);
    table_drop(&oracle->cases);
    table_drop(&oracle->events);
    table_drop(&oracle->words);
    table_drop(&oracle->early);
    free(oracle->in_order);
    memset(oracle, 0, sizeof *oracle);
}

void oracle_fails(struct oracle *oracle, const char *about, const char *format, ...)
{
    va_list arguments;

    if (oracle->has_failed)
        return;
    oracle->has_failed = true;
    snprintf(oracle->about, sizeof oracle->about, "%s", about);
    va_start(arguments, format);
    vsnprintf(oracle->why, sizeof oracle->why, format, arguments);
    va_end(arguments);
    world_say("BROKEN: %s", oracle->why);
}

/* The memo under a key, or a new one; `is_new` tells. */
static struct memo *memo_of(struct table *table, const char *name, const void *id, size_t size, bool *is_new)
{
    uint8_t key[MEMO_KEY_SIZE];
    const size_t name_size = strlen(name);

    memcpy(key, name, name_size);
    memcpy(key + name_size, id, size);
    struct memo *memo = table_find(table, bytes_of(key, name_size + size));
    *is_new = memo == NULL;
    if (memo != NULL)
        return memo;
    memo = take(sizeof *memo);
    memo->key_size = (uint32_t)(name_size + size);
    memcpy(memo->key, key, memo->key_size);
    table_put(table, bytes_of(memo->key, memo->key_size), memo);
    return memo;
}

void oracle_sees_filed(struct oracle *oracle, const struct filed *filed)
{
    struct filed *kept = take(sizeof *kept);
    *kept = *filed;
    table_put(&oracle->filed, bytes_of(kept->id, ORACLE_ID_SIZE), kept);
}

struct told_case *oracle_case(const struct oracle *oracle, struct text case_id)
{
    return table_find(&oracle->cases, bytes_of(case_id.data, case_id.size));
}

/* ---- receipts ---- */

static void judge_on_disk(struct oracle *oracle, const char *who, uint64_t sequence, const uint8_t *chain)
{
    const struct disk *disk = &world->disk;
    uint8_t digest[32];

    if (sequence > disk->record_count) {
        oracle_fails(oracle, "", "P1: %s has the receipt of record %llu, the disk ends at %llu", who,
                     (unsigned long long)sequence, (unsigned long long)disk->record_count);
        return;
    }
    if (sequence == disk->flipped)
        return; /* the broker must find it when it reads it */
    digest_sm3(bytes_of(disk->records[sequence - 1].data, disk->records[sequence - 1].size), digest);
    if (memcmp(digest, chain, sizeof digest) != 0)
        oracle_fails(oracle, "", "P1: record %llu is not the one %s has the receipt of", (unsigned long long)sequence,
                     who);
}

static bool is_same_business(const struct filed *a, const struct filed *b)
{
    return a->branch == b->branch && a->number == b->number;
}

static bool is_closed_state(struct text state)
{
    return text_is(state, "ARCHIVED") || text_is(state, "NOT_ACCEPTED") || text_is(state, "REFUSED") ||
           text_is(state, "WITHDRAWN") || text_is(state, "EXPIRED");
}

/* Of the broker's own view, as an excuse only: a case it calls closed holds no lane and no business key. */
static bool is_closed_there(struct text case_id)
{
    const struct case_row *row = core_case(keeper_core(server_keeper(world->server)), case_id);
    return row == NULL || is_closed_state(row->state);
}

static bool is_closed_at_broker(const struct told_case *told)
{
    return is_closed_there(text_of(told->id));
}

static void add_case(struct oracle *oracle, const struct filed *filed, struct text case_id, uint64_t sequence)
{
    for (uint32_t i = oracle->case_count; i-- > 0;) {
        const struct told_case *other = oracle->in_order[i];
        if (memcmp(other->filed->id, filed->id, ORACLE_ID_SIZE) == 0)
            oracle_fails(oracle, other->id, "P2: one message became two cases, %s and %.*s", other->id,
                         TEXT_ARGS(case_id));
        /* receipts come late: the case that was stored first may be the one that is told last */
        if (is_same_business(other->filed, filed) &&
            !is_closed_there(other->sequence < sequence ? text_of(other->id) : case_id))
            oracle_fails(oracle, other->id, "P2: one application is open as two cases, %s and %.*s", other->id,
                         TEXT_ARGS(case_id));
    }
    if (filed->is_foreign)
        oracle_fails(oracle, "", "P10: %.*s stands on a title result of another branch, and was taken",
                     TEXT_ARGS(case_id));
    struct told_case *told = take(sizeof *told);
    snprintf(told->id, sizeof told->id, "%.*s", TEXT_ARGS(case_id));
    told->filed = filed;
    told->sequence = sequence;
    table_put(&oracle->cases, bytes_of(told->id, strlen(told->id)), told);
    const struct told_case *early = table_find(&oracle->early, bytes_of(told->id, strlen(told->id)));
    if (early != NULL)
        memcpy(told->state, early->state, sizeof told->state);
    if (oracle->case_count == oracle->case_capacity) {
        oracle->case_capacity = oracle->case_capacity == 0 ? 64 : oracle->case_capacity * 2;
        oracle->in_order = realloc(oracle->in_order, oracle->case_capacity * sizeof *oracle->in_order);
        if (oracle->in_order == NULL)
            abort();
    }
    uint32_t place = oracle->case_count++;
    for (; place > 0 && oracle->in_order[place - 1]->sequence > sequence; place--)
        oracle->in_order[place] = oracle->in_order[place - 1];
    oracle->in_order[place] = told;
}

/* A second is what it may take to be noticed; what was stored before keeps its answer. */
static void judge_fullness(struct oracle *oracle, const char *who, bool is_new_case)
{
    const int64_t since_us = world->disk.full_since_us;

    if (is_new_case && since_us != 0 && world->now_us - since_us > 1500000)
        oracle_fails(oracle, "", "P11: an application of %s is taken while the disk is nearly full", who);
}

static void sees_receipt(struct oracle *oracle, uint32_t peer, const struct envelope *envelope, struct bytes body)
{
    struct receipt receipt;
    struct problems problems = {.count = 0};
    const char *who = peer_name(peer);
    uint8_t digest[32];
    bool is_new;

    if (record_decode(&record_receipt, body, peer_arena(), &receipt, &problems) != STATUS_OK) {
        oracle_fails(oracle, "", "a RECEIPT to %s cannot be read", who);
        return;
    }
    const uint64_t sequence = (uint64_t)receipt.sequence.value;
    judge_on_disk(oracle, who, sequence, receipt.chain.data);
    struct memo *memo = memo_of(&oracle->receipts, who, envelope->answers.data, ORACLE_ID_SIZE, &is_new);
    digest_sm3(body, digest);
    if (!is_new && memcmp(memo->digest, digest, sizeof digest) != 0)
        oracle_fails(oracle, "", "P2: %s got record %llu and record %llu as the receipt of one message", who,
                     (unsigned long long)memo->sequence, (unsigned long long)sequence);
    if (!is_new)
        return;
    oracle->receipt_count++;
    judge_fullness(oracle, who,
                   envelope->is_duplicate.value == 0 &&
                       table_find(&oracle->filed, bytes_of(envelope->answers.data, ORACLE_ID_SIZE)) != NULL);
    memcpy(memo->digest, digest, sizeof digest);
    memo->sequence = sequence;
    memcpy(memo->chain, receipt.chain.data, sizeof memo->chain);
    const struct filed *filed = table_find(&oracle->filed, bytes_of(envelope->answers.data, ORACLE_ID_SIZE));
    if (filed != NULL && receipt.case_id.data == NULL)
        oracle_fails(oracle, "", "P2: an application got a receipt without a case");
    else if (filed != NULL && oracle_case(oracle, receipt.case_id) == NULL)
        add_case(oracle, filed, receipt.case_id, sequence);
}

void oracle_sees_sent(struct oracle *oracle, uint32_t peer, const struct bytes *frames, uint32_t count)
{
    struct envelope envelope;
    struct problems problems = {.count = 0};

    arena_reset(peer_arena());
    if (count < 2 || record_decode(&record_envelope, frames[0], peer_arena(), &envelope, &problems) != STATUS_OK) {
        oracle_fails(oracle, "", "the broker sent something that is no message");
        return;
    }
    if (text_is(envelope.type, "RECEIPT"))
        sees_receipt(oracle, peer, &envelope, frames[1]);
}

/* ---- what windows say and store ---- */

/* The words that are evidence, a bit each; all others share one. */
static uint64_t word_bit(enum message_type type)
{
    static const enum message_type words[] = {MESSAGE_CASE_ACCEPTED, MESSAGE_CASE_NOT_ACCEPTED, MESSAGE_CASE_REFUSED,
                                              MESSAGE_CASE_BOOKED,   MESSAGE_CERT_ISSUED,       MESSAGE_SUPPLEMENT_REQ,
                                              MESSAGE_SUSPEND};
    uint32_t i = 0;

    while (i < sizeof words / sizeof words[0] && words[i] != type)
        i++;
    return UINT64_C(1) << i;
}

void oracle_sees_said(struct oracle *oracle, const uint8_t *id, enum message_type type, const char *case_id,
                      const uint8_t *digest)
{
    bool is_new;
    struct memo *memo = memo_of(&oracle->words, "", id, ORACLE_ID_SIZE, &is_new);
    struct told_case *told = oracle_case(oracle, text_of(case_id));

    memcpy(memo->digest, digest, sizeof memo->digest);
    if (told != NULL)
        told->said |= word_bit(type);
}

void oracle_sees_booked(struct oracle *oracle, const char *case_id, const char *proof)
{
    struct told_case *told = oracle_case(oracle, text_of(case_id));

    if (told != NULL && !told->filed->is_cancellation)
        snprintf(told->proof, sizeof told->proof, "%s", proof);
}

static bool shares_unit(const struct filed *a, const struct filed *b)
{
    for (uint32_t i = 0; a->window == b->window && i < a->unit_count; i++)
        for (uint32_t j = 0; j < b->unit_count; j++)
            if (a->units[i] == b->units[j])
                return true;
    return false;
}

/* All that came before on one of its units must be at the window, or be closed. */
static void judge_order(struct oracle *oracle, const struct told_case *told)
{
    for (uint32_t i = 0; i < oracle->case_count; i++) {
        const struct told_case *other = oracle->in_order[i];
        if (other->sequence >= told->sequence)
            return;
        if (other->stored_last > 0 || !shares_unit(other->filed, told->filed))
            continue;
        if (world->server != NULL && !is_closed_at_broker(other))
            oracle_fails(oracle, other->id, "P3: %s (record %llu) is at the window before %s (record %llu) of one unit",
                         told->id, (unsigned long long)told->sequence, other->id, (unsigned long long)other->sequence);
    }
}

/* A case the window has while its receipt is still under way: the receipt names the same record. */
static struct told_case *case_at_window(struct oracle *oracle, struct text case_id, const struct case_deliver *deliver)
{
    struct told_case *told = oracle_case(oracle, case_id);
    const struct filed *filed = table_find(&oracle->filed, deliver->origin_id);

    if (told == NULL && filed != NULL && text_is(deliver->origin_type, "CASE_SUBMIT")) {
        add_case(oracle, filed, case_id, (uint64_t)deliver->sequence.value);
        told = oracle_case(oracle, case_id);
    }
    return told;
}

/* The first delivery is the application itself, and no message is delivered under two numbers. */
static void judge_origin_of_delivery(struct oracle *oracle, const struct told_case *told,
                                     const struct case_deliver *deliver)
{
    bool is_new;

    if (deliver->number.value == 1 && memcmp(deliver->origin_id.data, told->filed->id, ORACLE_ID_SIZE) != 0)
        oracle_fails(oracle, told->id, "P3: the first delivery of %s is another message than its application",
                     told->id);
    struct memo *memo = memo_of(&oracle->events, told->id, deliver->origin_id.data, ORACLE_ID_SIZE, &is_new);
    if (!is_new)
        oracle_fails(oracle, told->id, "P2: one message is delivery %llu and delivery %lld of %s",
                     (unsigned long long)memo->sequence, (long long)deliver->number.value, told->id);
    memo->sequence = (uint64_t)deliver->number.value;
}

enum { ANSWERED_NO = 1, ANSWERED_YES = 2 };

static struct memo *answer_of_old(struct oracle *oracle, struct text case_id)
{
    bool is_new;
    return memo_of(&oracle->words, "old", case_id.data, case_id.size, &is_new);
}

void oracle_sees_agreed(struct oracle *oracle, struct text case_id, bool agrees)
{
    answer_of_old(oracle, case_id)->sequence = agrees ? ANSWERED_YES : ANSWERED_NO;
}

void oracle_sees_stored(struct oracle *oracle, uint32_t window, struct text case_id, const struct case_deliver *deliver)
{
    struct told_case *told = case_at_window(oracle, case_id, deliver);
    char id[CASE_ID_SIZE + 1];

    snprintf(id, sizeof id, "%.*s", TEXT_ARGS(case_id));
    if (told == NULL) {
        oracle_fails(oracle, id, "P7: the window got a case nobody filed, %s", id);
        return;
    }
    if (told->filed->window != window)
        oracle_fails(oracle, id, "P7: the case %s went to another window than its own", id);
    if (told->filed->old != 0 && answer_of_old(oracle, case_id)->sequence != ANSWERED_YES)
        oracle_fails(oracle, id, "P10: the transfer %s is at its window, and the old mortgagee did not agree", id);
    /* a number may be missing, where something fell away; it may not come later */
    if ((uint64_t)deliver->number.value <= told->stored_last || (told->stored_last == 0 && deliver->number.value != 1))
        oracle_fails(oracle, id, "P3: delivery %lld of %s came to a window that has %u",
                     (long long)deliver->number.value, id, told->stored_last);
    if ((uint64_t)deliver->sequence.value > world->disk.record_count)
        oracle_fails(oracle, id, "P1: record %lld was delivered, the disk ends at %llu",
                     (long long)deliver->sequence.value, (unsigned long long)world->disk.record_count);
    judge_origin_of_delivery(oracle, told, deliver);
    if (told->stored_last == 0)
        judge_order(oracle, told);
    told->stored_last = (uint32_t)deliver->number.value;
}

bool oracle_was_stored(const struct oracle *oracle, const char *case_id, const uint8_t *id)
{
    uint8_t key[MEMO_KEY_SIZE];
    const size_t size = strlen(case_id);

    memcpy(key, case_id, size);
    memcpy(key + size, id, ORACLE_ID_SIZE);
    return table_find(&oracle->events, bytes_of(key, size + ORACLE_ID_SIZE)) != NULL;
}

/* ---- what branches are told ---- */

static bool has_said(const struct told_case *told, enum message_type type)
{
    return (told->said & word_bit(type)) != 0;
}

/* Each state, and what must have been said before anybody may show it. */
static bool has_evidence(struct oracle *oracle, const struct told_case *told, struct text state)
{
    if (text_is(state, "BOOKED"))
        return has_said(told, MESSAGE_CASE_BOOKED);
    if (text_is(state, "CERTIFIED"))
        return has_said(told, MESSAGE_CASE_BOOKED) && has_said(told, MESSAGE_CERT_ISSUED);
    if (text_is(state, "ARCHIVED"))
        return has_said(told, MESSAGE_CERT_ISSUED) && told->was_checked;
    if (text_is(state, "NOT_ACCEPTED"))
        return has_said(told, MESSAGE_CASE_NOT_ACCEPTED);
    if (text_is(state, "REFUSED"))
        return has_said(told, MESSAGE_CASE_REFUSED);
    if (text_is(state, "WITHDRAWN"))
        return told->was_withdrawn_by_branch;
    if (text_is(state, "EXPIRED"))
        return told->filed->may_expire || told->was_given_up ||
               answer_of_old(oracle, text_of(told->id))->sequence == ANSWERED_NO;
    if (text_is(state, "SUPP_PRE") || text_is(state, "SUPP_POST"))
        return has_said(told, MESSAGE_SUPPLEMENT_REQ);
    if (text_is(state, "SUSPENDED"))
        return has_said(told, MESSAGE_SUSPEND);
    if (text_is(state, "ACCEPTED") || text_is(state, "REVIEW"))
        return (told->said & ~word_bit(MESSAGE_SUPPLEMENT_REQ)) != 0;
    if (text_is(state, "DELIVERED"))
        return told->stored_last > 0;
    return true;
}

static void judge_origin(struct oracle *oracle, const char *id, const struct case_event *event,
                         const uint8_t *chunk_digest)
{
    bool is_new;

    if (event->origin_type.data == NULL)
        return;
    const struct memo *memo = memo_of(&oracle->words, "", event->origin_id.data, ORACLE_ID_SIZE, &is_new);
    if (is_new || memcmp(memo->digest, event->origin_digest.data, 32) != 0 ||
        memcmp(memo->digest, chunk_digest, 32) != 0)
        oracle_fails(oracle, id, "P7: event %lld tells of a word the window never said",
                     (long long)event->number.value);
}

static void judge_same_event(struct oracle *oracle, uint32_t branch, const char *id, const struct case_event *event,
                             struct bytes body)
{
    char name[48];
    uint8_t digest[32];
    bool is_new;

    snprintf(name, sizeof name, "%u%c%lld", branch, event->is_urgent.value != 0 ? 'u' : 'o',
             (long long)event->number.value);
    struct memo *memo = memo_of(&oracle->events, name, "", 0, &is_new);
    digest_sm3(body, digest);
    if (!is_new && memcmp(memo->digest, digest, sizeof digest) != 0)
        oracle_fails(oracle, id, "P2: event %lld of %s is another one than before", (long long)event->number.value,
                     peer_name(branch));
    memcpy(memo->digest, digest, sizeof digest);
    oracle->event_count += is_new;
}

/* A receipt may be lost with its connection; the case is known when the branch asks again. */
static void sees_early(struct oracle *oracle, const char *id, const struct case_event *event)
{
    struct told_case *told = table_find(&oracle->early, bytes_of(id, strlen(id)));

    if (event->origin_type.data != NULL && event->is_urgent.value == 0)
        oracle_fails(oracle, id, "P7: event %lld is of a case no window has", (long long)event->number.value);
    if (told == NULL) {
        told = take(sizeof *told);
        snprintf(told->id, sizeof told->id, "%s", id);
        table_put(&oracle->early, bytes_of(told->id, strlen(told->id)), told);
    }
    if (event->is_urgent.value != 0)
        return; /* it may come long after the state it names */
    snprintf(told->state, sizeof told->state, "%.*s", TEXT_ARGS(event->state));
}

void oracle_sees_event(struct oracle *oracle, uint32_t branch, struct text case_id, const struct case_event *event,
                       struct bytes body, const uint8_t *chunk_digest)
{
    struct told_case *told = oracle_case(oracle, case_id);
    char id[CASE_ID_SIZE + 1];

    snprintf(id, sizeof id, "%.*s", TEXT_ARGS(case_id));
    if ((uint64_t)event->sequence.value > world->disk.record_count)
        oracle_fails(oracle, id, "P1: event %lld tells of record %lld, the disk ends at %llu",
                     (long long)event->number.value, (long long)event->sequence.value,
                     (unsigned long long)world->disk.record_count);
    judge_same_event(oracle, branch, id, event, body);
    if (kinds_is_of_another(event->fact))
        return;
    if (told == NULL) {
        sees_early(oracle, id, event);
        return;
    }
    if (told->filed->branch != branch)
        oracle_fails(oracle, id, "P10: %s hears of the case of another branch", peer_name(branch));
    if (!has_evidence(oracle, told, event->state))
        oracle_fails(oracle, id, "P7: %s is shown as %.*s, and nobody has said so", id, TEXT_ARGS(event->state));
    judge_origin(oracle, id, event, chunk_digest);
    if (event->is_urgent.value != 0 || event->number.value <= told->heard_last)
        return; /* it may come long after the state it names; or it came before */
    told->heard_last = event->number.value;
    snprintf(told->state, sizeof told->state, "%.*s", TEXT_ARGS(event->state));
}

/* ---- at rest ---- */

void oracle_judges_disk(struct oracle *oracle)
{
    uint32_t cursor = 0;

    for (const struct memo *memo; (memo = table_next(&oracle->receipts, &cursor)) != NULL;)
        judge_on_disk(oracle, "somebody", memo->sequence, memo->chain);
}

static bool has_ended(const struct told_case *told)
{
    static const char *const ends[] = {"ARCHIVED", "NOT_ACCEPTED", "REFUSED", "WITHDRAWN", "EXPIRED"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(told->state, ends[i]) == 0)
            return true;
    return strcmp(told->state, "CERTIFIED") == 0 && told->was_checked;
}

/* The registry is the truth: what it decided is what the branch was told in the end. */
static const char *end_by_window(const struct told_case *told)
{
    if (has_said(told, MESSAGE_CERT_ISSUED))
        return "CERTIFIED ARCHIVED";
    if (has_said(told, MESSAGE_CASE_NOT_ACCEPTED))
        return "NOT_ACCEPTED";
    if (has_said(told, MESSAGE_CASE_REFUSED))
        return "REFUSED";
    return "WITHDRAWN EXPIRED";
}

void oracle_judges_end(struct oracle *oracle)
{
    uint32_t cursor = 0;

    for (const struct told_case *early; (early = table_next(&oracle->early, &cursor)) != NULL;)
        if (oracle_case(oracle, text_of(early->id)) == NULL)
            oracle_fails(oracle, early->id, "P7: a branch heard of %s and nobody ever got its receipt", early->id);
    for (uint32_t i = 0; i < oracle->case_count; i++) {
        const struct told_case *told = oracle->in_order[i];
        if (!has_ended(told))
            oracle_fails(oracle, told->id, "P5: %s of %s stands at '%s' though nothing is wrong any more", told->id,
                         peer_name(told->filed->branch), told->state);
        else if (strstr(end_by_window(told), told->state) == NULL)
            oracle_fails(oracle, told->id, "P7: %s ended as %s for its branch, as %s for its window", told->id,
                         told->state, end_by_window(told));
    }
}
