#include "broker/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/log.h"

enum { PEERS_BUCKET_COUNT = 4096 }; /* a power of two; 14,000 branches still make short chains */

/* A message that waits: frames one after the other behind the struct. */
struct outbound {
    struct outbound *next;
    struct door_outgoing message;
    size_t size;
};

/* What a participant may begin outlives its sessions: who comes again does not begin with a full bucket. As many as the
 * directory had participants with a session since the start. */
struct remembered {
    char participant[PARTICIPANT_SIZE_MAX + 1];
    struct allowance allowance;
    struct remembered *next_in_bucket;
};

struct bucket_entry {
    struct peer peer;
    struct bucket_entry *next_in_bucket;
};

struct peers {
    struct bucket_entry *buckets[PEERS_BUCKET_COUNT];
    struct remembered *remembered[PEERS_BUCKET_COUNT];
    struct peer *first;
    struct peer *walk;    /* the next one of peers_walk_next */
    struct peer *waiting; /* those for whom something waits: no walk over all because of one */
    uint32_t count;
    uint32_t outbound_count_max;
    size_t outbound_size_max;
    uint32_t gone_count;
};

static uint32_t bucket_of(struct text participant)
{
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (uint32_t i = 0; i < participant.size; i++)
        hash = (hash ^ (uint8_t)participant.data[i]) * 16777619U;
    return hash & (PEERS_BUCKET_COUNT - 1);
}

enum status peers_new(uint32_t outbound_count_max, size_t outbound_size_max, struct peers **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return STATUS_NO_MEMORY;
    (*out)->outbound_count_max = outbound_count_max;
    (*out)->outbound_size_max = outbound_size_max;
    return STATUS_OK;
}

static void waits_no_more(struct peers *peers, struct peer *peer)
{
    struct peer **link = &peers->waiting;
    while (*link != NULL && *link != peer)
        link = &(*link)->next_waiting;
    if (*link == peer)
        *link = peer->next_waiting;
    peer->next_waiting = NULL;
}

static void drop_waiting(struct peers *peers, struct peer *peer)
{
    if (peer->first != NULL)
        waits_no_more(peers, peer);
    while (peer->first != NULL) {
        struct outbound *next = peer->first->next;
        free(peer->first);
        peer->first = next;
    }
    peer->last = NULL;
    peer->waiting_count = 0;
    peer->waiting_size = 0;
}

static void forget_all(struct remembered *remembered)
{
    while (remembered != NULL) {
        struct remembered *next = remembered->next_in_bucket;
        free(remembered);
        remembered = next;
    }
}

void peers_free(struct peers **peers)
{
    if (*peers == NULL)
        return;
    while ((*peers)->first != NULL)
        peers_shut(*peers, text_of((*peers)->first->participant));
    for (uint32_t i = 0; i < PEERS_BUCKET_COUNT; i++)
        forget_all((*peers)->remembered[i]);
    free(*peers);
    *peers = NULL;
}

struct peer *peers_find(const struct peers *peers, struct text participant)
{
    struct bucket_entry *entry = peers->buckets[bucket_of(participant)];
    while (entry != NULL && !text_is(participant, entry->peer.participant))
        entry = entry->next_in_bucket;
    return entry != NULL ? &entry->peer : NULL;
}

static struct allowance *allowance_of(struct peers *peers, struct text participant)
{
    struct remembered **bucket = &peers->remembered[bucket_of(participant)];
    struct remembered *remembered = *bucket;

    while (remembered != NULL && !text_is(participant, remembered->participant))
        remembered = remembered->next_in_bucket;
    if (remembered == NULL) {
        remembered = calloc(1, sizeof *remembered);
        if (remembered == NULL)
            return NULL;
        snprintf(remembered->participant, sizeof remembered->participant, "%.*s", TEXT_ARGS(participant));
        remembered->next_in_bucket = *bucket;
        *bucket = remembered;
    }
    return &remembered->allowance;
}

static struct peer *peers_add(struct peers *peers, struct text participant)
{
    struct allowance *allowance = allowance_of(peers, participant);
    struct bucket_entry *entry = allowance != NULL ? calloc(1, sizeof *entry) : NULL;
    struct bucket_entry **bucket = &peers->buckets[bucket_of(participant)];

    if (entry == NULL)
        return NULL;
    entry->peer.allowance = allowance;
    snprintf(entry->peer.participant, sizeof entry->peer.participant, "%.*s", TEXT_ARGS(participant));
    entry->next_in_bucket = *bucket;
    *bucket = entry;
    entry->peer.next = peers->first;
    peers->first = &entry->peer;
    peers->count++;
    return &entry->peer;
}

struct peer *peers_open(struct peers *peers, struct text participant, const struct door_message *hello,
                        struct text software, int64_t now_us)
{
    struct peer *peer = peers_find(peers, participant);

