#include "tests/sim/titles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/store/journal.h"
#include "schemas/mask.h"
#include "tests/sim/business.h"
#include "tests/sim/world.h"

enum {
    QUESTION_COUNT_MAX = 512,
    SAID_COUNT_MAX = 2048,
    AGAIN_US = 5000000,
    LATE_US = 25000000, /* longer than a branch waits */
    AGAIN_COUNT_MAX = 3,
    TOLD_UNIT_COUNT = 2,
};

/* A question, as its branch keeps it. */
struct question {
    uint8_t id[16];
    uint8_t digest[32];
    uint32_t branch; /* among all peers */
    uint32_t window;
    uint32_t unit;
    uint64_t sequence; /* 0 until its receipt is there */
    uint32_t again_left;
    bool is_answered;
    bool is_match;
    uint8_t answer[32];  /* digest of the TITLE_ANSWER */
    uint8_t content[32]; /* and of what the window said in it */
};

/* What a window said to the question of this sequence. */
struct said {
    uint64_t query;
    uint32_t window;
    uint8_t digest[32];
};

/* A window has still to look; gone when it dies. */
struct asked {
    uint64_t query;
    uint32_t window;
    uint32_t unit_number;
    int64_t due_us;
};

struct titles {
    struct question questions[QUESTION_COUNT_MAX];
    uint32_t question_count;
    struct said said[SAID_COUNT_MAX];
    uint32_t said_count;
    struct asked asked[QUESTION_COUNT_MAX];
    uint32_t asked_count;
};

void titles_open(void)
{
    world->titles = calloc(1, sizeof *world->titles);
    if (world->titles == NULL)
        abort();
}

void titles_close(void)
{
    free(world->titles);
    world->titles = NULL;
}

/* ---- the branch asks ---- */

void titles_ask(struct peer *branch, uint32_t window, uint32_t unit)
{
    struct titles *titles = world->titles;
    const struct mortgagor *owner = &application_example()->mortgagors.items[0];
    char number[UNIT_NUMBER_SIZE + 1], district[7];

    if (!world_has(FEATURE_TITLES) || titles->question_count == QUESTION_COUNT_MAX || random_once_in(&world->random, 2))
        return;
    unit_name(window, unit, number);
    snprintf(district, sizeof district, "%.6s", window_name(window) + 2);
    const struct title_query query = {.purpose = text_of("mortgage"),
                                      .consent = text_of("C-0001"),
                                      .district = text_of(district),
                                      .unit = text_of(number),
                                      .owner_name = owner->name,
                                      .owner_id_type = owner->id_type,
                                      .owner_id = owner->id,
                                      .is_present = true};
    const struct owed *owed = peer_owe(branch, MESSAGE_TITLE_QUERY, "", &query, (struct bytes){NULL, 0});
    struct question *question = &titles->questions[titles->question_count++];
    *question = (struct question){.branch = branch->index,
                                  .window = window,
                                  .unit = unit,
                                  .again_left = random_below(&world->random, AGAIN_COUNT_MAX)};
    memcpy(question->id, owed->id, sizeof question->id);
    memcpy(question->digest, owed->digest, sizeof question->digest);
    world_say("%s asks %s about unit %u", branch->name, window_name(window), unit);
}

static struct question *question_of(struct bytes id)
{
    struct titles *titles = world->titles;

    for (uint32_t i = titles->question_count; i-- > 0;)
        if (id.size == 16 && memcmp(titles->questions[i].id, id.data, 16) == 0)
            return &titles->questions[i];
    return NULL;
}

static bool keeps(struct peer *peer, struct owed *owed, const struct receipt *receipt)
{
    if (owed->type != MESSAGE_TITLE_QUERY)
        return false;
    (void)peer;
    question_of(bytes_of(owed->id, sizeof owed->id))->sequence = (uint64_t)receipt->sequence.value;
    owed->due_us = world->now_us + AGAIN_US;
    return true; /* the answer is still to come */
}

/* ---- the window looks, and says ---- */

static void fails(const char *what, uint64_t query)
{
    oracle_fails(&world->oracle, "", "title query %llu: %s", (unsigned long long)query, what);
}

/* The question as it was asked, at the window it is for, and on disk. */
static void judge_ask(const struct peer *window, const struct title_ask *ask, struct bytes body)
{
    const struct titles *titles = world->titles;
    const uint64_t query = (uint64_t)ask->sequence.value;
    const struct question *found = NULL;
    uint8_t digest[32];

    digest_sm3(body, digest);
    for (uint32_t i = 0; i < titles->question_count && found == NULL; i++)
        if (text_is(ask->origin_source, peer_name(titles->questions[i].branch)) &&
            memcmp(titles->questions[i].digest, digest, sizeof digest) == 0 &&
            (titles->questions[i].sequence == 0 || titles->questions[i].sequence == query))
            found = &titles->questions[i];
    if (found == NULL)
        fails("P8: it is put to a window otherwise than a branch asked it", query);
    else if (found->window != window->place)
        fails("P10: another window is asked than its own", query);
    if (query > world->disk.record_count)
        fails("P1: it is put to the window and is not on disk", query);
}

