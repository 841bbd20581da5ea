#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/store/journal.h"
#include "tests/sim/acts.h"
#include "tests/sim/alerts.h"
#include "tests/sim/books.h"
#include "tests/sim/kinds.h"
#include "tests/sim/materials.h"
#include "tests/sim/peer.h"
#include "tests/sim/ruling.h"
#include "tests/sim/titles.h"
#include "tests/sim/world.h"

/* A branch: files applications, keeps the feed, answers supplements, checks
 * proofs, withdraws now and then. */

enum { BANK_CASE_COUNT_MAX = 512, APPLICATION_COUNT_MAX = 512, FILES_US = 60000000 };

struct bank_case {
    char id[CASE_ID_SIZE + 1];
    bool is_ended;
    struct mortgage mortgage; /* from its certificate; proof "" for none */
};

struct application {
    uint32_t number;
    uint32_t window;
    uint32_t units[ORACLE_UNIT_COUNT_MAX];
    uint32_t unit_count;
    struct kind_chosen chosen;
    bool has_old_code; /* its units bear the code of a merged district */
    bool has_more;     /* a material that the rules of its window may ask for */
};

struct bank {
    int64_t event_number; /* on disk */
    int64_t urgent_number;
    int64_t acked; /* told to the broker */
    struct bank_case cases[BANK_CASE_COUNT_MAX];
    uint32_t case_count;
    struct application made[APPLICATION_COUNT_MAX];
    uint32_t made_count;
    uint32_t left; /* applications still to be made */
    int64_t next_us;
    int64_t pace_us; /* the longest time between two */
};

static uint32_t number_last;

void bank_make(struct peer *peer)
{
    const struct options *options = &world->options;

    if (peer->place == 0)
        number_last = 0;
    peer->bank = calloc(1, sizeof *peer->bank);
    if (peer->bank == NULL)
        abort();
    peer->bank->left = options->apply_count / options->branch_count;
    peer->bank->next_us = world->now_us + 1000000;
    peer->bank->pace_us = 2000 + 2 * options->trouble_us / (peer->bank->left + 1);
}

void bank_drop(struct peer *peer)
{
    free(peer->bank);
}

bool bank_is_done(const struct peer *peer)
{
    for (uint32_t i = 0; i < peer->bank->case_count; i++)
        if (!peer->bank->cases[i].is_ended)
            return false;
    return peer->bank->left == 0 && peer->bank->acked == peer->bank->event_number;
}

void bank_hello(struct peer *peer, struct hello *hello)
{
    hello->event_number = number_of(peer->bank->event_number);
    hello->urgent_number = number_of(peer->bank->urgent_number);
}

int64_t bank_next_us(const struct peer *peer)
{
    return peer->bank->left > 0 ? peer->bank->next_us : INT64_MAX;
}

/* ---- filing ---- */

static void fill_units(const struct application *made, struct unit *units, char (*names)[UNIT_NUMBER_SIZE + 1])
{
    for (uint32_t i = 0; i < made->unit_count; i++) {
        unit_name(made->window, made->units[i], names[i]);
        units[i] = application_example()->units.items[0];
        if (made->has_old_code)
            memcpy(names[i], window_code_before(made->window), 6);
        units[i].number = text_of(names[i]);
    }
}

static void file(struct peer *peer, const struct application *made)
{
    struct case_submit application = kinds_application(&made->chosen);
    struct unit units[ORACLE_UNIT_COUNT_MAX];
    char names[ORACLE_UNIT_COUNT_MAX][UNIT_NUMBER_SIZE + 1];
    char contract[32], district[7];

    fill_units(made, units, names);
    const bool is_foreign =
        kinds_is_first(made->chosen.kind) && titles_stand(peer, made->window, made->units, units, made->unit_count);
    snprintf(contract, sizeof contract, "DY-2026-%06u", made->number);
    snprintf(district, sizeof district, "%.6s",
             made->has_old_code && made->number % 2 == 0 ? window_code_before(made->window)
                                                         : window_name(made->window) + 2);
    application.units = (struct unit_list){units, made->unit_count, true};
    application.contract = text_of(contract);
    if (made->has_more)
        application.materials = ruling_materials(&application.materials);
    application.district = text_of(district);
    struct material room[CARRYING_COUNT_MAX];
    const bool is_waiting = materials_carry(peer, &application, room);
    struct owed *owed = peer_owe(peer, MESSAGE_CASE_SUBMIT, "", &application, (struct bytes){NULL, 0});
    if (is_waiting && !random_once_in(&world->random, 4))
        owed->due_us += FILES_US;
    owed->number = made->number;
    if (world_has(FEATURE_EXPIRY) && random_once_in(&world->random, 6))
        owed->expires_us = world->now_us + random_between(&world->random, 100000, 60000000);
    struct filed filed = {.branch = peer->index,
                          .number = made->number,
                          .window = made->window,
                          .unit_count = made->unit_count,
                          .may_expire = owed->expires_us != 0,
                          .kind = made->chosen.kind,
                          .old = made->chosen.old,
                          .is_cancellation = kinds_is_cancellation(made->chosen.kind),
                          .secures = !kinds_is_cancellation(made->chosen.kind),
                          .has_more = made->has_more,
                          .is_foreign = is_foreign};
    memcpy(filed.id, owed->id, sizeof filed.id);
    memcpy(filed.units, made->units, sizeof filed.units);
    memcpy(filed.ended, made->chosen.ended, sizeof filed.ended);
    oracle_sees_filed(&world->oracle, &filed);
    world_say("%s files %u (%.*s) at %s, unit %u%s%s%s", peer->name, made->number, TEXT_ARGS(application.kind),
              window_name(made->window), made->units[0], made->unit_count > 1 ? " and others" : "",
              made->chosen.ended[0] != '\0' ? ", of " : "", made->chosen.ended);
}

