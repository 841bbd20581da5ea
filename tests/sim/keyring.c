#include "tests/sim/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/business.h"
#include "tests/sim/world.h"

enum {
    ROW_COUNT_MAX = 64, /* a bit each */
    LOAD_US = 3000000,
    ANSWER_US = 10000000,
    LATE_US = 30000000,
    KEY_SIZE = 40,
};

struct key_held {
    uint32_t peer;
    char key[KEY_SIZE + 1];
    uint64_t added;   /* the version of the file that has it */
    uint64_t revoked; /* the one that revokes it; 0 for none */
};

/* By which keys a message came in. */
struct carried {
    uint8_t id[16];
    uint64_t rows;
};

struct keyring {
    struct key_held rows[ROW_COUNT_MAX];
    uint32_t row_count;
    uint64_t version;                 /* of the file */
    uint64_t in_force;                /* an operator was told */
    int64_t adopt_us[PEER_COUNT_MAX]; /* the peer takes its newest key into use; INT64_MAX: it has */
    /* the operator's question that is under way */
    uint8_t asked[16];
    uint64_t asked_version;
    int64_t asked_us;
    int64_t next_us;
    struct table carried;
    uint64_t revoked_rows; /* as the records of the journal go by, at rest */
    uint32_t tried_count;
};

void keyring_open(void)
{
    world->keyring = calloc(1, sizeof *world->keyring);
    if (world->keyring == NULL)
        abort();
    for (uint32_t i = 0; i < PEER_COUNT_MAX; i++)
        world->keyring->adopt_us[i] = INT64_MAX;
}

void keyring_close(void)
{
    uint32_t cursor = 0;

    for (void *item; (item = table_next(&world->keyring->carried, &cursor)) != NULL;)
        free(item);
    table_fini(&world->keyring->carried);
    free(world->keyring);
    world->keyring = NULL;
}

/* ---- keys ---- */

/* 40 characters of Z85, another pattern for each key there may be. */
static struct key_held *row_add(uint32_t peer)
{
    struct keyring *keyring = world->keyring;
    struct key_held *row = &keyring->rows[keyring->row_count];

    *row = (struct key_held){.peer = peer, .added = keyring->version};
    for (uint32_t i = 0; i < KEY_SIZE; i++)
        row->key[i] = (char)('a' + (i * 7 + peer * 3) % 26);
    row->key[0] = (char)('A' + peer);
    row->key[1] = (char)('A' + keyring->row_count % 26);
    row->key[2] = (char)('0' + keyring->row_count / 26);
    keyring->row_count++;
    return row;
}

void keyring_add(struct peer *peer)
{
    snprintf(peer->key, sizeof peer->key, "%s", row_add(peer->index)->key);
}

static struct key_held *newest_of(uint32_t peer)
{
    struct keyring *keyring = world->keyring;

    for (uint32_t i = keyring->row_count; i-- > 0;)
        if (keyring->rows[i].peer == peer)
            return &keyring->rows[i];
    return NULL;
}

static struct key_held *row_of(const char *key)
{
    struct keyring *keyring = world->keyring;

    for (uint32_t i = keyring->row_count; i-- > 0;)
        if (strcmp(keyring->rows[i].key, key) == 0)
            return &keyring->rows[i];
    return NULL;
}

static bool write_rows(FILE *file)
{
    const struct keyring *keyring = world->keyring;

    fprintf(file, "{\"version\": 1, \"participants\": [");
    for (uint32_t i = 0; i < keyring->row_count; i++) {
        const struct key_held *row = &keyring->rows[i];
        fprintf(file, "%s\n{\"participant\": \"%s\", \"key\": \"%s\"", i > 0 ? "," : "", peer_name(row->peer),
                row->key);
        if (row->revoked != 0)
            fprintf(file, ", \"revoked_at\": %llu", (unsigned long long)row->revoked);
        fprintf(file, "}");
    }
    return fprintf(file, "]}\n") > 0;
}

bool keyring_write(const char *path)
{
    FILE *file = fopen(path, "w");
    const bool is_good = file != NULL && write_rows(file);
    return file != NULL && fclose(file) == 0 && is_good;
}

/* Another version of the file; the broker reads it when somebody asks, or at its next start. */
static void publish(const char *what, uint32_t peer)
{
    if (!keyring_write(world->settings.directory))
        abort();
    world_say("directory %llu: %s %s", (unsigned long long)world->keyring->version, what, peer_name(peer));
    if (random_once_in(&world->random, 2))
        world->has_hangup = true;
    for (uint32_t i = 0; i < world->peer_count; i++)
        if (world->peers[i].role == ROLE_OPERATOR)
            peer_wake_at(&world->peers[i], world->now_us);
}

/* ---- replacing ---- */

static void add_key(struct peer *peer)
{
    struct keyring *keyring = world->keyring;
    const bool is_late = peer->role == ROLE_OPERATOR || random_once_in(&world->random, 2);

    keyring->version++;
    row_add(peer->index);
    keyring->adopt_us[peer->index] = world->now_us + random_between(&world->random, 0, is_late ? LATE_US : 1000000);
    publish("another key for", peer->index);
    peer_wake_at(peer, keyring->adopt_us[peer->index]);
}

