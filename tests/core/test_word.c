#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/core/house.h"

/* What windows say twice, late, out of order or against themselves. */

#define PROOF       "鲁（2026）济南市不动产证明第0000001号"
#define OTHER_PROOF "鲁（2026）济南市不动产证明第0000002号"

static struct house *house_with_delivered(char id[CASE_ID_SIZE + 1])
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    memcpy(id, submit(house, BRANCH, UNIT, "DY-1"), CASE_ID_SIZE + 1);
    deliver(house, id, 1);
    return house;
}

static void expect_contradiction(struct house *house, const char *id, const char *state)
{
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    cr_expect_eq(count_effects(house, EFFECT_RECEIPT), 1, "never refused");
    cr_expect(has_flag(house, id, CASE_CONTRADICTION));
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "CONTRADICTION");
    expect_state(house, id, state);
}

Test(word, the_same_content_under_a_new_id_is_stored_and_changes_nothing)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_delivered(id);
    accept(house, id, "Y-1");
    int64_t last = feed_last(house, BRANCH);
    int64_t revision = the_case(house, id)->revision.value;
    accept(house, id, "Y-1");
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    cr_expect_eq(count_effects(house, EFFECT_RECEIPT), 1);
    cr_expect_eq(feed_last(house, BRANCH), last, "the branch hears it once");
    cr_expect_eq(the_case(house, id)->revision.value, revision);
    cr_expect_eq(the_case(house, id)->flags.value, CASE_DECLARED_ONLY);
    house_free(house);
}

Test(word, a_second_number_for_one_case_is_a_contradiction)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_delivered(id);
    accept(house, id, "Y-1");
    accept(house, id, "Y-2");
    expect_contradiction(house, id, "ACCEPTED");
    book(house, id, "Y-2", UNIT, NULL);
    expect_contradiction(house, id, "ACCEPTED");
    cr_expect(text_is(the_case(house, id)->number, "Y-1"));
    book(house, id, "Y-1", UNIT, NULL);
    expect_state(house, id, "BOOKED");
    house_free(house);
}

Test(word, the_number_of_another_case_of_the_window_is_a_contradiction)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_delivered(id);
    accept(house, id, "Y-1");
    const char *other = submit(house, BRANCH, UNIT_2, "DY-2");
    deliver(house, other, 1);
    house_checkpoint(house);
    accept(house, other, "Y-1");
    expect_contradiction(house, other, "DELIVERED");
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    accept(house, other, "Y-2");
    expect_state(house, other, "ACCEPTED");
    house_free(house);
}

Test(word, another_window_may_give_the_same_number)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_delivered(id);
    accept(house, id, "Y-1");
    window_comes(house, OTHER_WINDOW, 1);
    const char *other = submit(house, BRANCH, FOREIGN_UNIT, "DY-2");
    accept(house, other, "Y-1");
    expect_state(house, other, "ACCEPTED");
    house_free(house);
}

Test(word, a_word_about_a_case_that_was_never_sent_is_a_contradiction)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    accept(house, id, "Y-1");
    expect_contradiction(house, id, "QUEUED");
    withdraw(house, id);
    progress(house, id, "初审");
    expect_contradiction(house, id, "WITHDRAWN");
    house_free(house);
}

Test(word, an_answer_proves_the_delivery_and_frees_lane_and_credit)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 1);
    const char *first = submit(house, BRANCH, UNIT, "DY-1");
    const char *second = submit(house, BRANCH, UNIT, "DY-2");
    accept(house, first, "Y-1");
    expect_state(house, first, "ACCEPTED");
    cr_expect_not(has_flag(house, first, CASE_OUT_OF_ORDER));
    cr_assert_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_str_eq(effect_of(house, EFFECT_DELIVER, 0)->case_id, second);
    house_free(house);
}

Test(word, other_units_booked_than_filed_are_booked_and_flagged)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_delivered(id);
    accept(house, id, "Y-1");
    book(house, id, "Y-1", UNIT_2, NULL);
    expect_state(house, id, "BOOKED");
    cr_expect(has_flag(house, id, CASE_ECHO_DIFF));
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    house_free(house);
}

Test(word, booked_before_accepted_by_its_own_clock_is_flagged_in_either_order)
{
    for (int order = 0; order < 2; order++) {
        char id[CASE_ID_SIZE + 1];
        struct house *house = house_with_delivered(id);
        struct case_accepted body = {.number = text_of("Y-1"), .accepted_at = number_of(3000), .is_present = true};
        for (int turn = 0; turn < 2; turn++)
            if (turn == order)
                say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CASE_ACCEPTED, .case_id = id, .body = &body});
            else
                book(house, id, "Y-1", UNIT, NULL);
        expect_state(house, id, "BOOKED");
        cr_expect(has_flag(house, id, CASE_ECHO_DIFF));
        house_free(house);
    }
}

