#include <criterion/criterion.h>
#include <string.h>

#include "broker/core/row.h"
#include "tests/scenarios/story.h"

/* The sentences that claim something. */

static bool is_in_state(struct story *story)
{
    const char *state = is_known(story, 0) ? state_of(story->house, id_at(story, 0)) : "";
    return strcmp(state, story->words[1]) == 0 || deny(story, "it is", state);
}

static bool reads(struct story *story)
{
    const char *state = is_known(story, 0) ? state_of(story->house, id_at(story, 0)) : "";
    enum lifecycle_state shown = lifecycle_state_of(text_of(state));
    const char *chinese = shown != STATE_COUNT ? lifecycle_state(shown)->chinese : "";
    return strcmp(chinese, story->words[1]) == 0 || deny(story, "it reads", chinese);
}

static const struct {
    const char *name;
    enum case_flag flag;
} flags[] = {
    {"IN_DOUBT", CASE_IN_DOUBT},
    {"CONTRADICTION", CASE_CONTRADICTION},
    {"OUT_OF_ORDER", CASE_OUT_OF_ORDER},
    {"ECHO_DIFF", CASE_ECHO_DIFF},
    {"RISK", CASE_RISK},
    {"RANK_DIFF", CASE_RANK_DIFF},
    {"MAY_DISBURSE", CASE_MAY_DISBURSE},
    {"DEEMED_ACCEPT_CLAIM", CASE_DEEMED_CLAIM},
};

/* 1 flagged, 0 not, -1 nobody knows. */
static int flag_state(struct story *story)
{
    if (!is_known(story, 0))
        return -1;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (strcmp(flags[i].name, story->words[1]) == 0)
            return has_flag(story->house, id_at(story, 0), flags[i].flag);
    return -1;
}

static bool is_flagged(struct story *story)
{
    return flag_state(story) == 1 || deny(story, "it is not flagged", story->words[1]);
}

static bool is_not_flagged(struct story *story)
{
    return flag_state(story) == 0 || deny(story, "it is flagged, or nobody knows", story->words[1]);
}

static bool answer_is_receipt(struct story *story)
{
    enum status status = rejection(story->house);
    if (status != STATUS_OK)
        return deny(story, "it was refused:", status_code(status));
    return count_effects(story->house, EFFECT_RECEIPT) == 1 || deny(story, "there is no", "receipt");
}

static bool answer_is_receipt_of(struct story *story)
{
    if (!answer_is_receipt(story) || !is_known(story, 0))
        return false;
    const struct effect *receipt = effect_of(story->house, EFFECT_RECEIPT, 0);
    if (!receipt->is_duplicate)
        return deny(story, "the receipt is", "a new one");
    return strcmp(receipt->case_id, id_at(story, 0)) == 0 || deny(story, "the receipt is of", receipt->case_id);
}

static bool answer_is_refusal(struct story *story)
{
    const char *code = status_code(rejection(story->house));
    return strcmp(code, story->words[0]) == 0 || deny(story, "the answer is", code);
}

static bool has_number(struct story *story)
{
    return is_known(story, 0) && (text_is(the_case(story->house, id_at(story, 0))->number, story->words[1]) ||
                                  deny(story, "its 业务号 is not", story->words[1]));
}

static bool has_proof(struct story *story)
{
    return is_known(story, 0) && (text_is(the_case(story->house, id_at(story, 0))->proof, meant(story->words[1])) ||
                                  deny(story, "its proof is not", story->words[1]));
}

static unsigned times_heard(struct story *story, const char *branch, const char *what, const char *id)
{
    unsigned count = 0;
    for (int64_t number = 1; number <= feed_last(story->house, branch); number++) {
        bool is_of_case = text_is(feed_at(story->house, branch, (uint64_t)number).case_id, id);
        bool is_meant = what == NULL || strcmp(feed_says(story->house, branch, (uint64_t)number), what) == 0;
        count += is_of_case && is_meant;
    }
    return count;
}

static bool hears_once(struct story *story)
{
    if (!is_known(story, 2))
        return false;
    unsigned count = times_heard(story, meant(story->words[0]), story->words[1], id_at(story, 2));
    return count == 1 || deny(story, count == 0 ? "it never heard" : "it heard several times", story->words[1]);
}

