#include "tests/sim/materials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/store/journal.h"
#include "tests/sim/business.h"
#include "tests/sim/world.h"

enum {
    FILE_COUNT_MAX = 256,
    FETCH_COUNT_MAX = 512,
    PENDING_COUNT_MAX = 64,
    PIECE_SIZE = MESSAGE_CHUNK_SIZE_MAX,
    PIECE_COUNT_MAX = 3,
    BIG_COUNT_MAX = 1, /* of several pieces; each costs milliseconds */
    IN_FLIGHT_MAX = 2,
    ASK_US = 3000000,
};

/* A file, as its branch has it. */
struct carried_file {
    uint32_t branch; /* among all peers */
    uint8_t digest[32];
    char name[65]; /* the same in hex */
    uint8_t *bytes;
    uint32_t size;
    uint32_t sent;             /* up to here its pieces are in the outbox, or were */
    uint32_t round;            /* how often it was begun anew */
    bool has[PIECE_COUNT_MAX]; /* of this round: its receipt is there */
    bool is_spoilt;            /* the last piece is damaged before it is sent */
    bool must_ask;             /* how much does the broker hold? */
    int64_t ask_us;
};

/* A file, as far as a window has fetched it for a case; on its disk. */
struct fetch {
    uint32_t window;
    char case_id[CASE_ID_SIZE + 1];
    uint8_t digest[32];
    uint32_t size;
    uint32_t got;
    uint8_t *bytes;
};

/* A delivery whose files are on their way; in memory. */
struct pending {
    uint32_t window;
    char case_id[CASE_ID_SIZE + 1];
    struct parcel *parcel;
};

struct materials {
    struct carried_file files[FILE_COUNT_MAX];
    uint32_t file_count;
    uint32_t big_count;
    struct fetch fetches[FETCH_COUNT_MAX];
    uint32_t fetch_count;
    struct pending pending[PENDING_COUNT_MAX];
    uint32_t pending_count;
};

static void *take(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        abort();
    return memory;
}

void materials_open(void)
{
    world->materials = take(sizeof *world->materials);
}

void materials_close(void)
{
    struct materials *materials = world->materials;

    for (uint32_t i = 0; i < materials->file_count; i++)
        free(materials->files[i].bytes);
    for (uint32_t i = 0; i < materials->fetch_count; i++)
        free(materials->fetches[i].bytes);
    for (uint32_t i = 0; i < materials->pending_count; i++)
        free(materials->pending[i].parcel);
    free(materials);
    world->materials = NULL;
}

static void fails(const char *case_id, const char *what, const char *name)
{
    oracle_fails(&world->oracle, case_id, "%s: %.16s...", what, name);
}

/* ---- the branch sends ---- */

static uint32_t piece_count(const struct carried_file *file)
{
    return (file->size + PIECE_SIZE - 1) / PIECE_SIZE;
}

/* Bytes from the beginning that have their receipts. */
static uint32_t receipted(const struct carried_file *file)
{
    uint32_t i = 0;

    while (i < piece_count(file) && file->has[i])
        i++;
    return i == piece_count(file) ? file->size : i * PIECE_SIZE;
}

/* Pieces in the outbox; `settled` has just had its answer. */
static uint32_t in_flight(const struct peer *branch, uint32_t index, const struct owed *settled)
{
    uint32_t count = 0;

    for (const struct owed *owed = branch->owes; owed != NULL; owed = owed->next)
        count += owed->type == MESSAGE_MATERIAL_CHUNK && owed->file == index && owed != settled;
    return count;
}

static void send_piece(struct peer *branch, uint32_t index)
{
    struct carried_file *file = &world->materials->files[index];
    const uint32_t left = file->size - file->sent;
    const uint32_t size = left < PIECE_SIZE ? left : PIECE_SIZE;
    uint8_t *last = &file->bytes[file->size - 1];
    const bool is_damaged = file->is_spoilt && size == left;
    uint8_t digest[32];

    *last ^= is_damaged;
    digest_sm3(bytes_of(file->bytes + file->sent, size), digest);
    const struct material_chunk piece = {.file_digest = bytes_of(file->digest, sizeof file->digest),
                                         .size = number_of(file->size),
                                         .offset = number_of(file->sent),
                                         .digest = bytes_of(digest, sizeof digest),
                                         .is_present = true};
    struct owed *owed = peer_owe(branch, MESSAGE_MATERIAL_CHUNK, "", &piece, bytes_of(file->bytes + file->sent, size));
    *last ^= is_damaged;
    owed->file = index;
    owed->offset = file->sent;
    owed->round = file->round;
    file->sent += size;
}