Test(word, a_proof_other_than_the_book_names_never_counts_in_either_order)
{
    for (int order = 0; order < 2; order++) {
        char id[CASE_ID_SIZE + 1];
        struct house *house = house_with_delivered(id);
        accept(house, id, "Y-1");
        if (order == 0)
            certify(house, id, "Y-1", OTHER_PROOF);
        book(house, id, "Y-1", UNIT, PROOF);
        if (order == 1)
            certify(house, id, "Y-1", OTHER_PROOF);
        expect_contradiction(house, id, "BOOKED");
        cr_expect(text_is(the_case(house, id)->proof, PROOF));
        certify(house, id, "Y-1", "鲁(2026)济南市不动产证明第0000001号");
        expect_state(house, id, "CERTIFIED");
        cr_assert(house_replays_the_same(house));
        house_free(house);
    }
}

Test(word, a_proof_without_a_booking_contradicts_a_refusal_in_either_order)
{
    for (int order = 0; order < 2; order++) {
        char id[CASE_ID_SIZE + 1];
        struct house *house = house_with_delivered(id);
        accept(house, id, "Y-1");
        if (order == 0)
            certify(house, id, "Y-1", PROOF);
        simply(house, WINDOW, MESSAGE_CASE_REFUSED, id);
        if (order == 1)
            certify(house, id, "Y-1", PROOF);
        expect_contradiction(house, id, "REFUSED");
        house_free(house);
    }
}

Test(word, refused_then_booked_changes_nothing_and_a_person_is_told)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_delivered(id);
    accept(house, id, "Y-1");
    simply(house, WINDOW, MESSAGE_CASE_REFUSED, id);
    house_checkpoint(house);
    book(house, id, "Y-1", UNIT, NULL);
    expect_contradiction(house, id, "REFUSED");
    house_free(house);
}

Test(word, a_supplement_of_two_rounds_goes_there_and_back)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_delivered(id);
    ask_supplement(house, id, 1);
    expect_state(house, id, "SUPP_PRE");
    supplement(house, id, 1);
    expect_state(house, id, "DELIVERED");
    deliver(house, id, 2);
    ask_supplement(house, id, 2);
    expect_state(house, id, "SUPP_PRE");
    supplement(house, id, 2);
    deliver(house, id, 3);
    accept(house, id, "Y-1");
    ask_supplement(house, id, 3);
    expect_state(house, id, "SUPP_POST");
    supplement(house, id, 3);
    expect_state(house, id, "REVIEW");
    cr_expect_eq(the_case(house, id)->supplement_round.value, 3);
    cr_expect_eq(the_case(house, id)->flags.value, CASE_DECLARED_ONLY);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(word, the_same_round_with_other_items_is_a_contradiction)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_delivered(id);
    ask_supplement(house, id, 1);
    struct supplement_req *body = body_of(MESSAGE_SUPPLEMENT_REQ);
    body->round = number_of(1);
    body->deadline = number_of(77);
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_SUPPLEMENT_REQ, .case_id = id, .body = body});
    expect_contradiction(house, id, "SUPP_PRE");
    house_free(house);
}

Test(word, a_round_that_was_overtaken_asks_for_nothing)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_delivered(id);
    ask_supplement(house, id, 2);
    supplement(house, id, 2);
    ask_supplement(house, id, 1);
    expect_state(house, id, "DELIVERED");
    cr_expect(has_flag(house, id, CASE_OUT_OF_ORDER));
    cr_expect_eq(the_case(house, id)->supplement_round.value, 2);
    house_free(house);
}

Test(word, more_steps_than_memory_keeps_are_still_taken)
{
    char id[CASE_ID_SIZE + 1];
    struct house *house = house_with_delivered(id);
    accept(house, id, "Y-1");
    for (int i = 0; i < 200; i++) {
        char opinion[8];
        snprintf(opinion, sizeof opinion, "%d", i);
        struct progress body = {.step = text_of("初审"), .opinion = text_of(opinion), .is_present = true};
        say(house, &(struct said){.who = WINDOW, .type = MESSAGE_STATUS, .case_id = id, .body = &body});
    }
    cr_expect_eq(the_case(house, id)->seen.count, 64);
    accept(house, id, "Y-1");
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION), "the acceptance is not forgotten");
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

/* ---- every order of one consistent history ends alike ---- */

