#include "tests/sim/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/store/journal.h"
#include "schemas/envelope.h"
#include "tests/sim/business.h"
#include "tests/sim/keyring.h"
#include "tests/sim/materials.h"
#include "tests/sim/twin.h"
#include "tests/sim/world.h"

enum {
    RETRY_US = 5000000,
    SILENCE_US = 7000000,
    HELLO_US = 4000000,
    BEAT_US = 2500000,
    CONNECT_US = 400000,
    BODY_SIZE_MAX = 1 << 16,
    ENVELOPE_SIZE_MAX = 1024,
    BRANCH_NUMBER = 9000,
};

static uint8_t body_memory[BODY_SIZE_MAX];

static const struct business *const businesses[] = {
    &titles_business,  &desk_business,   &alerts_business,    &books_business, &fixes_business,
    &keyring_business, &ruling_business, &materials_business, &twin_business,  &words_business};

enum { BUSINESS_COUNT = sizeof businesses / sizeof businesses[0] };

static struct peer *peer_at(uint32_t index)
{
    return &world->peers[index];
}

const char *peer_name(uint32_t index)
{
    return peer_at(index)->name;
}

struct arena *peer_arena(void)
{
    static uint8_t memory[MESSAGE_ARENA_SIZE];
    static struct arena arena;
    if (arena.memory == NULL)
        arena = arena_over(memory, sizeof memory);
    return &arena;
}

static void *take(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        abort();
    return memory;
}

static struct bytes keep(struct bytes bytes)
{
    if (bytes.data == NULL)
        return bytes;
    uint8_t *copy = take(bytes.size + 1);
    memcpy(copy, bytes.data, bytes.size);
    return bytes_of(copy, bytes.size);
}

/* ---- who there is ---- */