static void make_application(struct application *made)
{
    const struct options *options = &world->options;

    *made =
        (struct application){.number = ++number_last, .window = random_below(&world->random, options->window_count)};
    made->has_old_code = world_has(FEATURE_MERGED) && random_once_in(&world->random, 2);
    made->has_more = world_has(FEATURE_RULES) && random_once_in(&world->random, 2);
    const uint32_t wanted = world_has(FEATURE_MANY_UNITS) ? 1 + random_below(&world->random, ORACLE_UNIT_COUNT_MAX) : 1;
    for (uint32_t i = 0; i < wanted; i++) {
        const uint32_t unit = random_below(&world->random, options->unit_count);
        bool is_new = true;
        for (uint32_t k = 0; k < made->unit_count; k++)
            is_new &= made->units[k] != unit;
        if (is_new)
            made->units[made->unit_count++] = unit;
    }
}

/* A certified case of the branch that nothing follows yet; NULL for none. */
static struct bank_case *some_mortgage(struct bank *bank)
{
    const uint32_t first = random_below(&world->random, bank->case_count);

    for (uint32_t i = first; i < bank->case_count; i++)
        if (bank->cases[i].mortgage.proof[0] != '\0' && !bank->cases[i].mortgage.is_followed)
            return &bank->cases[i];
    return NULL;
}

/* What follows a mortgage is on its units, all of them. */
static void choose_kind(struct peer *peer, struct application *made)
{
    struct bank_case *of = world_has(FEATURE_KINDS) ? some_mortgage(peer->bank) : NULL;
    const struct filed *filed = of != NULL ? oracle_case(&world->oracle, text_of(of->id))->filed : NULL;

    made->chosen = kinds_choose(peer, of != NULL ? &of->mortgage : NULL, filed != NULL ? filed->kind : 0);
    if (of == NULL || made->chosen.earlier[0] == '\0')
        return;
    of->mortgage.is_followed = true;
    made->window = filed->window;
    made->unit_count = filed->unit_count;
    memcpy(made->units, filed->units, sizeof made->units);
}

static void withdraw_some(struct peer *peer)
{
    const struct bank *bank = peer->bank;
    const struct withdraw_req withdrawal = {.reason = text_of("sim"), .agreement = text_of("A-1"), .is_present = true};

    if (!world_has(FEATURE_WITHDRAW) || bank->case_count == 0 || !random_once_in(&world->random, 3))
        return;
    /* mostly one that is new: it may not be at its window yet */
    const uint32_t span = random_once_in(&world->random, 3) || bank->case_count < 3 ? bank->case_count : 3;
    const struct bank_case *chosen = &bank->cases[bank->case_count - 1 - random_below(&world->random, span)];
    if (chosen->is_ended || oracle_case(&world->oracle, text_of(chosen->id)) == NULL)
        return;
    oracle_case(&world->oracle, text_of(chosen->id))->was_withdrawn_by_branch = true;
    peer_owe(peer, MESSAGE_WITHDRAW_REQ, chosen->id, &withdrawal, (struct bytes){NULL, 0});
    world_say("%s withdraws %s", peer->name, chosen->id);
}