typedef void saying(struct house *house, const char *id);

static void say_accepted(struct house *house, const char *id)
{
    accept(house, id, "Y-1");
}

static void say_status(struct house *house, const char *id)
{
    progress(house, id, "初审");
}

static void say_booked(struct house *house, const char *id)
{
    book(house, id, "Y-1", UNIT, PROOF);
}

static void say_certified(struct house *house, const char *id)
{
    certify(house, id, "Y-1", PROOF);
}

static void say_supplement(struct house *house, const char *id)
{
    ask_supplement(house, id, 1);
}

static void say_refused(struct house *house, const char *id)
{
    simply(house, WINDOW, MESSAGE_CASE_REFUSED, id);
}

static void say_not_accepted(struct house *house, const char *id)
{
    simply(house, WINDOW, MESSAGE_CASE_NOT_ACCEPTED, id);
}

static void say_suspended(struct house *house, const char *id)
{
    simply(house, WINDOW, MESSAGE_SUSPEND, id);
}

static void say_delivered(struct house *house, const char *id)
{
    deliver(house, id, 1);
}

/* The n-th order of `count` things. */
static void order_of(unsigned n, unsigned count, unsigned out[])
{
    unsigned left[8];
    for (unsigned i = 0; i < count; i++)
        left[i] = i;
    for (unsigned i = 0; i < count; i++) {
        unsigned rest = count - i;
        unsigned pick = n % rest;
        n /= rest;
        out[i] = left[pick];
        memmove(&left[pick], &left[pick + 1], (rest - pick - 1) * sizeof left[0]);
    }
}

static void expect_every_order(saying *const *words, unsigned count, const char *state, bool is_consistent)
{
    unsigned orders = 1;
    for (unsigned i = 2; i <= count; i++)
        orders *= i;
    for (unsigned n = 0; n < orders; n++) {
        unsigned order[8];
        char text[16] = {0};
        struct house *house = house_new();
        branch_comes(house, BRANCH, 0);
        window_comes(house, WINDOW, 4);
        const char *id = submit(house, BRANCH, UNIT, "DY-1");
        order_of(n, count, order);
        for (unsigned i = 0; i < count; i++) {
            text[i] = (char)('0' + order[i]);
            words[order[i]](house, id);
            if (n % 2 == 1 && i == 1) {
                house_checkpoint(house);
                house_restart(house);
                branch_comes(house, BRANCH, 0);
                window_comes(house, WINDOW, 4);
            }
        }
        if (state != NULL)
            cr_expect_str_eq(state_of(house, id), state, "order %s: %s", text, state_of(house, id));
        cr_expect_eq(has_flag(house, id, CASE_CONTRADICTION), !is_consistent, "order %s", text);
        cr_expect(house_replays_the_same(house));
        house_free(house);
    }
}

Test(word, every_order_of_a_good_history_ends_certified)
{
    static saying *const words[] = {say_accepted, say_status, say_booked, say_certified};
    expect_every_order(words, 4, "CERTIFIED", true);
}

Test(word, every_order_of_a_good_history_and_the_delivery_ends_certified)
{
    static saying *const words[] = {say_delivered, say_accepted, say_status, say_booked, say_certified};
    expect_every_order(words, 5, "CERTIFIED", true);
}

Test(word, every_order_of_a_refused_history_ends_refused)
{
    static saying *const words[] = {say_accepted, say_supplement, say_refused, say_status};
    expect_every_order(words, 4, "REFUSED", true);
}

Test(word, every_order_of_an_open_history_waits_for_the_supplement)
{
    static saying *const words[] = {say_accepted, say_supplement, say_status};
    expect_every_order(words, 3, "SUPP_POST", true);
}

Test(word, every_order_of_a_suspended_booking_ends_certified)
{
    static saying *const words[] = {say_accepted, say_suspended, say_booked, say_certified};
    expect_every_order(words, 4, "CERTIFIED", true);
}

Test(word, every_order_of_an_impossible_history_is_flagged)
{
    static saying *const refused_and_booked[] = {say_accepted, say_refused, say_booked};
    static saying *const accepted_and_not[] = {say_accepted, say_not_accepted};
    static saying *const examined_and_not[] = {say_status, say_not_accepted};
    static saying *const certified_and_refused[] = {say_accepted, say_certified, say_refused};
    expect_every_order(refused_and_booked, 3, NULL, false);
    expect_every_order(accepted_and_not, 2, NULL, false);
    expect_every_order(examined_and_not, 2, NULL, false);
    expect_every_order(certified_and_refused, 3, NULL, false);
}