static void takes_ask(struct peer *window, const struct parcel *parcel)
{
    struct titles *titles = world->titles;
    struct title_ask ask;
    struct title_query query;
    struct problems problems = {.count = 0};
    char number[5] = "";

    if (parcel->frame_count < 3 ||
        record_decode(&record_title_ask, parcel->frames[1], peer_arena(), &ask, &problems) != STATUS_OK ||
        record_decode(&record_title_query, parcel->frames[2], peer_arena(), &query, &problems) != STATUS_OK) {
        fails("a TITLE_ASK cannot be read", 0);
        return;
    }
    judge_ask(window, &ask, parcel->frames[2]);
    if (titles->asked_count == QUESTION_COUNT_MAX)
        return;
    memcpy(number, query.unit.data + UNIT_NUMBER_SIZE - 4, 4);
    const bool is_late = !world->is_trouble_over && random_once_in(&world->random, 8);
    titles->asked[titles->asked_count++] =
        (struct asked){.query = (uint64_t)ask.sequence.value,
                       .window = window->place,
                       .unit_number = (uint32_t)strtoul(number, NULL, 10) - 1,
                       .due_us = world->now_us + random_between(&world->random, 1000, is_late ? LATE_US : 2000000)};
}

static struct title_unit book_of(uint32_t window, uint32_t unit, char *number, struct title_owner *owner)
{
    const struct case_submit *filed = application_example();
    static char name[MASK_SIZE_MAX], id[MASK_SIZE_MAX];

    unit_name(window, unit, number);
    *owner = (struct title_owner){.name = text_of(mask_name(filed->mortgagors.items[0].name, name, sizeof name)),
                                  .id_type = filed->mortgagors.items[0].id_type,
                                  .id = text_of(mask_id(filed->mortgagors.items[0].id, id, sizeof id)),
                                  .is_present = true};
    return (struct title_unit){.number = text_of(number),
                               .certificate = filed->units.items[0].certificate,
                               .status = text_of("1"),
                               .owners = {owner, 1, true},
                               .is_present = true};
}

/* A registry that looks a second time may find something else: the branch must never hear it. */
static void say(struct peer *window, const struct asked *asked)
{
    struct titles *titles = world->titles;
    char numbers[TOLD_UNIT_COUNT][UNIT_NUMBER_SIZE + 1];
    struct title_owner owners[TOLD_UNIT_COUNT];
    struct title_unit units[TOLD_UNIT_COUNT];
    const bool is_match = !random_once_in(&world->random, 5);
    const uint32_t count = is_match ? 1 + random_below(&world->random, TOLD_UNIT_COUNT) : 0;

    if (titles->said_count == SAID_COUNT_MAX)
        return;
    for (uint32_t i = 0; i < count; i++)
        units[i] = book_of(asked->window, asked->unit_number + i, numbers[i], &owners[i]);
    const struct title_result result = {.query = number_of((int64_t)asked->query),
                                        .result = text_of(is_match ? "match" : "unavailable"),
                                        .as_of = number_of(world->now_us - random_between(&world->random, 0, 60000000)),
                                        .units = {units, count, count > 0},
                                        .is_present = true};
    const struct owed *owed = peer_owe(window, MESSAGE_TITLE_RESULT, "", &result, (struct bytes){NULL, 0});
    struct said *said = &titles->said[titles->said_count++];
    *said = (struct said){.query = asked->query, .window = asked->window};
    memcpy(said->digest, owed->digest, sizeof said->digest);
    world_say("%s answers title query %llu", window->name, (unsigned long long)asked->query);
}

static void wakes(struct peer *peer)
{
    struct titles *titles = world->titles;
    uint32_t kept = 0;

    if (peer->role != ROLE_WINDOW)
        return;
    for (uint32_t i = 0; i < titles->asked_count; i++) {
        const struct asked asked = titles->asked[i];
        if (asked.window == peer->place && asked.due_us <= world->now_us)
            say(peer, &asked);
        else
            titles->asked[kept++] = asked;
    }
    titles->asked_count = kept;
}

