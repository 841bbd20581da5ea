#include <criterion/criterion.h>
#include <string.h>

#include "tests/scenarios/story.h"

/* The sentences that do something. */

/* ---- branches ---- */

enum { PRIORITY_OF_BULK = 3 };

static void file_application(struct story *story, const struct story_case *file, const char *contract, int64_t fen)
{
    struct case_submit *body = application(file->unit, contract);
    if (file->kind[0] != '\0')
        body->kind = text_of(file->kind);
    body->amount = number_of(fen);
    say(story->house, &(struct said){.who = file->branch,
                                     .type = MESSAGE_CASE_SUBMIT,
                                     .body = body,
                                     .message_id = file->message_id,
                                     .priority = file->is_bulk ? PRIORITY_OF_BULK : 0});
}

enum { FEN = 80210700 };

static bool submit_as(struct story *story, const char *kind, bool is_bulk)
{
    if (story->case_count == STORY_CASE_COUNT_MAX)
        return deny(story, "too many cases:", story->words[2]);
    struct story_case *file = &story->cases[story->case_count];
    *file = (struct story_case){.message_id = ++story->message_count, .is_bulk = is_bulk};
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
    return submit_as(story, "", false);
}

static bool submits_kind(struct story *story)
{
    return submit_as(story, story->words[3], false);
}

static bool submits_bulk(struct story *story)
{
    return submit_as(story, "", true);
}

/* Each on a unit of its own, none of which has a short name. */
static bool loads_bulk(struct story *story)
{
    const int64_t count = number_in(story->words[1]);
    for (int64_t i = 0; i < count; i++) {
        char unit[] = UNIT, contract[24];
        if (story->loaded_count == STORY_LOADED_COUNT_MAX)
            return deny(story, "too many cases:", story->words[1]);
        snprintf(unit + 20, 9, "%08u", story->loaded_count);
        snprintf(contract, sizeof contract, "bulk-%u", story->loaded_count);
        const struct story_case file = {.message_id = ++story->message_count, .is_bulk = true};
        struct story_case of_branch = file;
        snprintf(of_branch.branch, sizeof of_branch.branch, "%s", meant(story->words[0]));
        snprintf(of_branch.unit, sizeof of_branch.unit, "%s", unit);
        file_application(story, &of_branch, contract, FEN);
        if (story->house->step.verdict != VERDICT_STORE)
            return deny(story, "it was refused:", status_code(rejection(story->house)));
        memcpy(story->loaded[story->loaded_count++], story->house->step.case_id, CASE_ID_SIZE + 1);
        story_note_deliveries(story);
    }
    return true;
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

static bool window_says(struct story *story, struct said said)
{
    if (!is_known(story, 0))
        return false;
    char window[33];
    const struct case_row *row = the_case(story->house, id_at(story, 0));
    snprintf(window, sizeof window, "%.*s", TEXT_ARGS(row->window));
    said.who = window;
    said.case_id = id_at(story, 0);
    say(story->house, &said);
    return true;
}

static bool window_simply(struct story *story, enum message_type type)
{
    return window_says(story, (struct said){.type = type});
}

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

/* The oldest case that went to a window and was not acknowledged; NULL for none. */
static const char *under_way(const struct story *story)
{
    for (uint32_t i = 0; i < story->sent_count; i++)
        if (strcmp(state_of(story->house, story->sent[i].case_id), "QUEUED") == 0)
            return story->sent[i].case_id;
    return NULL;
}

static bool has_next(struct story *story)
{
    const char *next = under_way(story);
    if (next == NULL)
        return deny(story, "nothing is under way to", "a window");
    char id[CASE_ID_SIZE + 1];
    memcpy(id, next, sizeof id);
    deliver(story->house, id, 1);
    story_note_deliveries(story);
    return story->house->step.verdict == VERDICT_STORE || deny(story, "nobody heard that the window has", id);
}

static bool has_some(struct story *story)
{
    const int64_t count = number_in(story->words[0]);
    for (int64_t i = 0; i < count; i++)
        if (!has_next(story))
            return false;
    return true;
}

static bool has_everything(struct story *story)
{
    while (under_way(story) != NULL)
        if (!has_next(story))
            return false;
    return true;
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

/* ---- the table ---- */

static const struct sentence sentences[] = {
    {"branch * submits * as *", submits},
    {"branch * submits * as * of kind *", submits_kind},
    {"branch * submits * as * in bulk", submits_bulk},
    {"branch * loads * cases in bulk", loads_bulk},
    {"branch * sends the application of * again", sends_again},
    {"branch * sends the application of * again with one fen changed", sends_again_changed},
    {"branch * files the application of * anew", files_anew},
    {"the branch withdraws *", withdraws},
    {"the branch completes * in round *", completes},
    {"the branch checks the proof of *", checks_proof},
    {"the window has *", has_it},
    {"the window has * of what is under way", has_some},
    {"the window has everything as it comes", has_everything},
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
};

const struct sentences story_acts = {sentences, sizeof sentences / sizeof sentences[0]};