static void send_some(struct peer *branch, uint32_t index, const struct owed *settled)
{
    const struct carried_file *file = &world->materials->files[index];

    while (!file->must_ask && file->sent < file->size && in_flight(branch, index, settled) < IN_FLIGHT_MAX)
        send_piece(branch, index);
}

static void begin_anew(struct carried_file *file)
{
    file->round++;
    file->sent = 0;
    memset(file->has, 0, sizeof file->has);
}

static void ask(struct carried_file *file)
{
    file->must_ask = true;
    file->ask_us = world->now_us;
    peer_wake_at(&world->peers[file->branch], world->now_us);
}

static void make_file(struct carried_file *file, uint32_t branch)
{
    struct materials *materials = world->materials;
    const bool is_big = materials->big_count < BIG_COUNT_MAX && random_once_in(&world->random, 4);

    materials->big_count += is_big;
    *file = (struct carried_file){.branch = branch,
                                  .size = 1 + random_below(&world->random, 3000),
                                  .is_spoilt = random_once_in(&world->random, 6)};
    if (is_big)
        file->size += PIECE_SIZE * (1 + random_below(&world->random, PIECE_COUNT_MAX - 1));
    file->bytes = take(file->size);
    for (uint32_t i = 0; i < file->size; i += is_big ? 512 : 8)
        file->bytes[i] = (uint8_t)random_next(&world->random);
    digest_sm3(bytes_of(file->bytes, file->size), file->digest);
    for (uint32_t i = 0; i < sizeof file->digest; i++)
        snprintf(file->name + (size_t)2 * i, 3, "%02x", file->digest[i]);
}

/* A new file, or one that an earlier application of the branch named already. */
static struct carried_file *some_file(struct peer *branch)
{
    struct materials *materials = world->materials;
    const uint32_t first = random_below(&world->random, materials->file_count);

    for (uint32_t i = first; i < materials->file_count && random_once_in(&world->random, 4); i++)
        if (materials->files[i].branch == branch->index)
            return &materials->files[i];
    if (materials->file_count == FILE_COUNT_MAX)
        return NULL;
    make_file(&materials->files[materials->file_count++], branch->index);
    send_some(branch, materials->file_count - 1, NULL);
    return &materials->files[materials->file_count - 1];
}

bool materials_carry(struct peer *branch, struct case_submit *application, struct material room[CARRYING_COUNT_MAX])
{
    const uint32_t count = application->materials.count;
    bool is_waiting = false;

    if (!world_has(FEATURE_FILES) || count > CARRYING_COUNT_MAX || random_once_in(&world->random, 2))
        return false;
    memcpy(room, application->materials.items, count * sizeof *room);
    application->materials.items = room;
    for (uint32_t i = 0; i < count; i++) {
        const struct carried_file *file = random_once_in(&world->random, 4) ? some_file(branch) : NULL;
        if (file == NULL)
            continue;
        room[i].sm3 = text_of(file->name);
        room[i].size = number_of(file->size);
        room[i].mime = text_of("application/pdf");
        room[i].is_carried = number_of(true);
        is_waiting |= receipted(file) < file->size;
    }
    return is_waiting;
}

/* Applications that may have waited for it. */
static void release(struct peer *branch)
{
    for (struct owed *owed = branch->owes; owed != NULL; owed = owed->next)
        if (owed->type == MESSAGE_CASE_SUBMIT)
            owed->due_us = world->now_us;
    peer_wake_at(branch, world->now_us);
}

static void file_grows(struct peer *branch, uint32_t index, const struct owed *settled)
{
    struct carried_file *file = &world->materials->files[index];

    if (receipted(file) == file->size) {
        if (file->is_spoilt)
            fails("", "P7: a file is whole, and it is not what its name says", file->name);
        release(branch);
        return;
    }
    if (!world->is_trouble_over && random_once_in(&world->random, 10))
        begin_anew(file);
    send_some(branch, index, settled);
}

