#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/core/house.h"

/* The table by itself, and the core against the table: every state meets every
 * event twice, once as data and once for real. */

static bool is_layer(enum lifecycle_state state)
{
    return lifecycle_state(state)->class == CLASS_LAYER;
}

static bool outcome_has_target(enum lifecycle_outcome outcome)
{
    return outcome == OUTCOME_MOVE || outcome == OUTCOME_JUMP || outcome == OUTCOME_AS || outcome == OUTCOME_COVER ||
           outcome == OUTCOME_LIFT;
}

Test(lifecycle, every_cell_is_decided_and_names_a_target_exactly_when_it_goes_there)
{
    for (enum lifecycle_state state = 0; state < STATE_COUNT; state++)
        for (enum lifecycle_event event = 0; event < LIFE_COUNT; event++) {
            const struct lifecycle_cell *cell = lifecycle_cell(state, event);
            cr_expect_neq(cell->outcome, OUTCOME_UNDECIDED);
            cr_expect_eq(outcome_has_target(cell->outcome), cell->to != STATE_SAME, "%s %s",
                         lifecycle_state(state)->name, lifecycle_event(event)->name);
            cr_expect_gt(strlen(cell->sentence), 3);
        }
}

Test(lifecycle, a_window_is_never_refused_and_nobody_else_contradicts)
{
    for (enum lifecycle_state state = 0; state < STATE_COUNT; state++)
        for (enum lifecycle_event event = 0; event < LIFE_COUNT; event++) {
            enum lifecycle_outcome outcome = lifecycle_cell(state, event)->outcome;
            char who = lifecycle_event(event)->who;
            cr_expect(who != 'W' || (outcome != OUTCOME_REFUSE && outcome != OUTCOME_NOTHING));
            cr_expect(who == 'W' || outcome != OUTCOME_CONTRADICTION);
            cr_expect(who == 'K' || outcome != OUTCOME_NOTHING);
            cr_expect(who == 'B' || who == 'O' || outcome != OUTCOME_REFUSE);
        }
}

Test(lifecycle, only_a_layer_leaves_the_word_to_what_is_beneath)
{
    for (enum lifecycle_state state = 0; state < STATE_COUNT; state++)
        for (enum lifecycle_event event = 0; event < LIFE_COUNT; event++) {
            const struct lifecycle_cell *cell = lifecycle_cell(state, event);
            cr_expect(cell->outcome != OUTCOME_BENEATH || is_layer(state));
            cr_expect(cell->outcome != OUTCOME_LIFT || is_layer(state));
            cr_expect(cell->outcome != OUTCOME_COVER || is_layer(cell->to));
            cr_expect(cell->outcome != OUTCOME_MOVE || !is_layer(cell->to));
            if (cell->outcome == OUTCOME_AS)
                cr_expect_neq(lifecycle_cell(cell->to, event)->outcome, OUTCOME_AS);
        }
}

Test(lifecycle, what_is_closed_stays_closed_and_what_is_booked_only_gets_its_proof)
{
    for (enum lifecycle_event event = 0; event < LIFE_COUNT; event++) {
        for (enum lifecycle_state state = 0; state < STATE_COUNT; state++)
            if (!lifecycle_is_open(state))
                cr_expect(!outcome_has_target(lifecycle_cell(state, event)->outcome));
        const struct lifecycle_cell *cell = lifecycle_cell(STATE_BOOKED, event);
        cr_expect(cell->outcome != OUTCOME_MOVE || cell->to == STATE_CERTIFIED);
    }
}

Test(lifecycle, no_word_claims_more_than_the_state_has)
{
    for (enum lifecycle_state state = 0; state < STATE_COUNT; state++) {
        const struct lifecycle_state_row *row = lifecycle_state(state);
        bool is_booked = row->class == CLASS_BOOK || state == STATE_ARCHIVED;
        cr_expect_eq(strncmp(row->chinese, "已登簿", strlen("已登簿")) == 0, is_booked, "%s", row->name);
        cr_expect_leq(strlen(row->chinese), 64);
        cr_expect_leq(strlen(row->english), 64);
        cr_expect_leq(strlen(row->wire), 16);
    }
}

