#include "tests/sim/acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

struct act {
    uint8_t id[16];
    uint8_t digest[32];
    enum message_type type;
    uint32_t operator;              /* among all peers */
    char case_id[CASE_ID_SIZE + 1]; /* of the case or the difference */
    char book[PARTICIPANT_SIZE_MAX + 1];
    char action[17];
    bool is_alone;
    uint64_t sequence; /* of its receipt; 0 for none */
    uint32_t record_count;
    uint32_t told_count;
};

/* A branch heard of an operator's act upon a case. */
struct told_act {
    uint64_t sequence;
    enum message_type type;
    char case_id[CASE_ID_SIZE + 1];
};

struct acts {
    struct act *items;
    uint32_t count;
    uint32_t capacity;
    struct told_act *told;
    uint32_t told_count;
    uint32_t told_capacity;
};

static struct acts *acts_of_world(void)
{
    return world->acts;
}

void acts_open(void)
{
    world->acts = calloc(1, sizeof *world->acts);
    if (world->acts == NULL)
        abort();
}

void acts_close(void)
{
    free(world->acts->items);
    free(world->acts->told);
    free(world->acts);
    world->acts = NULL;
}

static void *grown(void *items, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity == 0 ? 64 : *capacity * 2;
    items = realloc(items, *capacity * size);
    if (items == NULL)
        abort();
    return items;
}

static struct act *act_add(const struct peer *operator, const struct owed * owed)
{
    struct acts *acts = acts_of_world();

    acts->items = grown(acts->items, acts->count, &acts->capacity, sizeof *acts->items);
    struct act *act = &acts->items[acts->count++];
    *act = (struct act){.type = owed->type, .operator= operator->index };
    memcpy(act->id, owed->id, sizeof act->id);
    memcpy(act->digest, owed->digest, sizeof act->digest);
    snprintf(act->case_id, sizeof act->case_id, "%s", owed->case_id);
    return act;
}

void acts_done(const struct peer *operator, const struct owed * owed, bool is_alone)
{
    act_add(operator, owed)->is_alone = is_alone;
    world_say("%s: %s of %s", operator->name, message_kind(owed->type)->name, owed->case_id);
}

void acts_done_fix(const struct peer *operator, const struct owed * owed, const struct recon_fix *fix)
{
    struct act *act = act_add(operator, owed);

    snprintf(act->case_id, sizeof act->case_id, "%.*s", TEXT_ARGS(fix->case_id));
    snprintf(act->book, sizeof act->book, "%.*s", TEXT_ARGS(fix->peer));
    snprintf(act->action, sizeof act->action, "%.*s", TEXT_ARGS(fix->action));
    world_say("%s says %s of %s in the book of %s", operator->name, act->action, act->case_id, act->book);
}

static struct act *act_of(const uint8_t *id)
{
    struct acts *acts = acts_of_world();

    for (uint32_t i = acts->count; i-- > 0;)
        if (memcmp(acts->items[i].id, id, sizeof acts->items[i].id) == 0)
            return &acts->items[i];
    return NULL;
}

void acts_kept(const struct owed *owed, const struct receipt *receipt)
{
    struct act *act = act_of(owed->id);

    if (act == NULL)
        return;
    act->sequence = (uint64_t)receipt->sequence.value;
    if (act->is_alone)
        oracle_fails(&world->oracle, act->case_id, "P2: %s of %s was taken from one operator alone",
                     message_kind(act->type)->name, act->case_id);
}

bool acts_has_fix(struct text operator, const struct difference * difference)
{
    const struct acts *acts = acts_of_world();

    for (uint32_t i = acts->count; i-- > 0;) {
        const struct act *act = &acts->items[i];
        if (act->type == MESSAGE_RECON_FIX && text_is(operator, peer_name(act->operator)) &&
            text_is(difference->case_id, act->case_id) && text_is(difference->peer, act->book) &&
            text_is(difference->action, act->action))
            return true;
    }
    return false;
}

/* ---- what branches hear of it ---- */

/* The act a fact of the broker tells of; MESSAGE_HELLO for none. */
static enum message_type act_of_fact(struct text fact)
{
    if (text_is(fact, "REQUEUED"))
        return MESSAGE_OPS_PARKED_RETRY;
    if (text_is(fact, "ROUND_ALLOWED"))
        return MESSAGE_OPS_SUPPLEMENT_ALLOW;
    return text_is(fact, "EXPIRED") ? MESSAGE_OPS_PARKED_DISCARD : MESSAGE_HELLO;
}

