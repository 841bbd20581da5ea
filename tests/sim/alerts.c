#include "tests/sim/alerts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/business.h"
#include "tests/sim/heard.h"
#include "tests/sim/world.h"

enum {
    ALERT_COUNT_MAX = 256,
    READING_COUNT_MAX = 4096,
    PACE_US = 12000000, /* the longest time between two alerts of a window */
    DOCUMENT_SIZE = 24,
};

/* What may hit a unit, each under a document of its own; how long it stands against disbursing says risk.csv. */
enum stands { STANDS_NEVER, STANDS_UNTIL_READ, STANDS_UNTIL_ENDED };
static const struct risk {
    const char *code;
    enum stands stands;
} risks[] = {{"seizure", STANDS_UNTIL_ENDED},
             {"objection", STANDS_UNTIL_READ},
             {"registrable", STANDS_NEVER},
             {"lock", STANDS_UNTIL_ENDED}};

enum { RISK_COUNT = sizeof risks / sizeof risks[0] };

struct alert {
    uint8_t id[16];
    uint32_t window;
    uint32_t unit;
    uint32_t risk;
    bool is_end;
    char proof[80];    /* "" for all on the unit */
    uint64_t sequence; /* 0 until its receipt is there */
};

/* A person of a branch reads the alert of a case. */
struct reading {
    uint8_t id[16];
    char case_id[CASE_ID_SIZE + 1];
    uint64_t alert;
    uint64_t sequence; /* 0 until its receipt is there */
    bool is_refused;
};

struct alerts {
    struct alert items[ALERT_COUNT_MAX];
    uint32_t count;
    struct reading readings[READING_COUNT_MAX];
    uint32_t reading_count;
    int64_t next_us[WINDOW_COUNT_MAX];
};

void alerts_open(void)
{
    world->alerts = calloc(1, sizeof *world->alerts);
    if (world->alerts == NULL)
        abort();
    for (uint32_t i = 0; i < WINDOW_COUNT_MAX; i++)
        world->alerts->next_us[i] = world_has(FEATURE_ALERTS) ? world->now_us + 2000000 : INT64_MAX;
}

void alerts_close(void)
{
    free(world->alerts);
    world->alerts = NULL;
}

/* ---- the window raises one ---- */

static bool stands_at_window(uint32_t window, uint32_t unit, uint32_t risk)
{
    const struct alerts *alerts = world->alerts;

    for (uint32_t i = alerts->count; i-- > 0;) {
        const struct alert *alert = &alerts->items[i];
        if (alert->window == window && alert->unit == unit && alert->risk == risk)
            return !alert->is_end;
    }
    return false;
}

static bool is_on(const struct filed *filed, uint32_t window, uint32_t unit)
{
    for (uint32_t i = 0; filed->window == window && i < filed->unit_count; i++)
        if (filed->units[i] == unit)
            return true;
    return false;
}

/* Some mortgage on the unit, where the alert is about one alone. */
static const char *some_proof(uint32_t window, uint32_t unit)
{
    const struct oracle *oracle = &world->oracle;
    const uint32_t first = random_below(&world->random, oracle->case_count);

    for (uint32_t i = first; i < oracle->case_count; i++)
        if (is_on(oracle->in_order[i]->filed, window, unit) && oracle->in_order[i]->proof[0] != '\0')
            return oracle->in_order[i]->proof;
    return "";
}

static void raise_alert(struct peer *window)
{
    struct alerts *alerts = world->alerts;
    struct alert *alert = &alerts->items[alerts->count++];
    char unit[UNIT_NUMBER_SIZE + 1], document[DOCUMENT_SIZE];

    *alert = (struct alert){.window = window->place,
                            .unit = random_below(&world->random, world->options.unit_count),
                            .risk = random_below(&world->random, RISK_COUNT)};
    alert->is_end = random_once_in(&world->random, stands_at_window(alert->window, alert->unit, alert->risk) ? 2 : 12);
    if (random_once_in(&world->random, 3))
        snprintf(alert->proof, sizeof alert->proof, "%s", some_proof(alert->window, alert->unit));
    unit_name(alert->window, alert->unit, unit);
    snprintf(document, sizeof document, "FW-%u-%u", alert->unit, alert->risk);
    const struct risk_alert said = {.unit = text_of(unit),
                                    .proof = text_of(alert->proof[0] != '\0' ? alert->proof : NULL),
                                    .risk = text_of(risks[alert->risk].code),
                                    .document = text_of(document),
                                    .time = number_of(world->now_us),
                                    .has_ended = {alert->is_end, alert->is_end},
                                    .is_present = true};
    const struct owed *owed = peer_owe(window, MESSAGE_RISK_ALERT, "", &said, (struct bytes){NULL, 0});
    memcpy(alert->id, owed->id, sizeof alert->id);
    oracle_sees_said(&world->oracle, owed->id, MESSAGE_RISK_ALERT, "", owed->digest);
    world_say("%s says %s%s of unit %u%s%s", window->name, risks[alert->risk].code, alert->is_end ? " ended" : "",
              alert->unit, alert->proof[0] != '\0' ? ", of one mortgage alone: " : "", alert->proof);
}

