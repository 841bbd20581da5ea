#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "broker/core/row.h"
#include "tests/scenarios/story.h"

/* The sentences of the stories: first what is done, then what is claimed. */

/* ---- who and what ---- */

static int64_t number_in(const char *word)
{
    char *end = NULL;
    const int64_t number = strtoll(word, &end, 10);
    cr_assert(end != word && *end == '\0', "\"%s\" is no number", word);
    return number;
}

static const struct name {
    const char *said;
    const char *meant;
} names[] = {
    {"A", BRANCH},
    {"B", OTHER_BRANCH},
    {"window-1", WINDOW},
    {"window-2", OTHER_WINDOW},
    {"window-penglai", "W:370614"},
    {"unit-1", UNIT},
    {"unit-2", UNIT_2},
    {"unit-3", UNIT_3},
    {"unit-at-window-2", FOREIGN_UNIT},
    {"unit-of-old-penglai", "370684999002GB00017F00120001"},
    {"the-same-unit-of-new-penglai", "370614999002GB00017F00120001"},
    {"proof-1", "鲁（2026）济南市不动产证明第0000001号"},
    {"proof-2", "鲁（2026）济南市不动产证明第0000002号"},
};

static const char *meant(const char *said)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].said, said) == 0)
            return names[i].meant;
    return said;
}

static bool deny(struct story *story, const char *what, const char *seen)
{
    snprintf(story->why, sizeof story->why, "%s %s", what, seen);
    return false;
}

static struct story_case *the_named(struct story *story, const char *name)
{
    for (uint32_t i = 0; i < story->case_count; i++)
        if (strcmp(story->cases[i].name, name) == 0)
            return &story->cases[i];
    deny(story, "there is no case", name);
    return NULL;
}

/* The id of the case that word `index` names; "" for none: the core knows none of this id. */
static const char *id_at(struct story *story, unsigned index)
{
    const struct story_case *named = the_named(story, story->words[index]);
    return named != NULL ? named->id : "";
}

static bool is_known(struct story *story, unsigned index)
{
    return the_named(story, story->words[index]) != NULL && story->house != NULL;
}

/* ---- branches ---- */

static void file_application(struct story *story, const struct story_case *file, const char *contract, int64_t fen)
{
    struct case_submit *body = application(file->unit, contract);
    if (file->kind[0] != '\0')
        body->kind = text_of(file->kind);
    body->amount = number_of(fen);
    say(story->house,
        &(struct said){.who = file->branch, .type = MESSAGE_CASE_SUBMIT, .body = body, .message_id = file->message_id});
}

enum { FEN = 80210700 };

static bool submit_kind(struct story *story, const char *kind)
{
    if (story->case_count == STORY_CASE_COUNT_MAX)
        return deny(story, "too many cases:", story->words[2]);
    struct story_case *file = &story->cases[story->case_count];
    *file = (struct story_case){.message_id = ++story->message_count};
    snprintf(file->branch, sizeof file->branch, "%s", meant(story->words[0]));
    snprintf(file->unit, sizeof file->unit, "%s", meant(story->words[1]));
    snprintf(file->name, sizeof file->name, "%s", story->words[2]);
    snprintf(file->kind, sizeof file->kind, "%s", kind);
    file_application(story, file, file->name, FEN);
    if (story->house->step.verdict != VERDICT_STORE)
        return deny(story, "it was refused:", status_code(rejection(story->house)));
    memcpy(file->id, story->house->step.case_id, sizeof file->id);
    story->case_count++;
    return true;
}

static bool submits(struct story *story)
{
    return submit_kind(story, "");
}

static bool submits_kind(struct story *story)
{
    return submit_kind(story, story->words[3]);
}

static bool sends_again(struct story *story)
{
    const struct story_case *file = the_named(story, story->words[1]);
    if (file == NULL)
        return false;
    file_application(story, file, file->name, FEN);
    return true;
}

static bool sends_again_changed(struct story *story)
{
    const struct story_case *file = the_named(story, story->words[1]);
    if (file == NULL)
        return false;
    file_application(story, file, file->name, FEN + 1);
    return true;
}