void bank_wake(struct peer *peer)
{
    struct bank *bank = peer->bank;

    if (bank->left == 0 || world->now_us < bank->next_us)
        return;
    bank->next_us = world->now_us + random_between(&world->random, 1000, bank->pace_us);
    if (world_has(FEATURE_IMPATIENT) && bank->made_count > 0 && random_once_in(&world->random, 5)) {
        file(peer, &bank->made[random_below(&world->random, bank->made_count)]);
        return;
    }
    bank->left--;
    if (bank->made_count == APPLICATION_COUNT_MAX)
        return;
    make_application(&bank->made[bank->made_count]);
    choose_kind(peer, &bank->made[bank->made_count]);
    titles_ask(peer, bank->made[bank->made_count].window, bank->made[bank->made_count].units[0]);
    file(peer, &bank->made[bank->made_count++]);
    withdraw_some(peer);
}

void bank_receipt(struct peer *peer, const struct owed *owed, const struct receipt *receipt)
{
    struct bank *bank = peer->bank;

    if (owed->is_forged)
        oracle_fails(&world->oracle, owed->case_id, "P10: %s spoke for somebody else, and was heard", peer->name);
    if (owed->type != MESSAGE_CASE_SUBMIT)
        return;
    for (uint32_t i = 0; i < bank->case_count; i++)
        if (text_is(receipt->case_id, bank->cases[i].id))
            return; /* an event was here first */
    if (bank->case_count < BANK_CASE_COUNT_MAX)
        snprintf(bank->cases[bank->case_count++].id, CASE_ID_SIZE + 1, "%.*s", TEXT_ARGS(receipt->case_id));
}

void bank_rejected(struct peer *peer, const struct owed *owed, struct text code)
{
    static const char *const fair[] = {"DUP_CASE", "TOO_MANY_ON_UNIT", "WRONG_STATE", "WRONG_ROUND", "STALE",
                                       "LIMIT",    "FINDINGS",         "UNKNOWN_CASE"};

    const struct filed *filed = table_find(&world->oracle.filed, bytes_of(owed->id, sizeof owed->id));

    (void)peer;
    if (filed != NULL && filed->is_foreign && text_is(code, "FINDINGS"))
        return;
    if (ruling_may_refuse(filed) && text_is(code, "FINDINGS"))
        return;
    if (owed->type == MESSAGE_MATERIAL_CHUNK && materials_may_refuse(peer, owed, code))
        return;
    if (owed->is_forged && text_is(code, "NOT_YOURS"))
        return;
    if (owed->type == MESSAGE_RISK_ACK && alerts_may_refuse(owed, code))
        return;
    for (size_t i = 0; i < sizeof fair / sizeof fair[0]; i++)
        if (text_is(code, fair[i]) && !(owed->type == MESSAGE_CASE_SUBMIT && text_is(code, "FINDINGS") &&
                                        !world_has(FEATURE_IMPATIENT) && !world_has(FEATURE_SKEW)))
            return;
    oracle_fails(&world->oracle, owed->case_id, "%s was refused for ever: %.*s", message_kind(owed->type)->name,
                 TEXT_ARGS(code));
}

/* ---- the feed ---- */

static void answer_supplement(struct peer *peer, const char *case_id, struct bytes origin)
{
    struct supplement_req asked;
    struct problems problems = {.count = 0};

    if (record_decode(&record_supplement_req, origin, peer_arena(), &asked, &problems) != STATUS_OK)
        return;
    struct change change = {.path = text_of("units/0/zl"), .new_value = text_of("\"示例路2号\""), .is_present = true};
    const struct supplement_submit answer = {.round = asked.round, .changes = {&change, 1, true}, .is_present = true};
    peer_owe(peer, MESSAGE_SUPPLEMENT_SUBMIT, case_id, &answer, (struct bytes){NULL, 0});
}

static void keep_mortgage(struct bank_case *of, struct bytes origin)
{
    struct cert_issued issued;
    struct problems problems = {.count = 0};

    if (oracle_case(&world->oracle, text_of(of->id))->filed->is_cancellation ||
        record_decode(&record_cert_issued, origin, peer_arena(), &issued, &problems) != STATUS_OK)
        return;
    snprintf(of->mortgage.proof, sizeof of->mortgage.proof, "%.*s", TEXT_ARGS(issued.proof));
    snprintf(of->mortgage.number, sizeof of->mortgage.number, "%.*s", TEXT_ARGS(issued.number));
}

static void check_proof(struct peer *peer, const char *case_id)
{
    const struct cert_ack check = {.is_verified = number_of(1), .is_present = true};

    oracle_case(&world->oracle, text_of(case_id))->was_checked = true;
    peer_owe(peer, MESSAGE_CERT_ACK, case_id, &check, (struct bytes){NULL, 0});
}

