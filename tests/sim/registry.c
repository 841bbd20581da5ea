#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/window/booking.h"
#include "broker/store/journal.h"
#include "schemas/recon.h"
#include "tests/sim/books.h"
#include "tests/sim/peer.h"
#include "tests/sim/world.h"

/* A window with its registry: an inbox on disk, and a registry that decides each
 * case in its own time. What it decides is the truth the branches must hear. */

enum { ENTRY_COUNT_MAX = 1024, PROOF_SIZE = 24, FAR_US = 20000000 };

enum stage { STAGE_NEW, STAGE_ACCEPTED, STAGE_BOOKED, STAGE_ENDED };

struct entry {
    char case_id[CASE_ID_SIZE + 1];
    struct bytes application; /* owned */
    uint64_t stored;          /* numbers of deliveries, a bit each */
    enum stage stage;
    int64_t next_us; /* INT64_MAX: it waits for the branch */
    uint32_t round;
    bool has_asked_again; /* once before and once after acceptance: more rounds an operator must allow */
    bool is_suspended;
    char number[40];
    char proof[80];
};

struct registry_sim {
    struct entry entries[ENTRY_COUNT_MAX];
    uint32_t count;
    uint32_t proof_last;
};

const char *window_name(uint32_t window)
{
    static const char *const names[] = {"W:370102", "W:370114", "W:370104", "W:370115"};
    return names[window];
}

/* Of a window that took the place of another one; its own where it did not. */
const char *window_code_before(uint32_t window)
{
    static const char *const codes[] = {"370102", "370181", "370104", "370125"};
    return codes[window];
}

void unit_name(uint32_t window, uint32_t unit, char out[UNIT_NUMBER_SIZE + 1])
{
    snprintf(out, UNIT_NUMBER_SIZE + 1, "%.6s999001GB00001F0001%04u", window_name(window) + 2, 1 + unit % 1000);
}

void registry_make(struct peer *peer)
{
    peer->registry = calloc(1, sizeof *peer->registry);
    if (peer->registry == NULL)
        abort();
}

void registry_drop(struct peer *peer)
{
    for (uint32_t i = 0; i < peer->registry->count; i++)
        free((void *)(uintptr_t)peer->registry->entries[i].application.data);
    free(peer->registry);
}

int64_t registry_next_us(const struct peer *peer)
{
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < peer->registry->count; i++)
        if (peer->registry->entries[i].next_us < next)
            next = peer->registry->entries[i].next_us;
    return next;
}

static int64_t soon_us(void)
{
    if (!world->is_trouble_over && random_once_in(&world->random, 6))
        return world->now_us + random_between(&world->random, 1000000, FAR_US);
    return world->now_us + random_between(&world->random, 1000, 1500000);
}

/* ---- saying ---- */

static void say(struct peer *peer, struct entry *entry, enum message_type type, const void *body, struct bytes chunk)
{
    const struct owed *owed = peer_owe(peer, type, entry->case_id, body, chunk);
    oracle_sees_said(&world->oracle, owed->id, type, entry->case_id, owed->digest);
    world_say("%s says %s of %s", peer->name, message_kind(type)->name, entry->case_id);
}

static void say_plain(struct peer *peer, struct entry *entry, enum message_type type, const void *body)
{
    say(peer, entry, type, body, (struct bytes){NULL, 0});
}

static void accept(struct peer *peer, struct entry *entry)
{
    char number[sizeof entry->number];

    snprintf(number, sizeof number, "YW-%s", entry->case_id);
    memcpy(entry->number, number, sizeof number);
    const struct case_accepted accepted = {
        .number = text_of(entry->number), .accepted_at = number_of(world->now_us), .is_present = true};
    entry->stage = STAGE_ACCEPTED;
    say_plain(peer, entry, MESSAGE_CASE_ACCEPTED, &accepted);
}