static bool files_anew(struct story *story)
{
    const struct story_case *file = the_named(story, story->words[1]);
    if (file == NULL)
        return false;
    struct story_case anew = *file;
    anew.message_id = ++story->message_count;
    file_application(story, &anew, file->name, FEN);
    return true;
}

static bool branch_says(struct story *story, unsigned index, enum message_type type, const void *body)
{
    const struct story_case *file = the_named(story, story->words[index]);
    if (file == NULL)
        return false;
    say(story->house, &(struct said){.who = file->branch, .type = type, .case_id = file->id, .body = body});
    return true;
}

static bool withdraws(struct story *story)
{
    return branch_says(story, 0, MESSAGE_WITHDRAW_REQ, NULL);
}

static bool checks_proof(struct story *story)
{
    struct cert_ack body = {.is_verified = number_of(true), .is_present = true};
    return branch_says(story, 0, MESSAGE_CERT_ACK, &body);
}

static bool completes(struct story *story)
{
    struct supplement_submit *body = body_of(MESSAGE_SUPPLEMENT_SUBMIT);
    body->round = number_of(number_in(story->words[1]));
    return branch_says(story, 0, MESSAGE_SUPPLEMENT_SUBMIT, body);
}

/* ---- windows ---- */

static bool has_it(struct story *story)
{
    if (!is_known(story, 0))
        return false;
    const struct case_row *row = the_case(story->house, id_at(story, 0));
    for (uint32_t i = 0; i < row->deliveries.count; i++)
        if (row->deliveries.items[i].is_delivered.value == 0) {
            deliver(story->house, id_at(story, 0), (int64_t)i + 1);
            return true;
        }
    return deny(story, "nothing is under way to the window for", story->words[0]);
}

static bool has_it_late(struct story *story)
{
    if (is_known(story, 0))
        deliver(story->house, id_at(story, 0), 1);
    return is_known(story, 0);
}

static bool accepts(struct story *story)
{
    if (is_known(story, 0))
        accept(story->house, id_at(story, 0), story->words[1]);
    return is_known(story, 0);
}

static bool books(struct story *story)
{
    if (is_known(story, 0))
        book(story->house, id_at(story, 0), story->words[1], the_named(story, story->words[0])->unit, NULL);
    return is_known(story, 0);
}

static bool books_unit(struct story *story)
{
    if (is_known(story, 0))
        book(story->house, id_at(story, 0), story->words[2], meant(story->words[1]), NULL);
    return is_known(story, 0);
}

static bool window_says(struct story *story, struct said said)
{
    char window[33];
    const struct case_row *row = the_case(story->house, id_at(story, 0));
    snprintf(window, sizeof window, "%.*s", TEXT_ARGS(row->window));
    said.who = window;
    said.case_id = id_at(story, 0);
    say(story->house, &said);
    return true;
}

/* The time a window states when its clock is so many hours ahead. */
static struct number time_ahead(struct story *story, const char *hours)
{
    return number_of(story->house->now_us + number_in(hours) * 3600 * SECOND);
}

static struct case_booked *booking(struct story *story, struct number booked_at)
{
    struct case_booked *body = body_of(MESSAGE_CASE_BOOKED);
    body->number = text_of(story->words[1]);
    body->booked_at = booked_at;
    body->units.items[0].number = text_of(the_named(story, story->words[0])->unit);
    return body;
}

static bool accepts_ahead(struct story *story)
{
    if (!is_known(story, 0))
        return false;
    struct case_accepted *body = body_of(MESSAGE_CASE_ACCEPTED);
    body->number = text_of(story->words[1]);
    body->accepted_at = time_ahead(story, story->words[2]);
    return window_says(story, (struct said){.type = MESSAGE_CASE_ACCEPTED, .body = body});
}

static bool books_ahead(struct story *story)
{
    if (!is_known(story, 0))
        return false;
    const struct case_booked *body = booking(story, time_ahead(story, story->words[2]));
    return window_says(story, (struct said){.type = MESSAGE_CASE_BOOKED, .body = body});
}

static bool books_other_rank(struct story *story)
{
    if (!is_known(story, 0))
        return false;
    const struct case_booked *body = booking(story, number_of(story->house->now_us));
    return window_says(story, (struct said){.type = MESSAGE_CASE_BOOKED, .body = body, .rank_differs = true});
}