Test(lifecycle, the_page_in_docs_says_what_the_table_says)
{
    char *made = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&made, &size);
    lifecycle_describe(out);
    fclose(out);
    FILE *page = fopen("docs/lifecycle.md", "r");
    cr_assert_not_null(page);
    char *text = calloc(1, size + 2);
    size_t read = fread(text, 1, size + 1, page);
    fclose(page);
    cr_expect_eq(read, size);
    cr_expect_eq(memcmp(text, made, size), 0, "run build/bin/describe");
    free(text);
    free(made);
}

/* ---- the core against the table ---- */

static void bring_to_sent(struct house *house, const char *id)
{
    (void)id;
    window_comes(house, WINDOW, 4);
}

static void bring_to_delivered(struct house *house, const char *id)
{
    bring_to_sent(house, id);
    deliver(house, id, 1);
}

static void bring_to_accepted(struct house *house, const char *id)
{
    bring_to_delivered(house, id);
    accept(house, id, "Y-1");
}

static void bring_to_review(struct house *house, const char *id)
{
    bring_to_accepted(house, id);
    progress(house, id, "初审");
}

static void bring_to_supplemented(struct house *house, const char *id)
{
    bring_to_review(house, id);
    ask_supplement(house, id, 1);
    supplement(house, id, 1);
}

static void bring_to_certified(struct house *house, const char *id)
{
    bring_to_review(house, id);
    book(house, id, "Y-1", UNIT, NULL);
    certify(house, id, "Y-1", "鲁（2026）济南市不动产证明第0000001号");
}

static void bring_to_withdrawing(struct house *house, const char *id)
{
    bring_to_review(house, id);
    withdraw(house, id);
}

static void park_now(struct house *house)
{
    house_wait(house, INT64_C(3600) * SECOND);
}

static void discard(struct house *house, const char *id)
{
    struct ops_parked_discard *body = body_of(MESSAGE_OPS_PARKED_DISCARD);
    body->approver = text_of("O:li");
    say(house, &(struct said){.who = OPERATOR, .type = MESSAGE_OPS_PARKED_DISCARD, .case_id = id, .body = body});
}

static void bring_to(struct house *house, const char *id, enum lifecycle_state state)
{
    switch (state) {
    case STATE_SUBMITTED:
    case STATE_QUEUED:
    case STATE_COUNT:
        break;
    case STATE_SENT:
        bring_to_sent(house, id);
        break;
    case STATE_DELIVERED:
        bring_to_delivered(house, id);
        break;
    case STATE_SUPP_PRE:
        bring_to_delivered(house, id);
        ask_supplement(house, id, 1);
        break;
    case STATE_ACCEPTED:
        bring_to_accepted(house, id);
        break;
    case STATE_REVIEW:
        bring_to_review(house, id);
        break;
    case STATE_SUPP_POST:
        bring_to_review(house, id);
        ask_supplement(house, id, 1);
        break;
    case STATE_SUSPENDED:
        bring_to_review(house, id);
        simply(house, WINDOW, MESSAGE_SUSPEND, id);
        break;
    case STATE_WITHDRAWING:
        bring_to_withdrawing(house, id);
        break;
    case STATE_PARKED:
        bring_to_sent(house, id);
        park_now(house);
        break;
    case STATE_HELD:
        bring_to_supplemented(house, id);
        park_now(house);
        break;
    case STATE_BOOKED:
        bring_to_review(house, id);
        book(house, id, "Y-1", UNIT, NULL);
        break;
    case STATE_CERTIFIED:
        bring_to_certified(house, id);
        break;
    case STATE_ARCHIVED:
        bring_to_certified(house, id);
        simply(house, BRANCH, MESSAGE_CERT_ACK, id);
        say(house, &(struct said){.who = BRANCH,
                                  .type = MESSAGE_CERT_ACK,
                                  .case_id = id,
                                  .body = &(struct cert_ack){.is_verified = number_of(1), .is_present = true}});
        deliver(house, id, 2);
        deliver(house, id, 3);
        house_wait(house, 2 * INT64_C(3600) * SECOND);
        break;
    case STATE_NOT_ACCEPTED:
        bring_to_delivered(house, id);
        simply(house, WINDOW, MESSAGE_CASE_NOT_ACCEPTED, id);
        break;
    case STATE_REFUSED:
        bring_to_review(house, id);
        simply(house, WINDOW, MESSAGE_CASE_REFUSED, id);
        break;
    case STATE_WITHDRAWN:
        bring_to_withdrawing(house, id);
        answer_withdrawal(house, id, "ok");
        break;
    case STATE_EXPIRED:
        bring_to_sent(house, id);
        park_now(house);
        discard(house, id);
        break;
    }
}