/* A CNAPS number that satisfies ISO 7064 MOD 11,10. */
static void branch_name(uint32_t place, char *out, size_t size)
{
    char digits[16];
    int product = 10;

    snprintf(digits, sizeof digits, "1054510%04u", BRANCH_NUMBER + place);
    for (int i = 0; i < 11; i++) {
        const int sum = (product + digits[i] - '0') % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    snprintf(out, size, "B:%s%d", digits, (11 - product) % 10);
}

static const char *operator_name(uint32_t place)
{
    return place == 0 ? "O:sim" : "O:second";
}

static void peer_make(unsigned role, uint32_t place)
{
    struct peer *peer = peer_at(world->peer_count);

    peer->index = world->peer_count++;
    peer->place = place;
    peer->role = role;
    if (role == ROLE_BRANCH)
        branch_name(place, peer->name, sizeof peer->name);
    else
        snprintf(peer->name, sizeof peer->name, "%s", role == ROLE_WINDOW ? window_name(place) : operator_name(place));
    keyring_add(peer);
    if (world_has(FEATURE_SKEW))
        peer->clock_off_us = random_between(&world->random, -7200000000, 7200000000);
    peer->wake_us = INT64_MAX;
    if (role == ROLE_BRANCH)
        bank_make(peer);
    else if (role == ROLE_WINDOW)
        registry_make(peer);
    else
        desk_make(peer);
    peer_wake_at(peer, world->now_us + random_between(&world->random, 0, 500000));
}

void peers_make(void)
{
    world->peers = take(PEER_COUNT_MAX * sizeof *world->peers);
    for (uint32_t i = 0; i < world->options.branch_count; i++)
        peer_make(ROLE_BRANCH, i);
    for (uint32_t i = 0; i < world->options.window_count; i++)
        peer_make(ROLE_WINDOW, i);
    for (uint32_t i = 0; i < OPERATOR_COUNT; i++)
        peer_make(ROLE_OPERATOR, i);
}

static void owed_drop(struct owed *owed)
{
    free((void *)(uintptr_t)owed->body.data);
    free((void *)(uintptr_t)owed->chunk.data);
    free(owed);
}

void peers_drop(void)
{
    for (uint32_t i = 0; i < world->peer_count; i++) {
        struct peer *peer = peer_at(i);
        while (peer->owes != NULL) {
            struct owed *owed = peer->owes;
            peer->owes = owed->next;
            owed_drop(owed);
        }
        if (peer->role == ROLE_BRANCH)
            bank_drop(peer);
        else if (peer->role == ROLE_WINDOW)
            registry_drop(peer);
        else
            desk_drop(peer);
    }
    free(world->peers);
    world->peers = NULL;
}

bool peers_owe_nothing(void)
{
    for (uint32_t i = 0; i < world->peer_count; i++)
        if (peer_at(i)->owes != NULL || (peer_at(i)->role == ROLE_BRANCH && !bank_is_done(peer_at(i))))
            return false;
    return true;
}

/* ---- sending ---- */

static int64_t own_time(const struct peer *peer)
{
    return world->now_us + peer->clock_off_us;
}

static void new_id(const struct peer *peer, uint8_t out[16])
{
    uint8_t some[10];
    const uint64_t number = random_next(&world->random);

    memcpy(some, &number, sizeof number);
    some[8] = (uint8_t)peer->index;
    some[9] = 0;
    message_id_make(own_time(peer), some, out);
}

static void send_frames(struct peer *peer, const struct envelope *envelope, struct bytes body, struct bytes chunk)
{
    uint8_t memory[ENVELOPE_SIZE_MAX];
    size_t size = 0;

    if (record_encode(&record_envelope, envelope, memory, sizeof memory, &size) != STATUS_OK)
        abort();
    const struct bytes frames[] = {bytes_of(memory, size), body, chunk};
    street_send(peer->line, frames, chunk.data != NULL ? 3 : 2);
    peer->beat_us = world->now_us + BEAT_US;
}

static struct envelope envelope_of(const struct peer *peer, enum message_type type, struct text case_id,
                                   const uint8_t *id, const uint8_t *digest)
{
    return (struct envelope){.version = number_of(PROTOCOL_VERSION),
                             .message_id = bytes_of(id, 16),
                             .type = text_of(message_kind(type)->name),
                             .source = text_of(peer->name),
                             .destination = text_of("K"),
                             .case_id = case_id,
                             .sent_at = number_of(own_time(peer)),
                             .digest = bytes_of(digest, 32),
                             .is_present = true};
}

static struct bytes encode(enum message_type type, const void *body, uint8_t digest[32])
{
    size_t size = 0;
    if (record_encode(message_kind(type)->record, body, body_memory, sizeof body_memory, &size) != STATUS_OK)
        abort();
    digest_sm3(bytes_of(body_memory, size), digest);
    return bytes_of(body_memory, size);
}

void peer_tell(struct peer *peer, enum message_type type, struct text case_id, const uint8_t *answers, const void *body)
{
    uint8_t id[16], digest[32];
    const struct bytes bytes = encode(type, body, digest);

    new_id(peer, id);
    memcpy(peer->told, id, sizeof peer->told);
    struct envelope envelope = envelope_of(peer, type, case_id, id, digest);
    if (answers != NULL)
        envelope.answers = bytes_of(answers, 16);
    send_frames(peer, &envelope, bytes, (struct bytes){NULL, 0});
}

static void send_owed(struct peer *peer, struct owed *owed)
{
    struct envelope envelope =
        envelope_of(peer, owed->type, text_of(owed->case_id[0] != '\0' ? owed->case_id : NULL), owed->id, owed->digest);
    if (owed->expires_us != 0)
        envelope.expires_at = number_of(owed->expires_us);
    envelope.attempt = number_of(++owed->attempt < UINT16_MAX ? owed->attempt : UINT16_MAX);
    send_frames(peer, &envelope, owed->body, owed->chunk);
    owed->due_us = world->now_us + RETRY_US;
    if (world_troubles(FEATURE_IMPATIENT) && random_once_in(&world->random, 10))
        owed->due_us = world->now_us + random_between(&world->random, 0, 50000);
}

struct owed *peer_owe(struct peer *peer, enum message_type type, const char *case_id, const void *body,
                      struct bytes chunk)
{
    struct owed *owed = take(sizeof *owed);
    struct owed **place = &peer->owes;

    owed->type = type;
    snprintf(owed->case_id, sizeof owed->case_id, "%s", case_id);
    owed->body = keep(encode(type, body, owed->digest));
    owed->chunk = keep(chunk);
    owed->due_us = world->now_us;
    new_id(peer, owed->id);
    while (*place != NULL)
        place = &(*place)->next;
    *place = owed;
    peer_wake_at(peer, world->now_us);
    return owed;
}

struct owed *owed_of(struct peer *peer, struct bytes id)
{
    for (struct owed *owed = peer->owes; owed != NULL; owed = owed->next)
        if (id.size == 16 && memcmp(owed->id, id.data, 16) == 0)
            return owed;
    return NULL;
}

void owed_done(struct peer *peer, struct owed *done)
{
    struct owed **place = &peer->owes;
    while (*place != done)
        place = &(*place)->next;
    *place = done->next;
    owed_drop(done);
}

/* ---- the session ---- */

static void hang_up(struct peer *peer)
{
    if (peer->line != 0)
        street_hang_up(peer->line);
    peer->line = 0;
    peer->has_session = false;
    peer->connect_us = world->now_us + random_between(&world->random, 1000, CONNECT_US);
}

static void greet(struct peer *peer)
{
    struct text version = text_of("1");
    struct hello hello = {
        .software = text_of("sim"), .versions = {&version, 1, true}, .is_test = number_of(1), .is_present = true};

    if (peer->receipt.is_present) {
        hello.last_receipt = peer->receipt;
        hello.last_receipt.chain = bytes_of(peer->chain, sizeof peer->chain);
        hello.last_receipt.mac = bytes_of(peer->mac, sizeof peer->mac);
        hello.last_receipt.case_id = text_of(NULL);
    }
    twin_greets(peer, &hello);
    if (peer->role == ROLE_BRANCH)
        bank_hello(peer, &hello);
    struct text capability = text_of("title");
    if (peer->role == ROLE_WINDOW)
        hello.capabilities = (struct text_list){&capability, 1, true};
    if (peer->role == ROLE_WINDOW)
        hello.credit = number_of(1 + random_below(&world->random, 6));
    peer_tell(peer, MESSAGE_HELLO, text_of(NULL), NULL, &hello);
    peer->hello_us = world->now_us + HELLO_US;
}

static void call_broker(struct peer *peer)
{
    peer->line = street_connect(peer->index, peer->key);
    if (peer->line == 0) {
        peer->connect_us = world->now_us + random_between(&world->random, 1000, CONNECT_US);
        return;
    }
    peer->heard_us = world->now_us;
    greet(peer);
}

static void send_due(struct peer *peer)
{
    uint32_t budget = 64; /* what else is due goes a moment later */
    for (struct owed *owed = peer->owes; owed != NULL && budget > 0; owed = owed->next) {
        if (owed->due_us > world->now_us)
            continue;
        if (world_troubles(FEATURE_SHUFFLE) && peer->role == ROLE_WINDOW && random_once_in(&world->random, 3)) {
            owed->due_us = world->now_us + random_between(&world->random, 1000, 800000);
            continue;
        }
        send_owed(peer, owed);
        budget--;
    }
}

static void role_wakes(struct peer *peer)
{
    if (peer->role == ROLE_BRANCH)
        bank_wake(peer);
    else if (peer->role == ROLE_WINDOW)
        registry_wake(peer);
    else
        desk_wake(peer);
    for (uint32_t i = 0; i < BUSINESS_COUNT; i++)
        businesses[i]->wakes(peer);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t role_next_us(const struct peer *peer)
{
    int64_t next = peer->role == ROLE_BRANCH   ? bank_next_us(peer)
                   : peer->role == ROLE_WINDOW ? registry_next_us(peer)
                                               : desk_next_us(peer);

    for (uint32_t i = 0; i < BUSINESS_COUNT; i++)
        next = earlier(next, businesses[i]->next_us(peer));
    return next;
}

static int64_t next_us(const struct peer *peer)
{
    int64_t next = role_next_us(peer);

    if (peer->line == 0)
        return earlier(next, peer->connect_us);
    next = earlier(next, peer->heard_us + SILENCE_US);
    if (!peer->has_session)
        return earlier(next, peer->hello_us);
    next = earlier(next, peer->beat_us);
    for (const struct owed *owed = peer->owes; owed != NULL; owed = owed->next)
        next = earlier(next, owed->due_us);
    return next;
}

void peer_wake_at(struct peer *peer, int64_t at_us)
{
    if (at_us < world->now_us)
        at_us = world->now_us;
    if (at_us >= peer->wake_us)
        return;
    peer->wake_us = at_us;
    world_plan(at_us, HAPPENS_PEER, peer->index, false);
}

static void look_at_line(struct peer *peer)
{
    if (peer->line != 0 && (!street_is_open(peer->line) || world->now_us >= peer->heard_us + SILENCE_US))
        hang_up(peer);
    if (peer->line == 0 && world->now_us >= peer->connect_us)
        call_broker(peer);
    else if (peer->line != 0 && !peer->has_session && world->now_us >= peer->hello_us)
        greet(peer);
}

void peer_wake(struct peer *peer)
{
    if (peer->wake_us > world->now_us)
        return; /* another wake-up took the place of this one */
    peer->wake_us = INT64_MAX;
    if (peer->is_away && world->now_us < peer->back_us) {
        peer_wake_at(peer, peer->back_us);
        return;
    }
    peer->is_away = false;
    role_wakes(peer);
    look_at_line(peer);
    if (peer->has_session) {
        send_due(peer);
        if (world->now_us >= peer->beat_us) {
            const struct heartbeat heartbeat = {.time = number_of(own_time(peer)), .is_present = true};
            peer_tell(peer, MESSAGE_HEARTBEAT, text_of(NULL), NULL, &heartbeat);
        }
    }
    const int64_t next = next_us(peer);
    peer_wake_at(peer, next > world->now_us ? next : world->now_us + 1000);
}

void peer_crash(struct peer *peer)
{
    world_say("%s dies and comes back", peer->name);
    hang_up(peer);
    for (struct owed *owed = peer->owes; owed != NULL; owed = owed->next)
        owed->due_us = world->now_us;
    for (uint32_t i = 0; i < BUSINESS_COUNT; i++)
        businesses[i]->dies(peer);
    peer_wake_at(peer, peer->connect_us);
}

void peer_leave(struct peer *peer, int64_t until_us)
{
    world_say("%s stays away for %lld s", peer->name, (long long)(until_us - world->now_us) / 1000000);
    hang_up(peer);
    peer->is_away = true;
    peer->back_us = until_us;
}

/* One of its own messages as a broken or lying peer would send it: a byte of the body is another than the digest says,
 * or the envelope names somebody else. */
static void send_falsified(struct peer *peer, const struct owed *owed)
{
    uint8_t *body = take(owed->body.size + 1);
    struct envelope envelope =
        envelope_of(peer, owed->type, text_of(owed->case_id[0] != '\0' ? owed->case_id : NULL), owed->id, owed->digest);
    const struct envelope honest = envelope;

    memcpy(body, owed->body.data, owed->body.size);
    if (random_once_in(&world->random, 2))
        body[random_below(&world->random, owed->body.size)] ^= 1;
    else
        envelope.source = text_of(peer_name((peer->index + 1) % world->peer_count));
    uint8_t *file = owed->chunk.data != NULL ? take(owed->chunk.size + 1) : NULL;
    if (file != NULL) {
        memcpy(file, owed->chunk.data, owed->chunk.size);
        file[random_below(&world->random, owed->chunk.size)] ^= 1;
    }
    /* a certificate's file is falsified alone, so that nothing else can give it away */
    send_frames(peer, file != NULL ? &honest : &envelope, file != NULL ? owed->body : bytes_of(body, owed->body.size),
                bytes_of(file, owed->chunk.size));
    free(file);
    free(body);
}

void peer_nonsense(struct peer *peer)
{
    if (peer->owes != NULL && peer->line != 0) {
        const struct owed *chosen = peer->owes; /* rather one that carries a file */
        for (const struct owed *owed = peer->owes; owed != NULL; owed = owed->next)
            chosen = owed->chunk.data != NULL ? owed : chosen;
        send_falsified(peer, chosen);
        return;
    }
    uint8_t bytes[64];
    struct bytes frames[3];
    const uint32_t count = 1 + random_below(&world->random, 3);

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)random_next(&world->random);
    for (uint32_t i = 0; i < count; i++)
        frames[i] = bytes_of(bytes, random_below(&world->random, sizeof bytes));
    if (peer->line != 0)
        street_send(peer->line, frames, count);
}

/* ---- taking ---- */

static void session_stands(struct peer *peer)
{
    peer->has_session = true;
    peer->beat_us = world->now_us + BEAT_US;
    for (struct owed *owed = peer->owes; owed != NULL; owed = owed->next)
        owed->due_us = world->now_us;
}

static void takes_receipt(struct peer *peer, const struct envelope *envelope, struct bytes body)
{
    struct receipt receipt;
    struct problems problems = {.count = 0};

    if (record_decode(&record_receipt, body, peer_arena(), &receipt, &problems) != STATUS_OK)
        return;
    if (!peer->receipt.is_present || peer->receipt.sequence.value < receipt.sequence.value) {
        peer->receipt = receipt;
        memcpy(peer->chain, receipt.chain.data, sizeof peer->chain);
        memcpy(peer->mac, receipt.mac.data, sizeof peer->mac);
    }
    struct owed *owed = owed_of(peer, envelope->answers);
    if (owed == NULL)
        return;
    if (peer->role == ROLE_BRANCH)
        bank_receipt(peer, owed, &receipt);
    bool is_kept = false;
    for (uint32_t i = 0; i < BUSINESS_COUNT; i++)
        is_kept |= businesses[i]->keeps(peer, owed, &receipt);
    if (!is_kept)
        owed_done(peer, owed);
}

static void takes_reject(struct peer *peer, const struct envelope *envelope, struct bytes body)
{
    struct reject reject;
    struct problems problems = {.count = 0};

    if (record_decode(&record_reject, body, peer_arena(), &reject, &problems) != STATUS_OK)
        return;
    if (text_is(reject.code, "BEHIND"))
        oracle_fails(&world->oracle, "", "P1: the broker says to %s that it has lost something: %.*s", peer->name,
                     TEXT_ARGS(reject.text_en));
    if (text_is(reject.code, "FENCED")) { /* another one serves */
        hang_up(peer);
        return;
    }
    if (text_is(reject.code, "NO_SESSION")) {
        if (peer->has_session)
            greet(peer);
        peer->has_session = false;
        return;
    }
    if (keyring_is_refusal(reject.code))
        return;
    struct owed *owed = owed_of(peer, envelope->answers);
    const bool is_of_file = owed != NULL && owed->type == MESSAGE_MATERIAL_CHUNK && text_is(reject.path, "sm3");
    if ((text_is(reject.code, "DIGEST") && !is_of_file) || text_is(reject.code, "WRONG_SENDER"))
        return; /* of what was falsified on the way; its own message is still owed */
    if (owed == NULL)
        return;
    world_say("%s: %s of %s is refused: %.*s at '%.*s'", peer->name, message_kind(owed->type)->name, owed->case_id,
              TEXT_ARGS(reject.code), TEXT_ARGS(reject.path));
    if (reject.may_retry.value != 0) {
        owed->due_us = world->now_us + (reject.retry_ms.is_present ? reject.retry_ms.value * 1000 : RETRY_US);
        return;
    }
    if (peer->role == ROLE_BRANCH)
        bank_rejected(peer, owed, reject.code);
    else if (peer->role == ROLE_WINDOW)
        oracle_fails(&world->oracle, owed->case_id, "P1: the word %s of a window is refused for ever: %.*s at '%.*s'",
                     message_kind(owed->type)->name, TEXT_ARGS(reject.code), TEXT_ARGS(reject.path));
    owed_done(peer, owed);
}

static void takes_delivery(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    struct case_deliver deliver;
    struct problems problems = {.count = 0};

    if (parcel->frame_count < 3 ||
        record_decode(&record_case_deliver, parcel->frames[1], peer_arena(), &deliver, &problems) != STATUS_OK) {
        oracle_fails(&world->oracle, "", "a CASE_DELIVER to %s cannot be read", peer->name);
        return;
    }
    if (materials_are_there(peer, envelope, parcel, &deliver))
        registry_takes(peer, envelope, &deliver, parcel->frames[2]);
}

static void takes_event(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    struct bytes chunks[2] = {{NULL, 0}, {NULL, 0}};

    for (uint32_t i = 0; i < 2 && 2 + i < parcel->frame_count; i++)
        chunks[i] = parcel->frames[2 + i];
    bank_takes_event(peer, envelope, parcel->frames[1], chunks);
}

static void takes_list(struct peer *peer, const struct parcel *parcel)
{
    struct case_list list;
    struct problems problems = {.count = 0};

    if (record_decode(&record_case_list, parcel->frames[1], peer_arena(), &list, &problems) == STATUS_OK)
        desk_takes(peer, &list);
}

void peer_takes(struct peer *peer, uint32_t line, const struct parcel *parcel)
{
    struct envelope envelope;
    struct problems problems = {.count = 0};

    if (line != peer->line || peer->is_away)
        return;
    peer->heard_us = world->now_us;
    arena_reset(peer_arena());
    if (parcel->frame_count < 2 ||
        record_decode(&record_envelope, parcel->frames[0], peer_arena(), &envelope, &problems) != STATUS_OK)
        return;
    if (text_is(envelope.type, "HELLO_ACK"))
        session_stands(peer);
    else if (text_is(envelope.type, "RECEIPT"))
        takes_receipt(peer, &envelope, parcel->frames[1]);
    else if (text_is(envelope.type, "REJECT"))
        takes_reject(peer, &envelope, parcel->frames[1]);
    else if (text_is(envelope.type, "CASE_EVENT") && peer->role == ROLE_BRANCH)
        takes_event(peer, &envelope, parcel);
    else if (text_is(envelope.type, "CASE_DELIVER") && peer->role == ROLE_WINDOW)
        takes_delivery(peer, &envelope, parcel);
    else if (text_is(envelope.type, "CASE_LIST") && peer->role == ROLE_OPERATOR)
        takes_list(peer, parcel);
    for (uint32_t i = 0; i < BUSINESS_COUNT; i++)
        businesses[i]->takes(peer, &envelope, parcel);
    peer_wake_at(peer, next_us(peer));
}