static void ask_supplement(struct peer *peer, struct entry *entry)
{
    struct supplement_item item = {.code = text_of("FORM"),
                                   .path = text_of("units/0/zl"),
                                   .text = text_of("坐落与登记簿不符"),
                                   .needs_new_signature = number_of(0),
                                   .needs_citizen = number_of(0),
                                   .is_present = true};
    const struct supplement_req asked = {.round = number_of(++entry->round),
                                         .items = {&item, 1, true},
                                         .is_final_list = number_of(1),
                                         .is_present = true};
    entry->next_us = INT64_MAX;
    entry->has_asked_again |= entry->stage != STAGE_NEW;
    say_plain(peer, entry, MESSAGE_SUPPLEMENT_REQ, &asked);
}

static void refuse_at_the_counter(struct peer *peer, struct entry *entry)
{
    struct reason reason = {
        .family = text_of("UNIT"), .text = text_of("sim"), .avoidable = text_of("no"), .is_present = true};
    const struct case_not_accepted refused = {.reasons = {&reason, 1, true}, .is_present = true};
    entry->stage = STAGE_ENDED;
    say_plain(peer, entry, MESSAGE_CASE_NOT_ACCEPTED, &refused);
}

static void refuse(struct peer *peer, struct entry *entry)
{
    const struct case_refused refused = {
        .ground = number_of(1), .text = text_of("sim"), .document = text_of("D-1"), .is_present = true};
    entry->stage = STAGE_ENDED;
    say_plain(peer, entry, MESSAGE_CASE_REFUSED, &refused);
}

static void suspend_or_resume(struct peer *peer, struct entry *entry)
{
    const struct suspend suspend = {.reason = text_of("sim"), .authority = text_of("sim"), .is_present = true};
    const struct resume resume = {.reason = text_of("sim"), .is_present = true};

    entry->is_suspended = !entry->is_suspended;
    if (entry->is_suspended)
        say_plain(peer, entry, MESSAGE_SUSPEND, &suspend);
    else
        say_plain(peer, entry, MESSAGE_RESUME, &resume);
}

static void note_booking(const struct peer *peer, const struct entry *entry, const struct case_submit *application,
                         const struct case_booked *booked)
{
    const struct told_case *told = oracle_case(&world->oracle, text_of(entry->case_id));
    const struct booked_entry noted = {.case_id = text_of(entry->case_id),
                                       .window = text_of(peer->name),
                                       .branch = text_of(peer_name(told->filed->branch)),
                                       .kind = application->kind,
                                       .number = booked->number,
                                       .proof = booked->proof,
                                       .booked_at = booked->booked_at.value,
                                       .amount = recon_amount_of(booked)};

    books_note(peer, &noted);
}

static void book(struct peer *peer, struct entry *entry)
{
    struct case_submit application;
    struct case_booked booked;
    struct problems problems = {.count = 0};

    arena_reset(peer_arena());
    snprintf(entry->proof, sizeof entry->proof, "鲁（2026）济南市不动产证明第%u%06u号", peer->place + 1,
             ++peer->registry->proof_last);
    const struct booking booking = {.number = text_of(entry->number),
                                    .proof = text_of(entry->proof),
                                    .registrar = text_of("1042"),
                                    .title = text_of("鲁（2026）济南市不动产权第0099999号"),
                                    .booked_at = world->now_us};
    if (record_decode(&record_case_submit, entry->application, peer_arena(), &application, &problems) != STATUS_OK ||
        booking_fill(&application, &booking, peer_arena(), &booked) != STATUS_OK)
        abort();
    entry->stage = STAGE_BOOKED;
    if (booked.proof.data != entry->proof) /* a cancellation keeps the number of what it ends */
        snprintf(entry->proof, sizeof entry->proof, "%.*s", TEXT_ARGS(booked.proof));
    oracle_sees_booked(&world->oracle, entry->case_id, entry->proof);
    say_plain(peer, entry, MESSAGE_CASE_BOOKED, &booked);
    note_booking(peer, entry, &application, &booked);
}