static void state_fact(struct house *house, const char *id, enum message_type type)
{
    simply(house, "K", type, id);
}

static void act_book(struct house *house, const char *id)
{
    struct case_booked *body = body_of(MESSAGE_CASE_BOOKED);
    body->number = text_of("Y-1");
    body->booked_at = number_of(2000);
    body->units.items[0].number = text_of(UNIT);
    body->note = text_of("另一附记");
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CASE_BOOKED, .case_id = id, .body = body});
}

static void act_certify(struct house *house, const char *id)
{
    struct cert_issued *body = body_of(MESSAGE_CERT_ISSUED);
    body->number = text_of("Y-1");
    body->proof = text_of("鲁（2026）济南市不动产证明第0000001号");
    body->print_number = text_of("37-2");
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CERT_ISSUED, .case_id = id, .body = body});
}

/* Content of its own, so that it is never a repetition. */
static void act(struct house *house, const char *id, enum lifecycle_event event)
{
    int64_t round = the_case(house, id)->supplement_round.value;
    struct progress step = {.step = text_of("复审"), .is_present = true};
    struct suspend suspend = {.reason = text_of("查封"), .authority = text_of("法院"), .is_present = true};
    struct resume resume = {.reason = text_of("解封"), .is_present = true};
    struct case_not_accepted *not_accepted = body_of(MESSAGE_CASE_NOT_ACCEPTED);
    struct case_refused *refused = body_of(MESSAGE_CASE_REFUSED);
    struct case_accepted accepted = {
        .number = text_of("Y-1"), .accepted_at = number_of(1000), .slip = text_of("另一单"), .is_present = true};
    struct withdraw_result result = {.text = text_of("另一答复"), .is_present = true};
    not_accepted->right_office = text_of("另一处");
    refused->text = text_of("另一理由");
    switch (event) {
    case LIFE_MATERIALS:
    case LIFE_COUNT:
        break;
    case LIFE_DISPATCH:
        state_fact(house, id, MESSAGE_FACT_DISPATCH);
        break;
    case LIFE_EXPIRE:
        state_fact(house, id, MESSAGE_FACT_EXPIRE);
        break;
    case LIFE_DOUBT:
        state_fact(house, id, MESSAGE_FACT_DOUBT);
        break;
    case LIFE_PARK:
        state_fact(house, id, MESSAGE_FACT_PARK);
        break;
    case LIFE_ARCHIVE:
        state_fact(house, id, MESSAGE_FACT_ARCHIVE);
        break;
    case LIFE_DELIVERED:
        deliver(house, id, 1);
        break;
    case LIFE_FOLLOW_UP:
        deliver(house, id, 2);
        break;
    case LIFE_RETURNED:
        fail_delivery(house, id, 1, "permanent", true);
        break;
    case LIFE_ACCEPTED:
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CASE_ACCEPTED, .case_id = id, .body = &accepted});
        break;
    case LIFE_NOT_ACCEPTED:
        say(house,
            &(struct said){.who = WINDOW, .type = MESSAGE_CASE_NOT_ACCEPTED, .case_id = id, .body = not_accepted});
        break;
    case LIFE_SUPPLEMENT_REQ:
        ask_supplement(house, id, round + 1);
        break;
    case LIFE_STATUS:
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_STATUS, .case_id = id, .body = &step});
        break;
    case LIFE_SUSPEND:
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_SUSPEND, .case_id = id, .body = &suspend});
        break;
    case LIFE_RESUME:
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_RESUME, .case_id = id, .body = &resume});
        break;
    case LIFE_WITHDRAW_OK:
        result.result = text_of("ok");
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_WITHDRAW_RESULT, .case_id = id, .body = &result});
        break;
    case LIFE_WITHDRAW_TOO_LATE:
        result.result = text_of("too_late");
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_WITHDRAW_RESULT, .case_id = id, .body = &result});
        break;
    case LIFE_REFUSED:
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CASE_REFUSED, .case_id = id, .body = refused});
        break;
    case LIFE_BOOKED:
        act_book(house, id);
        break;
    case LIFE_CERT_ISSUED:
        act_certify(house, id);
        break;
    case LIFE_CORRECTION:
        simply(house, WINDOW, MESSAGE_CORRECTION, id);
        break;
    case LIFE_ARCHIVED:
        simply(house, WINDOW, MESSAGE_ARCHIVED, id);
        break;
    case LIFE_FEE_NOTICE:
        notify_fee(house, id, "F-1", 8000);
        break;
    case LIFE_FEE_CONFIRMED:
        confirm_fee(house, id, "F-1", "2");
        break;
    case LIFE_FEE_REFUND:
        refund_fee(house, id, "F-1", "4");
        break;
    case LIFE_FEE_PAID:
        pay_fee(house, id, "F-1", 8000);
        break;
    case LIFE_SUPPLEMENT_SUBMIT:
        supplement(house, id, round);
        break;
    case LIFE_WITHDRAW_REQ:
        withdraw(house, id);
        break;
    case LIFE_CERT_ACK:
        simply(house, BRANCH, MESSAGE_CERT_ACK, id);
        break;
    case LIFE_PART_DECLINED:
        answer_part(house, BRANCH, id, OLD_PROOF, false);
        break;
    case LIFE_PARKED_RETRY:
        simply(house, OPERATOR, MESSAGE_OPS_PARKED_RETRY, id);
        break;
    case LIFE_PARKED_DISCARD:
        discard(house, id);
        break;
    }
}