    if (peer == NULL)
        peer = peers_add(peers, participant);
    if (peer == NULL)
        return NULL;
    drop_waiting(peers, peer);
    peer->route = hello->route;
    peer->since_us = now_us;
    peers->gone_count -= peer->is_gone;
    peer->offset = (struct offset){.count = 0};
    peer->is_gone = false;
    peer->was_spoken_to = true;
    snprintf(peer->key, sizeof peer->key, "%s", hello->key);
    snprintf(peer->address, sizeof peer->address, "%s", hello->address);
    snprintf(peer->software, sizeof peer->software, "%.*s", TEXT_ARGS(software));
    return peer;
}

void peers_shut(struct peers *peers, struct text participant)
{
    struct bucket_entry **place = &peers->buckets[bucket_of(participant)];
    while (*place != NULL && !text_is(participant, (*place)->peer.participant))
        place = &(*place)->next_in_bucket;
    if (*place == NULL)
        return;

    struct bucket_entry *entry = *place;
    struct peer **link = &peers->first;
    while (*link != &entry->peer)
        link = &(*link)->next;
    *link = entry->peer.next;
    if (peers->walk == &entry->peer)
        peers->walk = entry->peer.next;
    *place = entry->next_in_bucket;
    drop_waiting(peers, &entry->peer);
    peers->gone_count -= entry->peer.is_gone;
    free(entry);
    peers->count--;
}

struct peer *peers_first(const struct peers *peers)
{
    return peers->first;
}

uint32_t peers_count(const struct peers *peers)
{
    return peers->count;
}

void peers_walk(struct peers *peers)
{
    peers->walk = peers->first;
}

struct peer *peers_walk_next(struct peers *peers)
{
    struct peer *peer = peers->walk;
    if (peer != NULL)
        peers->walk = peer->next;
    return peer;
}

struct peer *peers_gone(const struct peers *peers)
{
    struct peer *peer = peers->gone_count > 0 ? peers->first : NULL;
    while (peer != NULL && !peer->is_gone)
        peer = peer->next;
    return peer;
}

static void peer_lose(struct peers *peers, struct peer *peer)
{
    peers->gone_count += !peer->is_gone;
    peer->is_gone = true;
    drop_waiting(peers, peer);
}

static struct outbound *outbound_of(const struct door_outgoing *message)
{
    size_t size = 0;
    for (uint32_t i = 0; i < message->frame_count; i++)
        size += message->frames[i].size;

    struct outbound *outbound = malloc(sizeof *outbound + size);
    if (outbound == NULL)
        return NULL;
    uint8_t *place = (uint8_t *)(outbound + 1);
    outbound->next = NULL;
    outbound->size = size;
    outbound->message.frame_count = message->frame_count;
    for (uint32_t i = 0; i < message->frame_count; i++) {
        if (message->frames[i].size > 0)
            memcpy(place, message->frames[i].data, message->frames[i].size);
        outbound->message.frames[i] = bytes_of(place, message->frames[i].size);
        place += message->frames[i].size;
    }
    return outbound;
}

static void peer_queue(struct peers *peers, struct peer *peer, const struct door_outgoing *message)
{
    struct outbound *outbound = NULL;

    if (peer->waiting_count < peers->outbound_count_max && peer->waiting_size < peers->outbound_size_max)
        outbound = outbound_of(message);
    if (outbound == NULL) {
        if (peer->dropped_count++ == 0)
            log_line(LOG_WARNING, "slow-peer",
                     "participant=%s waiting=%u bytes=%zu; more is dropped and sent again later", peer->participant,
                     peer->waiting_count, peer->waiting_size);
        return;
    }
    if (peer->last != NULL) {
        peer->last->next = outbound;
    } else {
        peer->first = outbound;
        peer->next_waiting = peers->waiting;
        peers->waiting = peer;
    }
    peer->last = outbound;
    peer->waiting_count++;
    peer->waiting_size += outbound->size;
}

void peers_send(struct peers *peers, struct door *door, struct peer *peer, const struct door_outgoing *message)
{
    if (peer->is_gone)
        return;
    peer->was_spoken_to = true;
    const enum status status = peer->first != NULL ? STATUS_BUSY : door_send(door, &peer->route, message);
    if (status == STATUS_BUSY)
        peer_queue(peers, peer, message);
    else if (status != STATUS_OK)
        peer_lose(peers, peer);
}

static void peer_flush(struct peers *peers, struct door *door, struct peer *peer)
{
    while (peer->first != NULL) {
        struct outbound *outbound = peer->first;
        const enum status status = door_send(door, &peer->route, &outbound->message);
        if (status == STATUS_BUSY)
            return;
        if (status != STATUS_OK) {
            peer_lose(peers, peer);
            return;
        }
        peer->first = outbound->next;
        if (peer->first == NULL) {
            peer->last = NULL;
            waits_no_more(peers, peer);
        }
        peer->waiting_count--;
        peer->waiting_size -= outbound->size;
        free(outbound);
    }
}

bool peers_flush(struct peers *peers, struct door *door)
{
    struct peer *next;

    for (struct peer *peer = peers->waiting; peer != NULL; peer = next) {
        next = peer->next_waiting;
        peer_flush(peers, door, peer);
    }
    return peers->waiting != NULL;
}