static int64_t next_us(const struct peer *peer)
{
    int64_t next = INT64_MAX;

    for (uint32_t i = 0; peer->role == ROLE_WINDOW && i < world->titles->asked_count; i++)
        if (world->titles->asked[i].window == peer->place && world->titles->asked[i].due_us < next)
            next = world->titles->asked[i].due_us;
    return next;
}

static void dies(struct peer *peer)
{
    struct titles *titles = world->titles;
    uint32_t kept = 0;

    if (peer->role != ROLE_WINDOW)
        return;
    for (uint32_t i = 0; i < titles->asked_count; i++)
        if (titles->asked[i].window != peer->place)
            titles->asked[kept++] = titles->asked[i];
    titles->asked_count = kept;
}

/* ---- the branch hears ---- */

static bool was_said(const struct question *question, const struct title_answer *answer, const uint8_t *digest)
{
    const struct titles *titles = world->titles;

    for (uint32_t i = 0; i < titles->said_count; i++)
        if (titles->said[i].query == (uint64_t)answer->query.value && titles->said[i].window == question->window &&
            memcmp(titles->said[i].digest, digest, 32) == 0)
            return true;
    return false;
}

static void judge_answer(const struct peer *branch, const struct question *question, const struct title_answer *answer,
                         const uint8_t *content)
{
    const uint64_t query = (uint64_t)answer->query.value;

    if (question->branch != branch->index)
        fails("P10: its answer goes to another branch than the one that asked", query);
    if (question->sequence != 0 && question->sequence != query)
        fails("P2: its answer names another question than its receipt", query);
    if (!was_said(question, answer, content) || memcmp(answer->origin_digest.data, content, 32) != 0)
        fails("P7: its answer is not what the window said to it", query);
    if ((uint64_t)answer->sequence.value > world->disk.record_count)
        fails("P1: its answer is told and is not on disk", query);
    if (question->is_answered && memcmp(question->content, content, 32) != 0)
        fails("P2: it has another answer than before", query);
}

static void takes_answer(struct peer *branch, const struct envelope *envelope, const struct parcel *parcel)
{
    struct title_answer answer;
    struct title_result result;
    struct problems problems = {.count = 0};
    struct question *question = question_of(envelope->answers);
    uint8_t content[32], digest[32];

    if (question == NULL || parcel->frame_count < 3 ||
        record_decode(&record_title_answer, parcel->frames[1], peer_arena(), &answer, &problems) != STATUS_OK ||
        record_decode(&record_title_result, parcel->frames[2], peer_arena(), &result, &problems) != STATUS_OK) {
        fails("a TITLE_ANSWER to nobody's question, or not to be read", 0);
        return;
    }
    digest_sm3(parcel->frames[2], content);
    digest_sm3(parcel->frames[1], digest);
    judge_answer(branch, question, &answer, content);
    if (question->is_answered && memcmp(question->answer, digest, sizeof digest) != 0)
        fails("P2: its answer has other bytes than before", (uint64_t)answer.query.value);
    if (!question->is_answered)
        world_say("%s has the answer to title query %lld", branch->name, (long long)answer.query.value);
    question->is_answered = true;
    question->is_match = text_is(result.result, "match");
    question->sequence = (uint64_t)answer.query.value;
    memcpy(question->answer, digest, sizeof digest);
    memcpy(question->content, content, sizeof content);
    struct owed *owed = owed_of(branch, envelope->answers);
    if (owed != NULL && question->again_left-- == 0)
        owed_done(branch, owed);
}

static void takes(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    if (text_is(envelope->type, "TITLE_ASK"))
        takes_ask(peer, parcel);
    else if (text_is(envelope->type, "TITLE_ANSWER"))
        takes_answer(peer, envelope, parcel);
}

/* ---- applications stand on it ---- */

static const struct question *answered(const struct peer *branch, uint32_t window, uint32_t unit, bool is_own)
{
    const struct titles *titles = world->titles;

    for (uint32_t i = titles->question_count; i-- > 0;) {
        const struct question *question = &titles->questions[i];
        if (question->is_answered && question->is_match && question->window == window && question->unit == unit &&
            (question->branch == branch->index) == is_own)
            return question;
    }
    return NULL;
}

bool titles_stand(const struct peer *branch, uint32_t window, const uint32_t *units, struct unit *items, uint32_t count)
{
    bool is_foreign = false;

    for (uint32_t i = 0; world_has(FEATURE_TITLES) && i < count; i++) {
        const bool is_own = !random_once_in(&world->random, 12);
        const struct question *question = answered(branch, window, units[i], is_own);
        if (question == NULL || random_once_in(&world->random, 4))
            continue;
        items[i].title = number_of((int64_t)question->sequence);
        is_foreign |= !is_own;
    }
    return is_foreign;
}

const struct business titles_business = {wakes, next_us, dies, takes, keeps};