static bool certifies(struct story *story)
{
    if (is_known(story, 0))
        certify(story->house, id_at(story, 0), story->words[1], meant(story->words[2]));
    return is_known(story, 0);
}

static bool examines(struct story *story)
{
    if (is_known(story, 0))
        progress(story->house, id_at(story, 0), "初审");
    return is_known(story, 0);
}

static bool window_simply(struct story *story, enum message_type type)
{
    if (!is_known(story, 0))
        return false;
    char window[33];
    const struct case_row *row = the_case(story->house, id_at(story, 0));
    snprintf(window, sizeof window, "%.*s", (int)row->window.size, row->window.data);
    simply(story->house, window, type, id_at(story, 0));
    return true;
}

static bool refuses(struct story *story)
{
    return window_simply(story, MESSAGE_CASE_REFUSED);
}

static bool does_not_accept(struct story *story)
{
    return window_simply(story, MESSAGE_CASE_NOT_ACCEPTED);
}

static bool suspends(struct story *story)
{
    return window_simply(story, MESSAGE_SUSPEND);
}

static bool resumes(struct story *story)
{
    return window_simply(story, MESSAGE_RESUME);
}

static bool asks_more(struct story *story)
{
    if (is_known(story, 0))
        ask_supplement(story->house, id_at(story, 0), number_in(story->words[1]));
    return is_known(story, 0);
}

static bool answers_withdrawal(struct story *story)
{
    if (is_known(story, 0))
        answer_withdrawal(story->house, id_at(story, 0), story->words[1]);
    return is_known(story, 0);
}

static bool window_comes_back(struct story *story)
{
    window_comes(story->house, meant(story->words[0]), number_in(story->words[1]));
    return true;
}

static bool somebody_leaves(struct story *story)
{
    leaves(story->house, meant(story->words[0]));
    return true;
}

/* ---- alerts ---- */

/* The words: window, kind of the alert, unit, document. */
static bool alert(struct story *story, struct text proof, bool has_ended)
{
    struct risk_alert body = {.unit = text_of(meant(story->words[2])),
                              .risk = text_of(story->words[1]),
                              .proof = proof,
                              .document = text_of(story->words[3]),
                              .time = number_of(story->house->now_us),
                              .has_ended = number_of(has_ended),
                              .is_present = true};
    say(story->house, &(struct said){.who = meant(story->words[0]), .type = MESSAGE_RISK_ALERT, .body = &body});
    return story->house->step.verdict == VERDICT_STORE || deny(story, "it was refused:", story->words[1]);
}

static bool alerts(struct story *story)
{
    return alert(story, (struct text){0}, false);
}

static bool alerts_proof(struct story *story)
{
    return alert(story, text_of(meant(story->words[4])), false);
}

static bool ends_alert(struct story *story)
{
    return alert(story, (struct text){0}, true);
}

static bool ends_alert_of_proof(struct story *story)
{
    return alert(story, text_of(meant(story->words[4])), true);
}

/* Somebody at the branch reads the newest alert of the case. */
static bool reads_alert(struct story *story)
{
    const struct case_row *row = is_known(story, 1) ? the_case(story->house, id_at(story, 1)) : NULL;
    if (row == NULL || row->risks.count == 0)
        return deny(story, "there is no alert on", story->words[1]);
    struct risk_ack body = {.alert = row->risks.items[row->risks.count - 1].alert,
                            .user = text_of(story->words[0]),
                            .time = number_of(story->house->now_us),
                            .is_present = true};
    return branch_says(story, 1, MESSAGE_RISK_ACK, &body);
}

/* ---- operators, the clock and the machine ---- */

static bool operator_says(struct story *story, enum message_type type, const void *body)
{
    if (!is_known(story, 0))
        return false;
    say(story->house, &(struct said){.who = OPERATOR, .type = type, .case_id = id_at(story, 0), .body = body});
    return true;
}

static bool allows_round(struct story *story)
{
    return operator_says(story, MESSAGE_OPS_SUPPLEMENT_ALLOW, NULL);
}

static bool retries(struct story *story)
{
    return operator_says(story, MESSAGE_OPS_PARKED_RETRY, NULL);
}