static bool hears_nothing(struct story *story)
{
    return is_known(story, 1) && (times_heard(story, meant(story->words[0]), NULL, id_at(story, 1)) == 0 ||
                                  deny(story, "it hears of", story->words[1]));
}

/* Where in the order of what was sent the case itself first went to the window; STORY_SENT_COUNT_MAX: never. */
static uint32_t sent_at(const struct story *story, const char *id, const char *window)
{
    for (uint32_t i = 0; i < story->sent_count; i++)
        if (strcmp(story->sent[i].case_id, id) == 0 && story->sent[i].number == 1 &&
            (window == NULL || strcmp(story->sent[i].to, window) == 0))
            return i;
    return STORY_SENT_COUNT_MAX;
}

static bool was_sent(struct story *story)
{
    const char *window = meant(story->words[0]);
    return is_known(story, 1) && (sent_at(story, id_at(story, 1), window) < STORY_SENT_COUNT_MAX ||
                                  deny(story, "it was not sent to", window));
}

static bool loaded_were_sent(struct story *story)
{
    char seen[24];
    int64_t count = 0;
    for (uint32_t i = 0; i < story->loaded_count; i++)
        count += sent_at(story, story->loaded[i], NULL) < STORY_SENT_COUNT_MAX;
    snprintf(seen, sizeof seen, "%lld", (long long)count);
    return count == number_in(story->words[0]) || deny(story, "they were", seen);
}

static bool was_not_sent(struct story *story)
{
    return is_known(story, 0) && (sent_at(story, id_at(story, 0), NULL) == STORY_SENT_COUNT_MAX ||
                                  deny(story, "a window has", story->words[0]));
}

static bool was_sent_before(struct story *story)
{
    if (!is_known(story, 0) || !is_known(story, 1))
        return false;
    return sent_at(story, id_at(story, 0), NULL) < sent_at(story, id_at(story, 1), NULL) ||
           deny(story, "it was not sent before", story->words[1]);
}

static bool journal_replays(struct story *story)
{
    return house_replays_the_same(story->house) || deny(story, "the rows", "differ");
}

/* What the registry stated, against when it was stored here. */
static bool is_kept_ahead(struct story *story)
{
    if (!is_known(story, 0))
        return false;
    const struct case_row *row = the_case(story->house, id_at(story, 0));
    int64_t ahead = row->accepted_at.value - row->accepted_here.value;
    return (row->accepted_here.is_present && ahead == number_in(story->words[1]) * 3600 * SECOND) ||
           deny(story, "its 受理时间 is not the one stated for", story->words[0]);
}

/* ---- claims about alerts and alarms ---- */

static bool may_disburse(struct story *story)
{
    return is_known(story, 0) && (has_flag(story->house, id_at(story, 0), CASE_MAY_DISBURSE) ||
                                  deny(story, "the advice stops for", story->words[0]));
}

static bool may_not_disburse(struct story *story)
{
    return is_known(story, 0) && (!has_flag(story->house, id_at(story, 0), CASE_MAY_DISBURSE) ||
                                  deny(story, "the advice is to pay for", story->words[0]));
}

/* The alert as the case keeps it; NULL where it has none of this document. */
static const struct risk_row *alert_kept(struct story *story, unsigned index, const char *document)
{
    const struct case_row *row = is_known(story, index) ? the_case(story->house, id_at(story, index)) : NULL;
    for (uint32_t i = 0; row != NULL && i < row->risks.count; i++)
        if (text_is(row->risks.items[i].document, document))
            return &row->risks.items[i];
    return NULL;
}

static bool was_read_by(struct story *story)
{
    const struct risk_row *risk = alert_kept(story, 1, story->words[0]);
    bool is_read = risk != NULL && text_is(risk->user, story->words[2]) && risk->acknowledged.is_present;
    return is_read || deny(story, "nobody of this name has read", story->words[0]);
}

/* Row `number` of the urgent feed; false where it is not written yet. */
static bool urgent_row(struct story *story, const char *branch, uint64_t number, struct feed_row *row)
{
    static uint8_t memory[4096];
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {.count = 0};
    struct row_key key = row_key_urgent(text_of(branch), number);
    const struct stored *stored = table_find(&story->house->rows, bytes_of(key.bytes, key.size));
    return stored != NULL && stored->value.data != NULL &&
           row_decode(&record_feed_row, stored->value, &arena, row, &problems) == STATUS_OK;
}