/* An operator who lost both keys could load no directory any more. */
static void revoke_old(const struct peer *peer, const struct key_held *newest)
{
    struct keyring *keyring = world->keyring;

    if (peer->role == ROLE_OPERATOR && strcmp(peer->key, newest->key) != 0)
        return;
    keyring->version++;
    for (uint32_t i = 0; i < keyring->row_count; i++)
        if (keyring->rows[i].peer == peer->index && &keyring->rows[i] != newest && keyring->rows[i].revoked == 0)
            keyring->rows[i].revoked = keyring->version;
    publish("the old key is revoked of", peer->index);
}

static bool has_old(const struct peer *peer, const struct key_held *newest)
{
    const struct keyring *keyring = world->keyring;

    for (uint32_t i = 0; i < keyring->row_count; i++)
        if (keyring->rows[i].peer == peer->index && &keyring->rows[i] != newest && keyring->rows[i].revoked == 0)
            return true;
    return false;
}

static void adopt(struct peer *peer)
{
    world->keyring->adopt_us[peer->index] = INT64_MAX;
    if (strcmp(peer->key, newest_of(peer->index)->key) == 0)
        return;
    snprintf(peer->key, sizeof peer->key, "%s", newest_of(peer->index)->key);
    peer_crash(peer);
}

/* ---- somebody tries an old key ---- */

static void tell_by_role(struct peer *peer)
{
    struct case_submit application = *application_example();
    const struct window_state closed = {.state = text_of("closed"), .reason = text_of("sim"), .is_present = true};
    const struct ops_parked_retry retry = {.reason = text_of("sim"), .is_present = true};
    const struct oracle *oracle = &world->oracle;
    char contract[32];

    snprintf(contract, sizeof contract, "DY-TRIED-%06u", world->keyring->tried_count);
    application.contract = text_of(contract);
    if (peer->role == ROLE_BRANCH)
        peer_tell(peer, MESSAGE_CASE_SUBMIT, text_of(NULL), NULL, &application);
    else if (peer->role == ROLE_WINDOW)
        peer_tell(peer, MESSAGE_WINDOW_STATE, text_of(NULL), NULL, &closed);
    else if (oracle->case_count > 0)
        peer_tell(peer, MESSAGE_OPS_PARKED_RETRY, text_of(oracle->in_order[0]->id), NULL, &retry);
}

/* On a line of its own, beside that of the participant: what comes back to it is nobody's. */
static void try_key(const struct key_held *row)
{
    struct peer *peer = &world->peers[row->peer];
    const struct peer honest = *peer;
    const struct text version = text_of("1");
    const struct hello hello = {.software = text_of("sim"),
                                .versions = {(struct text *)(uintptr_t)&version, 1, true},
                                .is_test = number_of(1),
                                .is_present = true};

    peer->line = street_connect(peer->index, row->key);
    if (peer->line != 0) {
        world->keyring->tried_count++;
        world_say("somebody tries an old key of %s", peer->name);
        peer_tell(peer, MESSAGE_HELLO, text_of(NULL), NULL, &hello);
        tell_by_role(peer);
    }
    *peer = honest;
}

static const struct key_held *revoked_row(void)
{
    const struct keyring *keyring = world->keyring;
    const uint32_t start = random_below(&world->random, keyring->row_count);

    for (uint32_t i = 0; i < keyring->row_count; i++) {
        const struct key_held *row = &keyring->rows[(start + i) % keyring->row_count];
        if (row->revoked != 0 && row->revoked <= keyring->in_force)
            return row;
    }
    return NULL;
}

void keyring_trouble(void)
{
    struct keyring *keyring = world->keyring;
    struct peer *peer = &world->peers[random_below(&world->random, world->peer_count)];
    const struct key_held *newest = newest_of(peer->index);
    const struct key_held *revoked = revoked_row();

    if (revoked != NULL && random_once_in(&world->random, 2))
        try_key(revoked);
    else if (has_old(peer, newest))
        revoke_old(peer, newest);
    else if (keyring->row_count < ROW_COUNT_MAX)
        add_key(peer);
}

/* ---- what goes in and out ---- */

void keyring_sees_received(const char *key, struct bytes envelope)
{
    struct envelope read;
    struct problems problems = {.count = 0};
    const struct key_held *row = world_has(FEATURE_KEYS) ? row_of(key) : NULL;
    struct keyring *keyring = world->keyring;

    arena_reset(peer_arena());
    if (row == NULL || record_decode(&record_envelope, envelope, peer_arena(), &read, &problems) != STATUS_OK)
        return;
    struct carried *carried = table_find(&keyring->carried, read.message_id);
    if (carried == NULL) {
        carried = calloc(1, sizeof *carried);
        if (carried == NULL)
            abort();
        memcpy(carried->id, read.message_id.data, sizeof carried->id);
        table_put(&keyring->carried, bytes_of(carried->id, sizeof carried->id), carried);
    }
    carried->rows |= UINT64_C(1) << (row - keyring->rows);
}