void acts_told(const char *case_id, const struct case_event *event)
{
    struct acts *acts = acts_of_world();
    const enum message_type type = event->fact.data != NULL ? act_of_fact(event->fact) : MESSAGE_HELLO;

    if (type == MESSAGE_HELLO)
        return;
    acts->told = grown(acts->told, acts->told_count, &acts->told_capacity, sizeof *acts->told);
    struct told_act *told = &acts->told[acts->told_count++];
    *told = (struct told_act){.sequence = (uint64_t)event->sequence.value, .type = type};
    snprintf(told->case_id, sizeof told->case_id, "%s", case_id);
}

/* ---- at rest ---- */

static bool is_an_act(struct text type)
{
    return text_is(type, "OPS_PARKED_RETRY") || text_is(type, "OPS_PARKED_DISCARD") ||
           text_is(type, "OPS_SUPPLEMENT_ALLOW") || text_is(type, "RECON_FIX");
}

void acts_judge_record(const struct keeper_origin *origin)
{
    const unsigned long long sequence = (unsigned long long)origin->entry.sequence;

    if (!is_an_act(origin->envelope.type))
        return;
    struct act *act = act_of(origin->envelope.message_id.data);
    if (act == NULL) {
        oracle_fails(&world->oracle, "", "P8: record %llu is an operator's act that nobody did", sequence);
        return;
    }
    act->record_count++;
    if (!text_is(origin->entry.sender, peer_name(act->operator)) ||
        memcmp(origin->envelope.digest.data, act->digest, sizeof act->digest) != 0)
        oracle_fails(&world->oracle, act->case_id, "P8: record %llu has another name or reason than %s gave", sequence,
                     peer_name(act->operator));
    if (act->record_count > 1 || (act->sequence != 0 && act->sequence != sequence))
        oracle_fails(&world->oracle, act->case_id, "P2: record %llu is an act that was done once, and stands at %llu",
                     sequence, (unsigned long long)act->sequence);
}

static void match_told(struct act *act)
{
    const struct acts *acts = acts_of_world();

    for (uint32_t i = 0; i < acts->told_count; i++)
        act->told_count += acts->told[i].sequence == act->sequence && acts->told[i].type == act->type &&
                           strcmp(acts->told[i].case_id, act->case_id) == 0;
}

static void judge_act(struct act *act)
{
    const bool is_told = act->type != MESSAGE_RECON_FIX;
    const bool is_kept = act->sequence != 0;

    if (act->record_count != is_kept)
        oracle_fails(&world->oracle, act->case_id, "P1: %s of %s has %s receipt and stands in the journal %u times",
                     message_kind(act->type)->name, act->case_id, is_kept ? "a" : "no", act->record_count);
    if (!is_kept || !is_told)
        return;
    match_told(act);
    if (act->told_count != 1)
        oracle_fails(&world->oracle, act->case_id, "P2: %s of %s at %llu was told %u times",
                     message_kind(act->type)->name, act->case_id, (unsigned long long)act->sequence, act->told_count);
}

static bool was_done(const struct told_act *told)
{
    const struct acts *acts = acts_of_world();

    for (uint32_t i = 0; i < acts->count; i++)
        if (acts->items[i].sequence == told->sequence && acts->items[i].type == told->type)
            return true;
    return false;
}

/* An application may expire of itself, too. */
static bool may_be_of_itself(const struct told_act *told)
{
    const struct told_case *of = oracle_case(&world->oracle, text_of(told->case_id));
    return told->type == MESSAGE_OPS_PARKED_DISCARD && of != NULL && of->filed->may_expire;
}

void acts_judge_end(void)
{
    struct acts *acts = acts_of_world();

    for (uint32_t i = 0; i < acts->count; i++)
        judge_act(&acts->items[i]);
    for (uint32_t i = 0; i < acts->told_count; i++)
        if (!was_done(&acts->told[i]) && !may_be_of_itself(&acts->told[i]))
            oracle_fails(&world->oracle, acts->told[i].case_id, "P7: %s was told as done in %s at %llu, and nobody did",
                         message_kind(acts->told[i].type)->name, acts->told[i].case_id,
                         (unsigned long long)acts->told[i].sequence);
}
