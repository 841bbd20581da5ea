#include <criterion/criterion.h>
#include <string.h>

#include "broker/core/title.h"
#include "tests/scenarios/story.h"

/* The sentences about title queries. A question is written and read by the
 * contract first, as at the door: what breaks a rule there never reaches the core. */

enum { QUERY_SIZE_MAX = 2048 };

/* ---- what is done ---- */

static bool window_offers_titles(struct story *story)
{
    struct text capability = text_of("title");
    struct hello *hello = body_of(MESSAGE_HELLO);
    hello->credit = number_of(8);
    hello->capabilities = (struct text_list){&capability, 1, true};
    const struct envelope envelope = {.version = number_of(1),
                                      .message_id = bytes_of("0123456789abcdef", 16),
                                      .type = text_of("HELLO"),
                                      .source = text_of(meant(story->words[0])),
                                      .destination = text_of("K"),
                                      .sent_at = number_of(story->house->now_us),
                                      .is_present = true};
    story->house->effects.count = 0;
    house_step(story->house, &(struct event){.type = EVENT_SESSION_UP,
                                             .participant = text_of(meant(story->words[0])),
                                             .envelope = &envelope,
                                             .body = hello});
    house_propose(story->house);
    return true;
}

/* The contract's word on the question: true, or false with the place in story->problem. */
static bool is_by_contract(struct story *story, const struct title_query *query)
{
    uint8_t body[QUERY_SIZE_MAX];
    size_t size = 0;
    struct title_query decoded;
    struct problems problems = {0};
    struct arena arena = arena_over(NULL, 0);
    cr_assert_eq(record_encode(&record_title_query, query, body, sizeof body, &size), STATUS_OK);
    story->problem[0] = '\0';
    if (record_decode(&record_title_query, bytes_of(body, size), &arena, &decoded, &problems) == STATUS_OK)
        return true;
    snprintf(story->problem, sizeof story->problem, "%s", problems.count > 0 ? problems.items[0].path : "?");
    return false;
}

static void ask(struct story *story, const char *unit, const char *purpose, const char *consent)
{
    const struct title_query query = {.purpose = text_of(purpose),
                                      .consent = text_of(consent),
                                      .district = text_of("370102"),
                                      .unit = text_of(unit),
                                      .owner_name = text_of("张某"),
                                      .owner_id_type = text_of("1"),
                                      .owner_id = text_of("370116198506150003"),
                                      .is_present = true};
    story->query = 0;
    story->house->effects.count = 0;
    if (!is_by_contract(story, &query))
        return;
    say(story->house, &(struct said){.who = meant(story->words[0]), .type = MESSAGE_TITLE_QUERY, .body = &query});
    const struct effect *receipt = effect_of(story->house, EFFECT_RECEIPT, 0);
    story->query = receipt != NULL ? receipt->sequence : 0;
}

static bool asks(struct story *story)
{
    ask(story, meant(story->words[1]), story->words[2], story->words[3]);
    return true;
}

static bool asks_without_consent(struct story *story)
{
    ask(story, meant(story->words[1]), story->words[2], NULL);
    return true;
}

static bool asks_without_purpose(struct story *story)
{
    ask(story, meant(story->words[1]), NULL, story->words[2]);
    return true;
}

static bool asks_of_nothing(struct story *story)
{
    ask(story, NULL, story->words[1], story->words[2]);
    return true;
}

static void answer(struct story *story, const char *window, const char *result)
{
    const struct title_result body = {.query = number_of((int64_t)story->query),
                                      .result = text_of(result),
                                      .as_of = number_of(story->house->now_us),
                                      .is_present = true};
    say(story->house, &(struct said){.who = window, .type = MESSAGE_TITLE_RESULT, .body = &body});
}

static bool answers(struct story *story)
{
    if (story->query == 0)
        return deny(story, "no question was taken that could be answered with", story->words[1]);
    answer(story, meant(story->words[0]), story->words[1]);
    return story->house->step.verdict == VERDICT_STORE || deny(story, "nobody took the answer", story->words[1]);
}

/* Each of another property, each answered. */
static bool asks_often(struct story *story)
{
    const int64_t count = number_in(story->words[1]);
    for (int64_t i = 0; i < count; i++) {
        char unit[] = UNIT;
        snprintf(unit + 20, 9, "%08u", 10203 + (unsigned)i);
        ask(story, unit, "mortgage", "C-1");
        if (story->query == 0)
            return deny(story, "it was refused:", status_code(rejection(story->house)));
        answer(story, WINDOW, "mismatch");
    }
    return true;
}