static bool keeps(struct peer *peer, struct owed *owed, const struct receipt *receipt)
{
    struct carried_file *file = &world->materials->files[owed->file];

    (void)receipt;
    if (owed->type != MESSAGE_MATERIAL_CHUNK)
        return false;
    if (owed->round == file->round)
        file->has[owed->offset / PIECE_SIZE] = true;
    file_grows(peer, owed->file, owed);
    return false;
}

bool materials_may_refuse(struct peer *branch, const struct owed *owed, struct text code)
{
    struct carried_file *file = &world->materials->files[owed->file];

    if (text_is(code, "MATERIAL_ORDER")) {
        ask(file);
        return true;
    }
    if (!text_is(code, "DIGEST") || !file->is_spoilt)
        return false;
    world_say("%s sends the file %.16s... anew, its last piece was damaged", branch->name, file->name);
    file->is_spoilt = false;
    begin_anew(file);
    send_some(branch, owed->file, owed);
    return true;
}

static struct carried_file *file_of(const struct peer *branch, struct bytes digest)
{
    struct materials *materials = world->materials;

    for (uint32_t i = 0; i < materials->file_count; i++)
        if (materials->files[i].branch == branch->index &&
            bytes_equal(digest, bytes_of(materials->files[i].digest, sizeof materials->files[i].digest)))
            return &materials->files[i];
    return NULL;
}

static void drop_pieces(struct peer *branch, uint32_t index)
{
    for (struct owed *owed = branch->owes; owed != NULL;) {
        struct owed *next = owed->next;
        if (owed->type == MESSAGE_MATERIAL_CHUNK && owed->file == index)
            owed_done(branch, owed);
        owed = next;
    }
}

static void takes_held(struct peer *branch, const struct parcel *parcel)
{
    struct material_ack answer;
    struct problems problems = {.count = 0};

    if (record_decode(&record_material_ack, parcel->frames[1], peer_arena(), &answer, &problems) != STATUS_OK)
        return;
    struct carried_file *file = file_of(branch, answer.file_digest);
    if (file == NULL) {
        oracle_fails(&world->oracle, "", "P10: %s is told about a file that is not its own", branch->name);
        return;
    }
    const uint32_t index = (uint32_t)(file - world->materials->files);
    const uint32_t held = (uint32_t)answer.held.value;
    if (held < receipted(file))
        fails("", "P1: the broker holds less of a file than it gave receipts for", file->name);
    if (held > file->size || (held < file->size && held % PIECE_SIZE != 0))
        fails("", "P7: the broker says it holds what was never sent of a file", file->name);
    if (!file->must_ask || world->oracle.has_failed)
        return;
    world_say("%s goes on with the file %.16s... at %u of %u", branch->name, file->name, held, file->size);
    file->must_ask = false;
    drop_pieces(branch, index);
    for (uint32_t i = 0; i < PIECE_COUNT_MAX; i++)
        file->has[i] = i * PIECE_SIZE < held;
    file->sent = held;
    file_grows(branch, index, NULL);
}

/* After a break a branch asks how much got through, or sends again what it owes. */
static void session_stands(struct peer *branch)
{
    struct materials *materials = world->materials;

    for (uint32_t i = 0; i < materials->file_count; i++) {
        struct carried_file *file = &materials->files[i];
        if (file->branch == branch->index && receipted(file) < file->size && random_once_in(&world->random, 2))
            ask(file);
    }
}

static void wakes(struct peer *peer)
{
    struct materials *materials = world->materials;

    for (uint32_t i = 0; peer->has_session && i < materials->file_count; i++) {
        struct carried_file *file = &materials->files[i];
        if (file->branch != peer->index || !file->must_ask || file->ask_us > world->now_us)
            continue;
        const struct material_query query = {.file_digest = bytes_of(file->digest, sizeof file->digest),
                                             .is_present = true};
        peer_tell(peer, MESSAGE_MATERIAL_QUERY, text_of(NULL), NULL, &query);
        file->ask_us = world->now_us + ASK_US;
    }
}

static int64_t next_us(const struct peer *peer)
{
    const struct materials *materials = world->materials;
    int64_t next = INT64_MAX;

    for (uint32_t i = 0; peer->has_session && i < materials->file_count; i++)
        if (materials->files[i].branch == peer->index && materials->files[i].must_ask &&
            materials->files[i].ask_us < next)
            next = materials->files[i].ask_us;
    return next;
}