static enum lifecycle_state base_of(enum lifecycle_state state)
{
    if (!is_layer(state))
        return state;
    return state == STATE_PARKED ? STATE_SENT : STATE_REVIEW;
}

/* What the table says of the state and what is beneath it. */
static struct lifecycle_cell decided(enum lifecycle_state state, enum lifecycle_event event)
{
    struct lifecycle_cell cell = *lifecycle_cell(state, event);
    if (cell.outcome == OUTCOME_BENEATH)
        cell = *lifecycle_cell(base_of(state), event);
    return cell;
}

static const char *expected_state(enum lifecycle_state state, enum lifecycle_event event)
{
    struct lifecycle_cell cell = decided(state, event);
    bool is_parking_over = state == STATE_PARKED;
    if (event == LIFE_RETURNED && base_of(state) <= STATE_DELIVERED)
        return state < STATE_SENT ? lifecycle_state(state)->wire : "PARKED"; /* set aside in the same moment */
    if (cell.outcome == OUTCOME_AS) {
        enum lifecycle_state proved = cell.to;
        cell = *lifecycle_cell(proved, event);
        if (cell.outcome == OUTCOME_STAY || cell.outcome == OUTCOME_KEEP)
            return lifecycle_state(proved)->wire;
    }
    switch (cell.outcome) {
    case OUTCOME_MOVE:
    case OUTCOME_JUMP:
        if (is_layer(state) && !is_parking_over && lifecycle_state(cell.to)->class == CLASS_GOING)
            return lifecycle_state(state)->wire;
        return lifecycle_state(cell.to)->wire;
    case OUTCOME_COVER:
        if ((state == STATE_PARKED && cell.to == STATE_WITHDRAWING) || state == STATE_HELD)
            return "PARKED";
        if (state == STATE_WITHDRAWING && cell.to == STATE_SUSPENDED)
            return "WITHDRAWING";
        return lifecycle_state(cell.to)->wire;
    case OUTCOME_LIFT:
        return lifecycle_state(base_of(state))->wire;
    default:
        return lifecycle_state(state)->wire;
    }
}

static bool has_applied(struct house *house, const char *id, enum lifecycle_event event)
{
    const struct case_row *row = the_case(house, id);
    for (uint32_t i = 0; i < row->seen.count; i++)
        if (row->seen.items[i].is_applied.value != 0 && text_is(row->seen.items[i].event, lifecycle_event(event)->name))
            return true;
    return false;
}