void keyring_sees_sent(const char *key, const struct bytes *frames)
{
    struct envelope read;
    struct problems problems = {.count = 0};
    const struct key_held *row = world_has(FEATURE_KEYS) ? row_of(key) : NULL;

    if (row == NULL || row->revoked == 0 || row->revoked > world->keyring->in_force)
        return;
    arena_reset(peer_arena());
    if (record_decode(&record_envelope, frames[0], peer_arena(), &read, &problems) == STATUS_OK &&
        !text_is(read.type, "REJECT"))
        oracle_fails(&world->oracle, "", "P8: a %.*s goes to a revoked key of %s", TEXT_ARGS(read.type),
                     peer_name(row->peer));
}

bool keyring_is_refusal(struct text code)
{
    return text_is(code, "REVOKED_KEY") || text_is(code, "UNKNOWN_KEY");
}

/* ---- as a business: peers take their keys into use, an operator has the file read ---- */

static bool is_loader(const struct peer *peer)
{
    return peer->role == ROLE_OPERATOR && world->keyring->version > world->keyring->in_force;
}

static void load(struct peer *peer)
{
    struct keyring *keyring = world->keyring;
    const struct ops_directory_load ask = {.reason = text_of("sim"), .is_present = true};

    if (world->now_us < keyring->next_us || !peer->has_session)
        return;
    peer_tell(peer, MESSAGE_OPS_DIRECTORY_LOAD, text_of(NULL), NULL, &ask);
    memcpy(keyring->asked, peer->told, sizeof keyring->asked);
    keyring->asked_version = keyring->version;
    keyring->next_us = world->now_us + random_between(&world->random, LOAD_US, ANSWER_US);
}

static void wakes(struct peer *peer)
{
    if (world->now_us >= world->keyring->adopt_us[peer->index])
        adopt(peer);
    if (is_loader(peer))
        load(peer);
}

static int64_t next_us(const struct peer *peer)
{
    const struct keyring *keyring = world->keyring;
    const int64_t adopt_us = keyring->adopt_us[peer->index];

    if (!is_loader(peer) || !peer->has_session)
        return adopt_us;
    return keyring->next_us < adopt_us ? keyring->next_us : adopt_us;
}

static void dies(struct peer *peer)
{
    (void)peer; /* keys are on disk; who asked asks again */
}

static void takes(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    struct keyring *keyring = world->keyring;
    struct reject reject;
    struct problems problems = {.count = 0};

    if (text_is(envelope->type, "DIRECTORY_RESULT") && envelope->answers.size == 16 &&
        memcmp(envelope->answers.data, keyring->asked, 16) == 0 && keyring->asked_version > keyring->in_force) {
        keyring->in_force = keyring->asked_version;
        world_say("directory %llu is in force, %s is told", (unsigned long long)keyring->in_force, peer->name);
    }
    if (text_is(envelope->type, "REJECT") &&
        record_decode(&record_reject, parcel->frames[1], peer_arena(), &reject, &problems) == STATUS_OK &&
        text_is(reject.code, "REVOKED_KEY"))
        keyring->adopt_us[peer->index] = world->now_us + 1000;
}

static bool keeps(struct peer *peer, struct owed *owed, const struct receipt *receipt)
{
    (void)peer;
    (void)owed;
    (void)receipt;
    return false;
}

/* ---- at rest ---- */

static void take_directory(struct bytes body)
{
    struct keyring *keyring = world->keyring;
    struct fact_directory fact;
    struct problems problems = {.count = 0};

    arena_reset(peer_arena());
    if (record_decode(&record_fact_directory, body, peer_arena(), &fact, &problems) != STATUS_OK)
        return;
    keyring->revoked_rows = 0;
    for (uint32_t i = 0; i < fact.rows.count; i++)
        for (uint32_t k = 0; fact.rows.items[i].revoked_at.is_present && k < keyring->row_count; k++)
            if (text_is(fact.rows.items[i].key, keyring->rows[k].key))
                keyring->revoked_rows |= UINT64_C(1) << k;
}

void keyring_judge_record(const struct keeper_origin *origin)
{
    const struct keyring *keyring = world->keyring;

    if (!world_has(FEATURE_KEYS))
        return;
    if (text_is(origin->envelope.type, "FACT_DIRECTORY"))
        take_directory(origin->entry.body);
    const struct carried *carried = table_find(&keyring->carried, origin->envelope.message_id);
    if (!text_is(origin->entry.sender, "K") && carried != NULL && (carried->rows & ~keyring->revoked_rows) == 0)
        oracle_fails(&world->oracle, "", "P8: record %llu came by a key of %.*s that the directory before it revokes",
                     (unsigned long long)origin->entry.sequence, TEXT_ARGS(origin->entry.sender));
}

const struct business keyring_business = {wakes, next_us, dies, takes, keeps};