static void certify(struct peer *peer, struct entry *entry)
{
    uint8_t file[64], digest[32];

    memset(file, (int)entry->proof[0], sizeof file);
    memcpy(file, entry->case_id, CASE_ID_SIZE);
    digest_sm3(bytes_of(file, sizeof file), digest);
    const struct cert_issued issued = {.number = text_of(entry->number),
                                       .proof = text_of(entry->proof),
                                       .file_digest = bytes_of(digest, sizeof digest),
                                       .file_size = number_of(sizeof file),
                                       .mime = text_of("application/pdf"),
                                       .is_present = true};
    entry->stage = STAGE_ENDED;
    say(peer, entry, MESSAGE_CERT_ISSUED, &issued, bytes_of(file, sizeof file));
    books_note_proof(peer, text_of(entry->case_id));
}

/* ---- deciding ---- */

static bool wants_supplement(const struct entry *entry)
{
    const bool may_ask = entry->stage == STAGE_NEW ? entry->round == 0 : !entry->has_asked_again;
    return world_has(FEATURE_SUPPLEMENT) && may_ask && random_once_in(&world->random, 5);
}

static void examine(struct peer *peer, struct entry *entry)
{
    const struct progress progress = {.step = text_of("初审"), .is_present = true};
    const uint32_t choice = random_below(&world->random, 12);

    if (entry->is_suspended || choice == 0)
        suspend_or_resume(peer, entry);
    else if (choice < 3)
        say_plain(peer, entry, MESSAGE_STATUS, &progress);
    else if (wants_supplement(entry))
        ask_supplement(peer, entry);
    else if (choice == 3)
        refuse(peer, entry);
    else
        book(peer, entry);
}

static void decide(struct peer *peer, struct entry *entry)
{
    entry->next_us = soon_us();
    switch (entry->stage) {
    case STAGE_NEW:
        if (random_once_in(&world->random, 12))
            refuse_at_the_counter(peer, entry);
        else if (wants_supplement(entry))
            ask_supplement(peer, entry);
        else
            accept(peer, entry);
        break;
    case STAGE_ACCEPTED:
        examine(peer, entry);
        break;
    case STAGE_BOOKED:
        certify(peer, entry);
        break;
    case STAGE_ENDED:
        break;
    }
    if (entry->stage == STAGE_ENDED)
        entry->next_us = INT64_MAX;
}

void registry_wake(struct peer *peer)
{
    for (uint32_t i = 0; i < peer->registry->count; i++)
        if (peer->registry->entries[i].next_us <= world->now_us)
            decide(peer, &peer->registry->entries[i]);
}

/* ---- taking ---- */

static struct entry *entry_of(struct registry_sim *registry, struct text case_id)
{
    for (uint32_t i = registry->count; i-- > 0;)
        if (text_is(case_id, registry->entries[i].case_id))
            return &registry->entries[i];
    return NULL;
}

static struct entry *entry_make(struct registry_sim *registry, struct text case_id, struct bytes application)
{
    if (registry->count == ENTRY_COUNT_MAX)
        return NULL;
    struct entry *entry = &registry->entries[registry->count++];
    uint8_t *copy = malloc(application.size);
    if (copy == NULL)
        abort();
    memcpy(copy, application.data, application.size);
    snprintf(entry->case_id, sizeof entry->case_id, "%.*s", TEXT_ARGS(case_id));
    entry->application = bytes_of(copy, application.size);
    entry->next_us = soon_us();
    return entry;
}