static void wakes(struct peer *peer)
{
    struct alerts *alerts = world->alerts;

    if (peer->role != ROLE_WINDOW || alerts->next_us[peer->place] > world->now_us)
        return;
    alerts->next_us[peer->place] = world->now_us + random_between(&world->random, 100000, PACE_US);
    if (world->is_trouble_over || alerts->count == ALERT_COUNT_MAX)
        alerts->next_us[peer->place] = INT64_MAX;
    else
        raise_alert(peer);
}

static int64_t next_us(const struct peer *peer)
{
    return peer->role == ROLE_WINDOW ? world->alerts->next_us[peer->place] : INT64_MAX;
}

static void dies(struct peer *peer)
{
    (void)peer; /* all of it lies on disks */
}

static void takes(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    (void)peer; /* alerts come as events, see alerts_heard */
    (void)envelope;
    (void)parcel;
}

static bool keeps(struct peer *peer, struct owed *owed, const struct receipt *receipt)
{
    struct alerts *alerts = world->alerts;

    (void)peer;
    for (uint32_t i = 0; owed->type == MESSAGE_RISK_ALERT && i < alerts->count; i++)
        if (memcmp(alerts->items[i].id, owed->id, sizeof owed->id) == 0)
            alerts->items[i].sequence = (uint64_t)receipt->sequence.value;
    for (uint32_t i = 0; owed->type == MESSAGE_RISK_ACK && i < alerts->reading_count; i++)
        if (memcmp(alerts->readings[i].id, owed->id, sizeof owed->id) == 0)
            alerts->readings[i].sequence = (uint64_t)receipt->sequence.value;
    return false;
}

/* ---- the branch hears and reads ---- */

void alerts_heard(struct peer *branch, struct text case_id, const struct case_event *event)
{
    struct alerts *alerts = world->alerts;
    const struct risk_ack reading = {.alert = number_of(event->sequence.value),
                                     .user = text_of("0012"),
                                     .time = number_of(world->now_us),
                                     .is_present = true};

    if (alerts->reading_count == READING_COUNT_MAX)
        return;
    struct reading *kept = &alerts->readings[alerts->reading_count++];
    *kept = (struct reading){.alert = (uint64_t)event->sequence.value};
    snprintf(kept->case_id, sizeof kept->case_id, "%.*s", TEXT_ARGS(case_id));
    const struct owed *owed = peer_owe(branch, MESSAGE_RISK_ACK, kept->case_id, &reading, (struct bytes){NULL, 0});
    memcpy(kept->id, owed->id, sizeof kept->id);
    if (random_once_in(&world->random, 4)) /* a second person reads it too: the first one counts */
        peer_owe(branch, MESSAGE_RISK_ACK, kept->case_id, &reading, (struct bytes){NULL, 0});
}

bool alerts_may_refuse(const struct owed *owed, struct text code)
{
    struct alerts *alerts = world->alerts;

    for (uint32_t i = 0; i < alerts->reading_count; i++)
        if (memcmp(alerts->readings[i].id, owed->id, sizeof owed->id) == 0)
            alerts->readings[i].is_refused = true; /* whether that was fair is seen at the end */
    return text_is(code, "NO_ALERT");
}

/* ---- who must have heard ---- */

static const struct alert *alert_at(uint64_t sequence)
{
    const struct alerts *alerts = world->alerts;

    for (uint32_t i = 0; i < alerts->count; i++)
        if (alerts->items[i].sequence == sequence)
            return &alerts->items[i];
    return NULL;
}

/* A cancellation, or what follows it in its place, was booked on the unit before. */
static bool has_left(const struct told_case *told, const struct alert *alert)
{
    const struct oracle *oracle = &world->oracle;

    for (uint32_t i = 0; i < oracle->case_count; i++) {
        const struct told_case *other = oracle->in_order[i];
        const bool ends_it = other == told ? other->filed->is_cancellation
                                           : told->proof[0] != '\0' && strcmp(other->filed->ended, told->proof) == 0;
        if (!ends_it || !is_on(other->filed, alert->window, alert->unit))
            continue;
        const uint64_t booked = heard_word(&world->hearing, other->id, "CASE_BOOKED");
        if (booked != 0 && booked < alert->sequence)
            return true;
    }
    return false;
}