static bool submits_on_title(struct story *story)
{
    if (story->case_count == STORY_CASE_COUNT_MAX)
        return deny(story, "too many cases:", story->words[2]);
    struct story_case *file = &story->cases[story->case_count++];
    struct case_submit *body = application(meant(story->words[1]), story->words[2]);
    *file = (struct story_case){.message_id = ++story->message_count};
    snprintf(file->branch, sizeof file->branch, "%s", meant(story->words[0]));
    snprintf(file->unit, sizeof file->unit, "%s", meant(story->words[1]));
    snprintf(file->name, sizeof file->name, "%s", story->words[2]);
    body->title = number_of((int64_t)story->query);
    say(story->house,
        &(struct said){.who = file->branch, .type = MESSAGE_CASE_SUBMIT, .body = body, .message_id = file->message_id});
    memcpy(file->id, story->house->step.case_id, sizeof file->id);
    return story->house->step.verdict == VERDICT_STORE ||
           deny(story, "it was refused:", status_code(rejection(story->house)));
}

/* ---- what is claimed ---- */

static bool is_refused_at(struct story *story)
{
    return strcmp(story->problem, story->words[0]) == 0 ||
           deny(story, "the contract's word is", story->problem[0] ? story->problem : "yes");
}

static bool is_asked(struct story *story)
{
    const struct effect *asked = effect_of(story->house, EFFECT_TITLE_ASK, 0);
    return (asked != NULL && strcmp(asked->to, meant(story->words[0])) == 0) ||
           deny(story, "nobody asked", story->words[0]);
}

static bool nobody_is_asked(struct story *story)
{
    return effect_of(story->house, EFFECT_TITLE_ASK, 0) == NULL || deny(story, "somebody", "was asked");
}

/* Whoever looks later finds who asked, and that it was answered. */
static bool are_journaled(struct story *story)
{
    char seen[16];
    int64_t count = 0;
    for (uint32_t i = 0; i < story->house->journal_count; i++)
        count += story->house->journal[i].type == MESSAGE_TITLE_QUERY &&
                 strcmp(story->house->journal[i].sender, meant(story->words[1])) == 0;
    snprintf(seen, sizeof seen, "%u", (unsigned)count);
    return count == number_in(story->words[0]) || deny(story, "it holds", seen);
}

static bool are_alarmed(struct story *story)
{
    struct text branches[TITLE_RATE_COUNT_MAX];
    uint32_t count = core_title_alarms(story->house->core, story->house->now_us, branches);
    for (uint32_t i = 0; i < count; i++)
        if (text_is(branches[i], meant(story->words[0])))
            return true;
    return deny(story, "there is no alarm about", story->words[0]);
}

static bool are_not_alarmed(struct story *story)
{
    return !are_alarmed(story) || deny(story, "there is an alarm about", story->words[0]);
}

static bool were_alarmed_times(struct story *story)
{
    char seen[16];
    int64_t count = 0;
    for (uint32_t i = 0; i < story->house->journal_count; i++)
        count += story->house->journal[i].type == MESSAGE_FACT_TITLE_RATE;
    snprintf(seen, sizeof seen, "%u", (unsigned)count);
    return count == number_in(story->words[0]) || deny(story, "alarms so far:", seen);
}

static bool stands_on_title(struct story *story)
{
    const struct case_row *row = is_known(story, 0) ? the_case(story->house, id_at(story, 0)) : NULL;
    return (row != NULL && row->title.is_present && (uint64_t)row->title.value == story->query) ||
           deny(story, "it stands on another title or none:", story->words[0]);
}

static bool stands_on_none(struct story *story)
{
    const struct case_row *row = is_known(story, 0) ? the_case(story->house, id_at(story, 0)) : NULL;
    return (row != NULL && !row->title.is_present) || deny(story, "it stands on a title:", story->words[0]);
}

static const struct sentence acts[] = {
    {"* offers title queries", window_offers_titles},
    {"branch * asks for the title of * for * under *", asks},
    {"branch * asks for the title of * for * without a consent", asks_without_consent},
    {"branch * asks for the title of * without a purpose under *", asks_without_purpose},
    {"branch * asks for a title of nothing for * under *", asks_of_nothing},
    {"branch * asks for * titles within the hour", asks_often},
    {"* answers the question with *", answers},
    {"branch * submits * as * on that title", submits_on_title},
};

static const struct sentence claims[] = {
    {"the question is refused at the door for its *", is_refused_at},
    {"the question goes to *", is_asked},
    {"the question goes nowhere", nobody_is_asked},
    {"the journal holds * questions of branch *", are_journaled},
    {"operations are alarmed about branch *", are_alarmed},
    {"operations are not alarmed about branch *", are_not_alarmed},
    {"operations were alarmed * times", were_alarmed_times},
    {"* stands on that title", stands_on_title},
    {"* stands on no title", stands_on_none},
};

const struct sentences story_title_acts = {acts, sizeof acts / sizeof acts[0]};
const struct sentences story_title_claims = {claims, sizeof claims / sizeof claims[0]};