/* The registry decides: what is in its book, or ended, is not withdrawn any more. */
static void answer_withdrawal(struct peer *peer, struct entry *entry)
{
    const bool is_too_late = entry->stage == STAGE_BOOKED || entry->stage == STAGE_ENDED;
    struct withdraw_result result = {.result = text_of(is_too_late ? "too_late" : "ok"), .is_present = true};

    if (is_too_late && entry->proof[0] != '\0')
        result.booked_at = number_of(world->now_us);
    if (!is_too_late) {
        entry->stage = STAGE_ENDED;
        entry->next_us = INT64_MAX;
    }
    say_plain(peer, entry, MESSAGE_WITHDRAW_RESULT, &result);
}

static void take_new(struct peer *peer, const struct case_deliver *deliver, struct entry *entry)
{
    if (text_is(deliver->origin_type, "WITHDRAW_REQ"))
        answer_withdrawal(peer, entry);
    else if (text_is(deliver->origin_type, "SUPPLEMENT_SUBMIT") && entry->stage != STAGE_ENDED)
        entry->next_us = soon_us();
}

static void judge_digest(const struct case_deliver *deliver, struct bytes origin, struct text case_id)
{
    uint8_t digest[32];
    char id[CASE_ID_SIZE + 1];

    digest_sm3(origin, digest);
    snprintf(id, sizeof id, "%.*s", TEXT_ARGS(case_id));
    if (memcmp(digest, deliver->origin_digest.data, sizeof digest) != 0)
        oracle_fails(&world->oracle, id, "P8: delivery %lld of %s is not what was sent",
                     (long long)deliver->number.value, id);
}

static uint32_t sum_of(struct text case_id)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < case_id.size; i++)
        sum = sum * 31 + (uint8_t)case_id.data[i];
    return sum;
}

/* Some cases lie as poison in the window's way while there is trouble: it is there, and does not take them. */
static bool cannot_digest(struct text case_id)
{
    return world_troubles(FEATURE_PARK) && sum_of(case_id) % 8 == world->options.seed % 8;
}

/* It says why, each time, or nothing at all. */
static void leave(struct peer *peer, struct text case_id, const struct case_deliver *deliver)
{
    static const char *const classes[] = {"transient", "busy", "permanent", "poison"};
    const uint32_t choice = sum_of(case_id) / 8 % 8;
    const struct delivery_failed failed = {
        .number = deliver->number, .class = text_of(classes[choice % 4]), .cause = text_of("sim"), .is_present = true};
    char id[CASE_ID_SIZE + 1];

    if (choice >= 4)
        return;
    snprintf(id, sizeof id, "%.*s", TEXT_ARGS(case_id));
    peer_owe(peer, MESSAGE_DELIVERY_FAILED, id, &failed, (struct bytes){NULL, 0});
    world_say("%s does not take delivery %lld of %s (%s)", peer->name, (long long)deliver->number.value, id,
              classes[choice]);
}

void registry_takes(struct peer *peer, const struct envelope *envelope, const struct case_deliver *deliver,
                    struct bytes origin)
{
    const struct delivered delivered = {.number = deliver->number, .is_present = true};
    struct entry *entry = entry_of(peer->registry, envelope->case_id);
    const uint64_t bit = UINT64_C(1) << (deliver->number.value % 64);

    judge_digest(deliver, origin, envelope->case_id);
    if (cannot_digest(envelope->case_id)) {
        leave(peer, envelope->case_id, deliver);
        return;
    }
    if (entry == NULL || (entry->stored & bit) == 0) {
        oracle_sees_stored(&world->oracle, peer->place, envelope->case_id, deliver);
        world_say("%s stores delivery %lld of %.*s (%.*s)", peer->name, (long long)deliver->number.value,
                  TEXT_ARGS(envelope->case_id), TEXT_ARGS(deliver->origin_type));
        if (entry == NULL)
            entry = entry_make(peer->registry, envelope->case_id, origin);
        if (entry == NULL)
            return;
        entry->stored |= bit;
        take_new(peer, deliver, entry);
    }
    peer_tell(peer, MESSAGE_DELIVERED, envelope->case_id, envelope->message_id.data, &delivered);
}