static void check_outcome(struct house *house, const char *id, enum lifecycle_outcome outcome, uint64_t sequence,
                          const char *name)
{
    bool is_stored = core_sequence(house->core) > sequence;
    if (outcome == OUTCOME_REFUSE) {
        cr_expect_eq(rejection(house), STATUS_WRONG_STATE, "%s", name);
        cr_expect_not(is_stored, "%s", name);
    }
    if (outcome == OUTCOME_CONTRADICTION) {
        cr_expect(is_stored && has_flag(house, id, CASE_CONTRADICTION), "%s", name);
        uint64_t last = (uint64_t)feed_last(house, BRANCH);
        if (strcmp(feed_says(house, BRANCH, last), "DISBURSE_STOPPED") == 0)
            last--; /* what follows from the contradiction is told after it */
        cr_expect_str_eq(feed_says(house, BRANCH, last), "CONTRADICTION", "%s", name);
    }
    if (outcome == OUTCOME_JUMP || outcome == OUTCOME_LATE || outcome == OUTCOME_KEEP)
        cr_expect(has_flag(house, id, CASE_OUT_OF_ORDER), "%s", name);
}

/* A word that is true once and was said: a contradiction whatever the cell says. */
static enum lifecycle_outcome expected_outcome(enum lifecycle_state state, enum lifecycle_event event, bool was_said)
{
    struct lifecycle_cell cell = decided(state, event);
    if (cell.outcome == OUTCOME_AS)
        cell = *lifecycle_cell(cell.to, event);
    bool is_word = lifecycle_event(event)->who == 'W' && event != LIFE_DELIVERED && event != LIFE_FOLLOW_UP;
    return is_word && was_said && lifecycle_event(event)->is_once ? OUTCOME_CONTRADICTION : cell.outcome;
}

static void meet(enum lifecycle_state state, enum lifecycle_event event)
{
    char name[64];
    snprintf(name, sizeof name, "%s meets %s", lifecycle_state(state)->name, lifecycle_event(event)->name);
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    operator_comes(house, OPERATOR);
    house->settings.archive_ms = 0;
    const char *id = event == LIFE_PART_DECLINED ? submit_with_old(house, BRANCH, &BRANCH[2], UNIT, "DY-1")
                                                 : submit(house, BRANCH, UNIT, "DY-1");
    if (event == LIFE_PART_DECLINED)
        answer_part(house, BRANCH, id, OLD_PROOF, true);
    bring_to(house, id, state);
    cr_assert_str_eq(state_of(house, id), lifecycle_state(state)->wire, "%s: is %s", name, state_of(house, id));
    if (state == STATE_QUEUED)
        window_comes(house, WINDOW, 0);
    if (event == LIFE_FEE_PAID && decided(state, event).outcome != OUTCOME_REFUSE)
        notify_fee(house, id, "F-1", 8000);
    if (event == LIFE_CERT_ACK && decided(state, event).outcome == OUTCOME_STAY && state != STATE_CERTIFIED)
        act_certify(house, id); /* the proof came before its booking */
    enum lifecycle_outcome outcome = expected_outcome(state, event, has_applied(house, id, event));
    uint64_t sequence = core_sequence(house->core);
    /* Never sent, or acknowledged before, or not there: DELIVERED brings nothing new, and nothing is stored. */
    act(house, id, event);
    bool is_new = core_sequence(house->core) > sequence;
    bool is_delivery = event == LIFE_DELIVERED || event == LIFE_FOLLOW_UP;
    if (!is_delivery || is_new)
        check_outcome(house, id, outcome, sequence, name);
    const char *expected = expected_state(state, event);
    if (outcome == OUTCOME_CONTRADICTION || (is_delivery && !is_new))
        expected = lifecycle_state(state)->wire;
    cr_expect_str_eq(state_of(house, id), expected, "%s: %s and not %s", name, state_of(house, id), expected);
    cr_expect(house_replays_the_same(house), "%s", name);
    house_free(house);
}

/* SUBMITTED is left in the step it begins in, since materials are declared. */
Test(lifecycle, every_state_meets_every_event_in_the_core_too)
{
    for (enum lifecycle_state state = STATE_QUEUED; state < STATE_COUNT; state++)
        for (enum lifecycle_event event = LIFE_DISPATCH; event < LIFE_COUNT; event++)
            meet(state, event);
}