/* ---- the window fetches ---- */

static struct fetch *fetch_of(uint32_t window, struct text case_id, struct bytes digest)
{
    struct materials *materials = world->materials;

    for (uint32_t i = 0; i < materials->fetch_count; i++) {
        struct fetch *fetch = &materials->fetches[i];
        if (fetch->window == window && text_is(case_id, fetch->case_id) &&
            bytes_equal(digest, bytes_of(fetch->digest, sizeof fetch->digest)))
            return fetch;
    }
    return NULL;
}

static void digest_named(struct text name, uint8_t out[32])
{
    for (uint32_t i = 0; i < 32; i++) {
        const char pair[3] = {name.data[2 * i], name.data[2 * i + 1], '\0'};
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
}

static struct fetch *fetch_begun(uint32_t window, struct text case_id, const struct material *material)
{
    struct materials *materials = world->materials;
    uint8_t digest[32];

    digest_named(material->sm3, digest);
    struct fetch *fetch = fetch_of(window, case_id, bytes_of(digest, sizeof digest));
    if (fetch != NULL || materials->fetch_count == FETCH_COUNT_MAX)
        return fetch;
    fetch = &materials->fetches[materials->fetch_count++];
    *fetch = (struct fetch){.window = window, .size = (uint32_t)material->size.value};
    snprintf(fetch->case_id, sizeof fetch->case_id, "%.*s", TEXT_ARGS(case_id));
    memcpy(fetch->digest, digest, sizeof fetch->digest);
    fetch->bytes = take(fetch->size);
    return fetch;
}

static void ask_piece(struct peer *window, const struct fetch *fetch)
{
    const struct material_get get = {.file_digest = bytes_of(fetch->digest, sizeof fetch->digest),
                                     .offset = number_of(fetch->got),
                                     .is_present = true};
    peer_tell(window, MESSAGE_MATERIAL_GET, text_of(fetch->case_id), NULL, &get);
}

/* The first file of the application that is not there yet; NULL when all are. */
static struct fetch *fetch_missing(const struct peer *window, struct text case_id, struct bytes origin)
{
    struct case_submit application;
    struct problems problems = {.count = 0};

    if (record_decode(&record_case_submit, origin, peer_arena(), &application, &problems) != STATUS_OK)
        return NULL;
    for (uint32_t i = 0; i < application.materials.count; i++) {
        const struct material *material = &application.materials.items[i];
        struct fetch *fetch = material->is_carried.value != 0 ? fetch_begun(window->place, case_id, material) : NULL;
        if (fetch != NULL && fetch->got < fetch->size)
            return fetch;
    }
    return NULL;
}

static struct parcel *copy(const struct parcel *parcel)
{
    size_t size = sizeof *parcel;
    for (uint32_t i = 0; i < parcel->frame_count; i++)
        size += parcel->frames[i].size;
    struct parcel *out = take(size);
    uint8_t *place = out->data;
    out->frame_count = parcel->frame_count;
    for (uint32_t i = 0; i < parcel->frame_count; i++) {
        memcpy(place, parcel->frames[i].data, parcel->frames[i].size);
        out->frames[i] = bytes_of(place, parcel->frames[i].size);
        place += parcel->frames[i].size;
    }
    return out;
}

bool materials_are_there(struct peer *window, const struct envelope *envelope, const struct parcel *parcel,
                         const struct case_deliver *deliver)
{
    struct materials *materials = world->materials;

    if (!text_is(deliver->origin_type, "CASE_SUBMIT"))
        return true;
    const struct fetch *missing = fetch_missing(window, envelope->case_id, parcel->frames[2]);
    if (missing == NULL)
        return true;
    ask_piece(window, missing);
    for (uint32_t i = 0; i < materials->pending_count; i++)
        if (text_is(envelope->case_id, materials->pending[i].case_id))
            return false;
    if (materials->pending_count == PENDING_COUNT_MAX)
        return false; /* it comes again */
    struct pending *pending = &materials->pending[materials->pending_count++];
    *pending = (struct pending){.window = window->place, .parcel = copy(parcel)};
    snprintf(pending->case_id, sizeof pending->case_id, "%.*s", TEXT_ARGS(envelope->case_id));
    return false;
}

bool materials_is_fetched(struct text case_id)
{
    for (uint32_t i = 0; i < world->materials->fetch_count; i++)
        if (text_is(case_id, world->materials->fetches[i].case_id))
            return true;
    return false;
}

/* What waited for files of this case is looked at once more. */
static void retake(struct peer *window, const char *case_id)
{
    struct materials *materials = world->materials;
    uint32_t i = 0;

    while (i < materials->pending_count && strcmp(materials->pending[i].case_id, case_id) != 0)
        i++;
    if (i == materials->pending_count)
        return;
    struct parcel *parcel = materials->pending[i].parcel;
    materials->pending[i] = materials->pending[--materials->pending_count];
    peer_takes(window, window->line, parcel);
    free(parcel);
}

/* A window that asks for what is another's gets nothing. */
static void probe(const struct peer *window, const struct fetch *fetch)
{
    struct peer *other = &world->peers[random_below(&world->random, world->peer_count)];
    const struct material_get get = {
        .file_digest = bytes_of(fetch->digest, sizeof fetch->digest), .offset = number_of(0), .is_present = true};

    if (other->role == ROLE_WINDOW && other != window && other->has_session)
        peer_tell(other, MESSAGE_MATERIAL_GET, text_of(fetch->case_id), NULL, &get);
}

static void takes_piece(struct peer *window, const struct envelope *envelope, const struct parcel *parcel)
{
    struct material_part part;
    struct problems problems = {.count = 0};
    uint8_t digest[32];
    char id[CASE_ID_SIZE + 1];

    snprintf(id, sizeof id, "%.*s", TEXT_ARGS(envelope->case_id));
    if (parcel->frame_count < 3 ||
        record_decode(&record_material_part, parcel->frames[1], peer_arena(), &part, &problems) != STATUS_OK) {
        oracle_fails(&world->oracle, id, "a MATERIAL_PART to %s cannot be read", window->name);
        return;
    }
    struct fetch *fetch = fetch_of(window->place, envelope->case_id, part.file_digest);
    const struct bytes piece = parcel->frames[2];
    if (fetch == NULL) {
        oracle_fails(&world->oracle, id, "P10: %s gets a file that no case of it carries", window->name);
        return;
    }
    digest_sm3(piece, digest);
    if (memcmp(digest, part.digest.data, sizeof digest) != 0 || part.size.value != fetch->size)
        oracle_fails(&world->oracle, id, "P8: a piece of a file of %s is not what its branch sent", id);
    if ((uint64_t)part.offset.value != fetch->got || piece.size > fetch->size - fetch->got)
        return; /* it came before */
    memcpy(fetch->bytes + fetch->got, piece.data, piece.size);
    fetch->got += piece.size;
    if (fetch->got == fetch->size)
        digest_sm3(bytes_of(fetch->bytes, fetch->size), digest);
    if (fetch->got == fetch->size && memcmp(digest, fetch->digest, sizeof digest) != 0)
        oracle_fails(&world->oracle, id, "P8: a file that %s fetched is not what its name says", window->name);
    world_say("%s has %u of %u of a file of %s", window->name, fetch->got, fetch->size, id);
    if (fetch->got < fetch->size)
        ask_piece(window, fetch);
    else
        retake(window, id);
    probe(window, fetch);
}

static void dies(struct peer *peer)
{
    struct materials *materials = world->materials;
    uint32_t kept = 0;

    for (uint32_t i = 0; peer->role == ROLE_WINDOW && i < materials->pending_count; i++) {
        if (materials->pending[i].window == peer->place)
            free(materials->pending[i].parcel);
        else
            materials->pending[kept++] = materials->pending[i];
    }
    if (peer->role == ROLE_WINDOW)
        materials->pending_count = kept;
}

static void takes(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    if (text_is(envelope->type, "MATERIAL_ACK"))
        takes_held(peer, parcel);
    else if (text_is(envelope->type, "MATERIAL_PART"))
        takes_piece(peer, envelope, parcel);
    else if (text_is(envelope->type, "HELLO_ACK") && peer->role == ROLE_BRANCH)
        session_stands(peer);
}

const struct business materials_business = {wakes, next_us, dies, takes, keeps};