/* Under way or in force on the unit when the alert came. */
static bool is_there(const struct told_case *told, const struct alert *alert)
{
    return is_on(told->filed, alert->window, alert->unit) && told->sequence < alert->sequence &&
           !heard_is_unbooked_end(heard_state_before(&world->hearing, told->id, alert->sequence)) &&
           !has_left(told, alert);
}

/* The booking or its proof, whichever came first, told whose the number is. */
static bool has_proof(const struct told_case *told, const struct alert *alert)
{
    const uint64_t booked = heard_word(&world->hearing, told->id, "CASE_BOOKED");
    const uint64_t certified = heard_word(&world->hearing, told->id, "CERT_ISSUED");

    return strcmp(told->proof, alert->proof) == 0 &&
           ((booked != 0 && booked < alert->sequence) || (certified != 0 && certified < alert->sequence));
}

static bool bears(const struct told_case *told, const struct alert *alert)
{
    return strcmp(told->filed->ended, alert->proof) == 0 || has_proof(told, alert);
}

static bool is_known(const struct alert *alert)
{
    const struct oracle *oracle = &world->oracle;

    for (uint32_t i = 0; i < oracle->case_count; i++) {
        const struct told_case *told = oracle->in_order[i];
        if (told->filed->window == alert->window &&
            (has_proof(told, alert) || (bears(told, alert) && is_there(told, alert))))
            return true;
    }
    return false;
}

static bool is_booked(const struct told_case *told, const struct alert *alert)
{
    const uint64_t booked = heard_word(&world->hearing, told->id, "CASE_BOOKED");

    return booked != 0 && booked < alert->sequence;
}

/* An alert of one mortgage is about that one; of a mortgage nobody knows yet, about all that may become it. */
static bool must_hear(const struct told_case *told, const struct alert *alert)
{
    if (!is_there(told, alert))
        return false;
    if (alert->proof[0] == '\0' || bears(told, alert))
        return true;
    return !is_known(alert) && !is_booked(told, alert);
}

static uint32_t times_heard(const char *case_id, uint64_t alert)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < world->hearing.count; i++) {
        const struct heard *heard = &world->hearing.items[i];
        count += heard->is_urgent && heard->sequence == alert && strcmp(heard->case_id, case_id) == 0;
    }
    return count;
}

static bool judge_alert(const struct alert *alert, bool is_end)
{
    struct oracle *oracle = &world->oracle;
    bool is_whole = true;

    for (uint32_t i = 0; i < oracle->case_count; i++) {
        const struct told_case *told = oracle->in_order[i];
        const uint32_t times = times_heard(told->id, alert->sequence);
        const bool must = must_hear(told, alert);
        is_whole &= times == must;
        if (is_end && times != must)
            oracle_fails(oracle, told->id, "P1: the alert in record %llu %s %s, and its branch heard it %u times",
                         (unsigned long long)alert->sequence, must ? "hits" : "does not hit", told->id, times);
    }
    return is_whole;
}

/* An alert comes after what was told of its case before it, and waits for nothing later. */
static void judge_place(const struct heard *urgent)
{
    for (uint32_t i = 0; i < world->hearing.count; i++) {
        const struct heard *heard = &world->hearing.items[i];
        if (heard->is_urgent || strcmp(heard->case_id, urgent->case_id) != 0 || heard->branch != urgent->branch)
            continue;
        if (heard->sequence < urgent->sequence ? heard->number > urgent->behind : heard->number <= urgent->behind)
            oracle_fails(&world->oracle, urgent->case_id,
                         "P3: alert %lld of %s says it comes after event %lld, and event %lld is record %llu",
                         (long long)urgent->number, urgent->case_id, (long long)urgent->behind,
                         (long long)heard->number, (unsigned long long)heard->sequence);
    }
}

static void judge_urgent_feeds(void)
{
    uint64_t last[PEER_COUNT_MAX] = {0};

    for (uint32_t i = 0; i < world->hearing.count; i++) {
        const struct heard *heard = &world->hearing.items[i];
        if (!heard->is_urgent)
            continue;
        if (heard->sequence < last[heard->branch])
            oracle_fails(&world->oracle, heard->case_id,
                         "P3: alert %lld of %s is of an earlier record than the one before", (long long)heard->number,
                         peer_name(heard->branch));
        if (alert_at(heard->sequence) == NULL)
            oracle_fails(&world->oracle, heard->case_id, "P7: alert %lld of %s is no window's",
                         (long long)heard->number, peer_name(heard->branch));
        last[heard->branch] = heard->sequence;
        judge_place(heard);
    }
}