static bool gives_up(struct story *story)
{
    struct ops_parked_discard body = {.reason = text_of("poison"), .approver = text_of("O:li"), .is_present = true};
    return operator_says(story, MESSAGE_OPS_PARKED_DISCARD, &body);
}

static bool seconds_pass(struct story *story)
{
    house_wait(story->house, number_in(story->words[0]) * SECOND);
    return true;
}

/* No branch listens meanwhile, so that its feed is not sent again every few seconds. */
static bool hours_pass(struct story *story)
{
    leaves(story->house, BRANCH);
    leaves(story->house, OTHER_BRANCH);
    house_wait(story->house, number_in(story->words[0]) * 3600 * SECOND);
    story_note_deliveries(story);
    branch_comes(story->house, BRANCH, 0);
    branch_comes(story->house, OTHER_BRANCH, 0);
    return true;
}

static bool broker_dies(struct story *story)
{
    house_restart(story->house);
    branch_comes(story->house, BRANCH, 0);
    branch_comes(story->house, OTHER_BRANCH, 0);
    operator_comes(story->house, OPERATOR);
    return true;
}

static bool checkpoint_written(struct story *story)
{
    story->house->effects.count = 0;
    house_checkpoint(story->house);
    return true;
}

/* ---- claims ---- */

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
    {"branch * submits * as *", submits},
    {"branch * submits * as * of kind *", submits_kind},
    {"branch * sends the application of * again", sends_again},
    {"branch * sends the application of * again with one fen changed", sends_again_changed},
    {"branch * files the application of * anew", files_anew},
    {"the branch withdraws *", withdraws},
    {"the branch completes * in round *", completes},
    {"the branch checks the proof of *", checks_proof},
    {"the window has *", has_it},
    {"the window says late that it has *", has_it_late},
    {"the window accepts * as *", accepts},
    {"the window does not accept *", does_not_accept},
    {"the window examines *", examines},
    {"the window asks for more about * in round *", asks_more},
    {"the window suspends *", suspends},
    {"the window goes on with *", resumes},
    {"the window refuses *", refuses},
    {"the window books * as *", books},
    {"the window books * on * as *", books_unit},
    {"the window accepts * as * by a clock * hours ahead", accepts_ahead},
    {"the window books * as * by a clock * hours ahead", books_ahead},
    {"the window books * as * at another rank than filed", books_other_rank},
    {"the window certifies * as * with *", certifies},
    {"the window answers the withdrawal of * with *", answers_withdrawal},
    {"* says * on * by *", alerts},
    {"* says * on * by * for the mortgage of *", alerts_proof},
    {"* says that * on * by * has ended", ends_alert},
    {"* says that * on * by * for the mortgage of * has ended", ends_alert_of_proof},
    {"the clerk * reads the alert on *", reads_alert},
    {"* comes and takes * at a time", window_comes_back},
    {"* leaves", somebody_leaves},
    {"an operator allows one more round of *", allows_round},
    {"an operator sends * again", retries},
    {"two operators give up *", gives_up},
    {"* seconds pass", seconds_pass},
    {"* hours pass", hours_pass},
    {"a checkpoint is written", checkpoint_written},
    {"the broker is killed and starts again", broker_dies},
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
    {"* was sent before *", was_sent_before},
    {"the journal gives the same rows again", journal_replays},
    {"shown by *", is_shown},
};

/* The next word of a line; its size, 0 at the end. */
static size_t next_word(const char **line)
{
    *line += strspn(*line, " ");
    return strcspn(*line, " ");
}

static bool form_fits(struct story *story, const char *form, const char *line)
{
    unsigned count = 0;
    for (;;) {
        size_t wanted = next_word(&form);
        size_t size = next_word(&line);
        if (wanted == 0 || size == 0)
            return wanted == size;
        bool is_star = wanted == 1 && form[0] == '*';
        if (is_star && count < STORY_WORD_COUNT_MAX && size < STORY_WORD_SIZE)
            snprintf(story->words[count++], STORY_WORD_SIZE, "%.*s", (int)size, line);
        else if (wanted != size || memcmp(form, line, size) != 0)
            return false;
        form += wanted;
        line += size;
    }
}

const struct sentence *sentence_find(struct story *story, const char *line)
{
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        if (form_fits(story, sentences[i].form, line))
            return &sentences[i];
    return NULL;
}