/* How many urgent events tell the branch of the case; those with this advice alone, NULL for any. */
static unsigned times_alerted(struct story *story, const char *branch, const char *id, const char *advice)
{
    struct feed_row row = {.is_present = false};
    unsigned count = 0;
    house_checkpoint(story->house);
    for (uint64_t number = 1; urgent_row(story, branch, number, &row); number++)
        count += text_is(row.case_id, id) && (advice == NULL || text_is(row.advice, advice));
    return count;
}

static bool is_alerted(struct story *story)
{
    return is_known(story, 2) && (times_alerted(story, meant(story->words[0]), id_at(story, 2), NULL) ==
                                      (unsigned)number_in(story->words[1]) ||
                                  deny(story, "that is not how often it was alerted of", story->words[2]));
}

static bool is_advised(struct story *story)
{
    return is_known(story, 2) && (times_alerted(story, meant(story->words[0]), id_at(story, 2), story->words[1]) > 0 ||
                                  deny(story, "no alert advises", story->words[1]));
}

/* The words: branch, per cent, clock, case. */
static bool hears_alarm(struct story *story)
{
    const char *branch = meant(story->words[0]);
    unsigned count = 0;
    if (!is_known(story, 3))
        return false;
    for (int64_t number = 1; number <= feed_last(story->house, branch); number++) {
        struct feed_row row = feed_at(story->house, branch, (uint64_t)number);
        count += text_is(row.fact, "ALARM") && text_is(row.clock, story->words[2]) &&
                 row.stage.value == number_in(story->words[1]) && text_is(row.case_id, id_at(story, 3));
    }
    return count == 1 || deny(story, count == 0 ? "it never heard of" : "it heard several times of", story->words[2]);
}

/* ---- events about processes ---- */

/* "tests/system/test_x.py::name", or a file of C: it is there and has a test of this name. */
static bool is_shown(struct story *story)
{
    char path[STORY_WORD_SIZE];
    char line[1024];
    char wanted[STORY_WORD_SIZE + 8];
    const char *colons = strstr(story->words[0], "::");
    if (colons == NULL || colons - story->words[0] < 3)
        return deny(story, "no test is named in", story->words[0]);
    snprintf(path, sizeof path, "%.*s", (int)(colons - story->words[0]), story->words[0]);
    bool is_python = strcmp(path + strlen(path) - 3, ".py") == 0;
    snprintf(wanted, sizeof wanted, is_python ? "def %s(" : ", %s", colons + 2);
    FILE *in = fopen(path, "r");
    bool is_found = false;
    while (in != NULL && !is_found && fgets(line, sizeof line, in) != NULL)
        is_found = strstr(line, wanted) != NULL;
    if (in != NULL)
        fclose(in);
    return is_found || deny(story, "there is no such test:", story->words[0]);
}

/* ---- the table ---- */

static const struct sentence sentences[] = {
    {"* is *", is_in_state},
    {"* reads *", reads},
    {"* is flagged *", is_flagged},
    {"* is not flagged *", is_not_flagged},
    {"the answer is a receipt", answer_is_receipt},
    {"the answer is the receipt of *", answer_is_receipt_of},
    {"the answer is a refusal for *", answer_is_refusal},
    {"* has the number *", has_number},
    {"* has the proof *", has_proof},
    {"branch * hears * of * once", hears_once},
    {"branch * hears nothing of *", hears_nothing},
    {"the acceptance of * is kept as stated, * hours ahead", is_kept_ahead},
    {"the bank may disburse on *", may_disburse},
    {"the bank may not disburse on *", may_not_disburse},
    {"the alert * on * was read by *", was_read_by},
    {"branch * is alerted * times of *", is_alerted},
    {"branch * is advised * for *", is_advised},
    {"branch * hears at * per cent of * of *", hears_alarm},
    {"* got *", was_sent},
    {"no window got *", was_not_sent},
    {"* of what was loaded went to a window", loaded_were_sent},
    {"* was sent before *", was_sent_before},
    {"the journal gives the same rows again", journal_replays},
    {"shown by *", is_shown},
};

const struct sentences story_claims = {sentences, sizeof sentences / sizeof sentences[0]};