/* ---- may it disburse? ---- */

static bool was_read(const char *case_id, uint64_t alert, uint64_t by)
{
    const struct alerts *alerts = world->alerts;

    for (uint32_t i = 0; i < alerts->reading_count; i++) {
        const struct reading *reading = &alerts->readings[i];
        if (reading->alert == alert && reading->sequence != 0 && reading->sequence <= by &&
            strcmp(reading->case_id, case_id) == 0)
            return true;
    }
    return false;
}

/* How one risk of one unit stands for a case: which alert must be read, and whether its end was told. */
struct standing {
    uint64_t alert; /* 0: the case never heard of it */
    bool has_ended;
};

static struct standing standing_of(const char *case_id, uint32_t unit, uint32_t risk, uint64_t by)
{
    struct standing standing = {0};

    for (uint32_t i = 0; i < world->hearing.count; i++) {
        const struct heard *heard = &world->hearing.items[i];
        const struct alert *alert = heard->is_urgent && heard->sequence <= by && strcmp(heard->case_id, case_id) == 0
                                        ? alert_at(heard->sequence)
                                        : NULL;
        if (alert == NULL || alert->unit != unit || alert->risk != risk)
            continue;
        if (!alert->is_end || standing.alert == 0)
            standing.alert = alert->sequence;
        standing.has_ended = alert->is_end;
    }
    return standing;
}

static bool risk_stands(const struct told_case *told, uint64_t by)
{
    for (uint32_t i = 0; i < told->filed->unit_count; i++)
        for (uint32_t risk = 0; risk < RISK_COUNT; risk++) {
            const struct standing standing = standing_of(told->id, told->filed->units[i], risk, by);
            if (standing.alert == 0 || risks[risk].stands == STANDS_NEVER)
                continue;
            if (!was_read(told->id, standing.alert, by) ||
                (risks[risk].stands == STANDS_UNTIL_ENDED && !standing.has_ended))
                return true;
        }
    return false;
}

/* All that is told about disbursing is true when it is told, and the last of it is true for good. */
static bool judge_disbursing(const struct told_case *told, bool is_end)
{
    struct oracle *oracle = &world->oracle;
    bool may = false;
    bool is_certified = false;

    for (uint32_t i = 0; i < world->hearing.count; i++) {
        const struct heard *heard = &world->hearing.items[i];
        if (heard->is_urgent || strcmp(heard->case_id, told->id) != 0)
            continue;
        is_certified |= strcmp(heard->origin, "CERT_ISSUED") == 0;
        if (strcmp(heard->fact, "DISBURSE_STOPPED") == 0)
            may = false;
        if (strcmp(heard->fact, "MAY_DISBURSE") != 0)
            continue;
        may = true;
        if (is_end &&
            (!is_certified || !told->was_checked || !told->filed->secures || risk_stands(told, heard->sequence)))
            oracle_fails(oracle, told->id, "P7: %s may disburse, says event %lld, and something stands against it",
                         told->id, (long long)heard->number);
    }
    const bool should = is_certified && told->was_checked && told->filed->secures && !risk_stands(told, UINT64_MAX);
    if (is_end && may != should)
        oracle_fails(oracle, told->id, "P7: %s %s disburse in the end, and its branch was told otherwise", told->id,
                     should ? "may" : "must not");
    return may == should;
}

/* Only what was overtaken by a newer alert, or is the end of one that must be read, cannot be read. */
static void judge_refused(const struct reading *reading)
{
    const struct alert *refused = alert_at(reading->alert);
    const struct standing standing = refused != NULL
                                         ? standing_of(reading->case_id, refused->unit, refused->risk, UINT64_MAX)
                                         : (struct standing){0};

    if (reading->is_refused && (refused == NULL || standing.alert == reading->alert))
        oracle_fails(&world->oracle, reading->case_id, "P5: the alert in record %llu stands, and cannot be read",
                     (unsigned long long)reading->alert);
}

bool alerts_judge(bool is_end)
{
    const struct alerts *alerts = world->alerts;
    bool is_whole = true;

    if (!world_has(FEATURE_ALERTS))
        return true;
    for (uint32_t i = 0; i < alerts->count; i++)
        is_whole &= judge_alert(&alerts->items[i], is_end);
    for (uint32_t i = 0; i < world->oracle.case_count; i++)
        is_whole &= judge_disbursing(world->oracle.in_order[i], is_end);
    if (!is_end)
        return is_whole;
    judge_urgent_feeds();
    for (uint32_t i = 0; i < alerts->reading_count; i++)
        judge_refused(&alerts->readings[i]);
    return is_whole;
}

const struct business alerts_business = {wakes, next_us, dies, takes, keeps};