static bool is_end(struct text state)
{
    static const char *const ends[] = {"CERTIFIED", "ARCHIVED", "NOT_ACCEPTED", "REFUSED", "WITHDRAWN", "EXPIRED"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (text_is(state, ends[i]))
            return true;
    return false;
}

static struct bank_case *case_of(struct bank *bank, struct text case_id)
{
    for (uint32_t i = 0; i < bank->case_count; i++)
        if (text_is(case_id, bank->cases[i].id))
            return &bank->cases[i];
    if (bank->case_count == BANK_CASE_COUNT_MAX)
        return NULL;
    struct bank_case *fresh = &bank->cases[bank->case_count++];
    snprintf(fresh->id, sizeof fresh->id, "%.*s", TEXT_ARGS(case_id));
    return fresh;
}

static void act_on(struct peer *peer, struct text case_id, const struct case_event *event, struct bytes origin)
{
    struct bank_case *of = case_of(peer->bank, case_id);

    if (of == NULL)
        return;
    if (event->is_urgent.value == 0) /* a certified case may still be parked */
        of->is_ended = is_end(event->state);
    if (event->origin_type.data == NULL || oracle_case(&world->oracle, case_id) == NULL)
        return;
    if (text_is(event->origin_type, "SUPPLEMENT_REQ"))
        answer_supplement(peer, of->id, origin);
    else if (text_is(event->origin_type, "CERT_ISSUED")) {
        check_proof(peer, of->id);
        keep_mortgage(of, origin);
    }
}

static void acknowledge(struct peer *peer, bool is_urgent)
{
    const struct bank *bank = peer->bank;
    const struct event_ack ack = {.number = number_of(is_urgent ? bank->urgent_number : bank->event_number),
                                  .is_urgent = {is_urgent, is_urgent},
                                  .is_present = true};
    peer_tell(peer, MESSAGE_EVENT_ACK, text_of(NULL), NULL, &ack);
    if (!is_urgent)
        peer->bank->acked = bank->event_number;
}

/* The file is what the window's message promises: the bank relies on it. */
static void judge_file(const char *case_id, struct bytes origin, struct bytes file)
{
    struct cert_issued issued;
    struct problems problems = {.count = 0};
    uint8_t digest[32];

    digest_sm3(file, digest);
    if (record_decode(&record_cert_issued, origin, peer_arena(), &issued, &problems) != STATUS_OK ||
        memcmp(digest, issued.file_digest.data, sizeof digest) != 0)
        oracle_fails(&world->oracle, case_id, "P7: the certificate of %s is not the file its window issued", case_id);
}

static void hear_act(struct text case_id, const struct case_event *event)
{
    char id[CASE_ID_SIZE + 1];

    snprintf(id, sizeof id, "%.*s", TEXT_ARGS(case_id));
    acts_told(id, event);
}

void bank_takes_event(struct peer *peer, const struct envelope *envelope, struct bytes body,
                      const struct bytes chunks[2])
{
    const struct bytes chunk = chunks[0];
    struct bank *bank = peer->bank;
    struct case_event event;
    struct problems problems = {.count = 0};
    uint8_t digest[32];

    if (record_decode(&record_case_event, body, peer_arena(), &event, &problems) != STATUS_OK) {
        oracle_fails(&world->oracle, "", "a CASE_EVENT to %s cannot be read", peer->name);
        return;
    }
    const bool is_urgent = event.is_urgent.value != 0;
    int64_t *held = is_urgent ? &bank->urgent_number : &bank->event_number;
    if (event.number.value > *held + 1 || (is_urgent && event.behind.value > bank->event_number))
        return; /* what is missing comes again, in order */
    digest_sm3(chunk, digest);
    oracle_sees_event(&world->oracle, peer->index, envelope->case_id, &event, body, digest);
    if (event.number.value == *held + 1) {
        *held = event.number.value;
        heard_add(&world->hearing, peer->index, envelope->case_id, &event);
        world_say("%s hears %lld: %.*s is %.*s (%.*s%.*s)", peer->name, (long long)*held, TEXT_ARGS(envelope->case_id),
                  TEXT_ARGS(event.state), TEXT_ARGS(event.fact), TEXT_ARGS(event.origin_type));
        if (event.origin_type.data != NULL && text_is(event.origin_type, "CERT_ISSUED")) {
            char id[CASE_ID_SIZE + 1];
            snprintf(id, sizeof id, "%.*s", TEXT_ARGS(envelope->case_id));
            judge_file(id, chunk, chunks[1]);
        }
        if (kinds_is_of_another(event.fact))
            kinds_heard(peer, envelope->case_id, &event);
        else
            act_on(peer, envelope->case_id, &event, chunk);
        hear_act(envelope->case_id, &event);
        if (is_urgent)
            alerts_heard(peer, envelope->case_id, &event);
        books_hear(peer, envelope->case_id, &event, chunk);
    }
    acknowledge(peer, is_urgent);
}
