#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/core/books.h"

/* The comparison of both sides' books (DOMAIN 6.6 I15, section 7 event 26). The house's window books at the
 * very beginning of time; cases are filed on 2026-09-30. */

#define DAY      "1970-01-01"
#define FILED_ON "2026-09-30"
#define SECOND_O "O:li"
#define PROOF    "鲁（2026）济南市不动产证明第0012345号"

static struct house *house_with_booking(const char **id)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    operator_comes(house, OPERATOR);
    operator_comes(house, SECOND_O);
    *id = submit(house, BRANCH, UNIT, "DY-1");
    deliver(house, *id, 1);
    accept(house, *id, "Y-1");
    struct case_booked *body = body_of(MESSAGE_CASE_BOOKED);
    body->number = text_of("Y-1");
    body->booked_at = number_of(2000);
    body->units.items[0].number = text_of(UNIT);
    body->proof = text_of(PROOF);
    body->amount = number_of(80000000);
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_CASE_BOOKED, .case_id = *id, .body = body});
    return house;
}

/* A contradiction, which has peer K, stands under another day. */
static struct difference the_difference(struct house *house, const char *peer, const char *id)
{
    return difference_of(house, strcmp(peer, "K") == 0 ? FILED_ON : DAY, peer, id);
}

static const char *class_of(struct house *house, const char *peer, const char *id)
{
    static char class[17];
    struct difference difference = the_difference(house, peer, id);
    cr_assert(difference.is_present, "no difference is kept");
    snprintf(class, sizeof class, "%.*s", TEXT_ARGS(difference.class));
    return class;
}

static const char *state_of_difference(struct house *house, const char *peer, const char *id)
{
    static char state[9];
    snprintf(state, sizeof state, "%.*s", TEXT_ARGS(the_difference(house, peer, id).state));
    return state;
}

Test(reconcile, a_booking_stands_in_the_book_of_its_day_under_branch_and_window)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    static struct own_book book;
    book_copy(house, DAY, BRANCH, &book);
    cr_expect_eq(book.count, 1);
    book_copy(house, DAY, WINDOW, &book);
    cr_assert_eq(book.count, 1);
    cr_expect(text_is(book.rows[0].state, "BOOKED"));
    cr_expect(text_is(book.rows[0].number, "Y-1"));
    cr_expect_eq(book.rows[0].amount.value, 80000000);
    certify(house, id, "Y-1", PROOF);
    book_copy(house, DAY, WINDOW, &book);
    cr_expect(text_is(book.rows[0].state, "CERTIFIED"));
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(reconcile, what_is_not_booked_stands_in_no_book)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    static struct own_book book;
    const char *other = submit(house, BRANCH, UNIT_2, "DY-2");
    deliver(house, other, 1);
    accept(house, other, "Y-2");
    book_copy(house, DAY, BRANCH, &book);
    cr_expect_eq(book.count, 1);
    cr_expect_null(book_row(&book, other));
    house_free(house);
}

Test(reconcile, equal_books_have_no_difference)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    static struct own_book book;
    book_copy(house, DAY, BRANCH, &book);
    cr_expect_eq(book_compare(house, &book), 0);
    cr_expect_not(difference_of(house, DAY, BRANCH, id).is_present);
    house_free(house);
}

struct missing {
    const char *peer;
    bool is_theirs; /* their book lacks it, else ours */
    bool is_waiting;
    const char *class;
    const char *owner;
};

Test(reconcile, a_booking_only_one_side_has_gets_the_class_of_that_side)
{
    static const struct missing rows[] = {
        {BRANCH, true, false, "only-window", BRANCH}, {WINDOW, true, false, "only-bank", WINDOW},
        {BRANCH, false, false, "only-bank", "K"},     {WINDOW, false, false, "only-window", "K"},
        {WINDOW, false, true, "state-lag", WINDOW},
    };
    static struct own_book book;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *id;
        struct house *house = house_with_booking(&id);
        book_copy(house, DAY, rows[i].peer, &book);
        char ghost[CASE_ID_SIZE + 1] = "SD370102-20260930-105-00001A-G";
        const char *about = rows[i].is_theirs ? id : ghost;
        if (rows[i].is_theirs) {
            book_drop(&book, id);
        } else {
            book.rows[book.count] = book.rows[0];
            book.rows[book.count].case_id = text_of(ghost);
            book.rows[book.count++].is_waiting = number_of(rows[i].is_waiting);
        }
        cr_expect_eq(book_compare(house, &book), 1, "row %zu", i);
        cr_expect_str_eq(class_of(house, rows[i].peer, about), rows[i].class, "row %zu", i);
        cr_expect(text_is(difference_of(house, DAY, rows[i].peer, about).owner, rows[i].owner), "row %zu", i);
        house_free(house);
    }
}

Test(reconcile, each_field_that_differs_is_named_with_both_values)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    static struct own_book book;
    book_copy(house, DAY, WINDOW, &book);
    struct recon_row *row = book_row(&book, id);
    row->amount = number_of(row->amount.value + 1);
    row->number = text_of("Y-9");
    row->proof = text_of("鲁（2026）济南市不动产证明第9999999号");
    row->booked_at.value += SECOND;
    cr_expect_eq(book_compare(house, &book), 1);
    struct difference difference = difference_of(house, DAY, WINDOW, id);
    cr_expect(text_is(difference.class, "field-diff"));
    cr_assert_eq(difference.fields.count, 4);
    cr_expect(text_is(difference.fields.items[0].field, "ywh"));
    cr_expect(text_is(difference.fields.items[0].ours, "Y-1") && text_is(difference.fields.items[0].theirs, "Y-9"));
    cr_expect(text_is(difference.fields.items[1].field, "djsj"));
    cr_expect(text_is(difference.fields.items[2].field, "amount"));
    cr_expect(text_is(difference.fields.items[3].field, "bdcdjzmh"));
    cr_expect_null(memmem(difference.fields.items[3].theirs.data, difference.fields.items[3].theirs.size, "9999999", 7),
                   "no full number in a list");
    house_free(house);
}

Test(reconcile, a_lag_closes_by_itself_when_both_books_agree)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    static struct own_book book;
    book_copy(house, DAY, BRANCH, &book);
    certify(house, id, "Y-1", PROOF);
    cr_expect_eq(book_compare(house, &book), 1);
    cr_expect_str_eq(class_of(house, BRANCH, id), "state-lag");
    book_copy(house, DAY, BRANCH, &book);
    cr_expect_eq(book_compare(house, &book), 0);
    cr_expect_str_eq(state_of_difference(house, BRANCH, id), "closed");
    cr_expect(text_is(difference_of(house, DAY, BRANCH, id).action, "gone"));
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(reconcile, a_lag_that_comes_again_is_open_again)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    static struct own_book old, now;
    book_copy(house, DAY, BRANCH, &old);
    certify(house, id, "Y-1", PROOF);
    book_copy(house, DAY, BRANCH, &now);
    book_compare(house, &old);
    book_compare(house, &now);
    book_compare(house, &old);
    cr_expect_str_eq(state_of_difference(house, BRANCH, id), "open");
    house_free(house);
}

Test(reconcile, what_is_no_lag_stays_open_until_two_operators_say_the_same)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    static struct own_book book;
    book_copy(house, DAY, WINDOW, &book);
    book_row(&book, id)->amount = number_of(1);
    book_compare(house, &book);
    const int64_t revision = the_case(house, id)->revision.value;
    decide(house, OPERATOR, DAY, WINDOW, id, "record-right");
    cr_expect_eq(count_effects(house, EFFECT_RECEIPT), 1);
    cr_expect_str_eq(state_of_difference(house, WINDOW, id), "open");
    decide(house, OPERATOR, DAY, WINDOW, id, "record-right");
    cr_expect_eq(rejection(house), STATUS_FOUR_EYES);
    decide(house, SECOND_O, DAY, WINDOW, id, "record-right");
    struct difference difference = difference_of(house, DAY, WINDOW, id);
    cr_expect(text_is(difference.state, "closed"));
    cr_expect(text_is(difference.first, OPERATOR) && text_is(difference.second, SECOND_O));
    cr_expect_eq(the_case(house, id)->revision.value, revision, "a decision changes no case");
    decide(house, OPERATOR, DAY, WINDOW, id, "explained");
    cr_expect_eq(rejection(house), STATUS_WRONG_STATE);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(reconcile, another_opinion_of_the_second_is_a_new_proposal)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    static struct own_book book;
    book_copy(house, DAY, WINDOW, &book);
    book_drop(&book, id);
    book_compare(house, &book);
    decide(house, OPERATOR, DAY, WINDOW, id, "record-right");
    decide(house, SECOND_O, DAY, WINDOW, id, "other-right");
    struct difference difference = difference_of(house, DAY, WINDOW, id);
    cr_expect(text_is(difference.state, "open"));
    cr_expect(text_is(difference.first, SECOND_O) && text_is(difference.action, "other-right"));
    decide(house, OPERATOR, DAY, WINDOW, id, "other-right");
    cr_expect_str_eq(state_of_difference(house, WINDOW, id), "closed");
    house_free(house);
}

Test(reconcile, what_was_decided_is_not_asked_again_unless_it_changes)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    static struct own_book book;
    book_copy(house, DAY, WINDOW, &book);
    book_row(&book, id)->amount = number_of(1);
    book_compare(house, &book);
    decide(house, OPERATOR, DAY, WINDOW, id, "record-right");
    book_compare(house, &book);
    decide(house, SECOND_O, DAY, WINDOW, id, "record-right");
    cr_expect_str_eq(state_of_difference(house, WINDOW, id), "closed");
    book_compare(house, &book);
    cr_expect_str_eq(state_of_difference(house, WINDOW, id), "closed");
    book_row(&book, id)->amount = number_of(2);
    book_compare(house, &book);
    cr_expect_str_eq(state_of_difference(house, WINDOW, id), "open");
    cr_expect_null(difference_of(house, DAY, WINDOW, id).first.data, "the decision was about something else");
    house_free(house);
}

Test(reconcile, a_difference_nobody_found_cannot_be_decided)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    decide(house, OPERATOR, DAY, WINDOW, id, "record-right");
    cr_expect_eq(rejection(house), STATUS_NOT_FOUND);
    house_free(house);
}

/* ---- contradictions (DOMAIN section 7, event 9) ---- */

static struct house *house_with_contradiction(const char **id)
{
    struct house *house = house_with_booking(id);
    accept(house, *id, "Y-2");
    cr_assert(has_flag(house, *id, CASE_CONTRADICTION));
    cr_assert_str_eq(class_of(house, "K", *id), "contradiction");
    return house;
}

Test(reconcile, a_contradiction_blocks_until_two_operators_say_that_the_record_stands)
{
    const char *id;
    struct house *house = house_with_contradiction(&id);
    decide(house, OPERATOR, FILED_ON, "K", id, "record-right");
    cr_expect(has_flag(house, id, CASE_CONTRADICTION), "one is not enough");
    decide(house, SECOND_O, FILED_ON, "K", id, "record-right");
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION));
    cr_expect_str_eq(feed_says(house, BRANCH, (uint64_t)feed_last(house, BRANCH)), "CONTRADICTION_SETTLED");
    expect_state(house, id, "BOOKED");
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(reconcile, a_contradiction_in_which_the_other_word_is_right_keeps_its_flag)
{
    const char *id;
    struct house *house = house_with_contradiction(&id);
    decide(house, OPERATOR, FILED_ON, "K", id, "other-right");
    decide(house, SECOND_O, FILED_ON, "K", id, "other-right");
    cr_expect_str_eq(state_of_difference(house, "K", id), "closed");
    cr_expect(has_flag(house, id, CASE_CONTRADICTION));
    house_free(house);
}

Test(reconcile, a_further_contradiction_opens_what_was_settled)
{
    const char *id;
    struct house *house = house_with_contradiction(&id);
    decide(house, OPERATOR, FILED_ON, "K", id, "record-right");
    decide(house, SECOND_O, FILED_ON, "K", id, "record-right");
    accept(house, id, "Y-3");
    cr_expect(has_flag(house, id, CASE_CONTRADICTION));
    cr_expect_str_eq(state_of_difference(house, "K", id), "open");
    house_free(house);
}

/* ---- two bookings side by side ---- */

static struct recon_row booking(const char *state, const char *proof)
{
    return (struct recon_row){.case_id = text_of("SD370102-20260930-105-00001A-G"),
                              .window = text_of(WINDOW),
                              .branch = text_of(BRANCH),
                              .kind = text_of("M01"),
                              .state = text_of(state),
                              .number = text_of("Y-1"),
                              .booked_at = number_of(2000),
                              .amount = number_of(100),
                              .proof = text_of(proof),
                              .is_present = true};
}

struct found {
    uint32_t count;
    char class[17], owner[33];
};

static void take_found(const struct difference *difference, void *context)
{
    struct found *found = context;
    found->count++;
    snprintf(found->class, sizeof found->class, "%.*s", TEXT_ARGS(difference->class));
    snprintf(found->owner, sizeof found->owner, "%.*s", TEXT_ARGS(difference->owner));
}

static enum status compare(const char *peer, const struct recon_row *ours, const struct recon_row *theirs,
                           size_t arena_size, struct found *found)
{
    static uint8_t memory[1 << 12];
    struct arena arena = arena_over(memory, arena_size < sizeof memory ? arena_size : sizeof memory);
    const struct recon_book here = {ours, ours != NULL}, there = {theirs, theirs != NULL};
    *found = (struct found){.count = 0};
    return reconcile_compare(&here, &there, text_of(DAY), text_of(peer), &arena, take_found, found);
}

static const struct lag {
    const char *peer, *our_state, *our_proof, *their_state, *their_proof;
    const char *class, *owner;
} lags[] = {
    {BRANCH, "BOOKED", NULL, "CERTIFIED", PROOF, "state-lag", "K"},
    {BRANCH, "CERTIFIED", PROOF, "BOOKED", NULL, "state-lag", BRANCH},
    {WINDOW, "BOOKED", NULL, "CERTIFIED", PROOF, "state-lag", WINDOW},
    {BRANCH, "BOOKED", PROOF, "CERTIFIED", "another proof", "field-diff", BRANCH},
    {BRANCH, "BOOKED", NULL, "BOOKED", PROOF, "field-diff", BRANCH},
};

Test(reconcile, one_side_that_has_not_heard_of_the_proof_lags_and_two_proofs_differ)
{
    struct found found;
    for (size_t i = 0; i < sizeof lags / sizeof lags[0]; i++) {
        struct recon_row ours = booking(lags[i].our_state, lags[i].our_proof);
        struct recon_row theirs = booking(lags[i].their_state, lags[i].their_proof);
        cr_assert_eq(compare(lags[i].peer, &ours, &theirs, SIZE_MAX, &found), STATUS_OK);
        cr_expect_eq(found.count, 1);
        cr_expect_str_eq(found.class, lags[i].class, "lag %zu", i);
        cr_expect_str_eq(found.owner, lags[i].owner, "lag %zu", i);
    }
}

Test(reconcile, a_booking_that_is_on_its_way_from_here_lags)
{
    struct found found;
    struct recon_row ours = booking("BOOKED", NULL);
    ours.is_waiting = number_of(true);
    cr_assert_eq(compare(BRANCH, &ours, NULL, SIZE_MAX, &found), STATUS_OK);
    cr_expect_str_eq(found.class, "state-lag");
}

Test(reconcile, what_one_side_does_not_say_differs_and_is_shown_as_nothing)
{
    struct found found;
    struct recon_row ours = booking("BOOKED", NULL), theirs = booking("BOOKED", NULL);
    theirs.booked_at = theirs.amount = (struct number){0};
    cr_assert_eq(compare(WINDOW, &ours, &theirs, SIZE_MAX, &found), STATUS_OK);
    cr_expect_str_eq(found.class, "field-diff");
    ours.booked_at = ours.amount = (struct number){0};
    cr_assert_eq(compare(WINDOW, &ours, &theirs, SIZE_MAX, &found), STATUS_OK);
    cr_expect_eq(found.count, 0);
}

Test(reconcile, more_than_memory_holds_is_said_and_never_half_told)
{
    struct found found;
    struct recon_row ours = booking("BOOKED", PROOF), theirs = booking("BOOKED", "another proof");
    size_t size = 0;
    enum status status = STATUS_LIMIT;
    for (; status == STATUS_LIMIT && size < 4096; size += 16)
        status = compare(WINDOW, &ours, &theirs, size, &found);
    cr_expect_eq(status, STATUS_OK);
    cr_expect_gt(size, 16);
}

/* ---- what is known of a difference ---- */

static void find_again(struct house *house, const char *id, const char *class, struct difference_field *fields,
                       uint32_t count)
{
    struct difference item = {.day = text_of(DAY),
                              .peer = text_of(WINDOW),
                              .case_id = text_of(id),
                              .class = text_of(class),
                              .owner = text_of(WINDOW),
                              .window = text_of(WINDOW),
                              .branch = text_of(BRANCH),
                              .kind = text_of("M01"),
                              .fields = {fields, count, count > 0},
                              .state = text_of("open"),
                              .is_present = true};
    const struct fact_recon fact = {
        .day = text_of(DAY), .peer = text_of(WINDOW), .differences = {&item, 1, true}, .is_present = true};
    house->now_us += SECOND;
    house_step_fact(house, MESSAGE_FACT_RECON, "", &fact);
}

Test(reconcile, a_proposal_stands_while_the_difference_is_the_same_in_every_field)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    struct difference_field same[] = {{text_of("amount"), text_of("1"), text_of("2"), true},
                                      {text_of("ywh"), text_of("Y-1"), text_of("Y-2"), true}};
    const int64_t first_us = house->now_us + SECOND;
    for (int other = 0; other < 6; other++) {
        struct difference_field fields[] = {same[0], same[1]};
        if (other == 2)
            fields[1].field = text_of("djsj");
        if (other == 3)
            fields[1].ours = text_of("Y-9");
        if (other == 4)
            fields[1].theirs = text_of("Y-9");
        find_again(house, id, "field-diff", same, 2);
        decide(house, OPERATOR, DAY, WINDOW, id, "explained");
        cr_assert(text_is(the_difference(house, WINDOW, id).first, OPERATOR));
        find_again(house, id, other == 5 ? "only-bank" : "field-diff", fields, other == 1 ? 1 : 2);
        cr_expect_eq(the_difference(house, WINDOW, id).first.data != NULL, other == 0, "change %d", other);
        cr_expect_eq(the_difference(house, WINDOW, id).found_at.value, first_us, "open since");
    }
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

static void say_gone(struct house *house, const char *id)
{
    struct text gone[] = {text_of(id)};
    const struct fact_recon fact = {
        .day = text_of(DAY), .peer = text_of(WINDOW), .gone = {gone, 1, true}, .is_present = true};
    house_step_fact(house, MESSAGE_FACT_RECON, "", &fact);
}

Test(reconcile, only_an_open_lag_closes_by_itself)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    say_gone(house, id);
    cr_expect_not(the_difference(house, WINDOW, id).is_present, "nobody knew of it");
    find_again(house, id, "only-bank", NULL, 0);
    say_gone(house, id);
    cr_expect_str_eq(state_of_difference(house, WINDOW, id), "open");
    find_again(house, id, "state-lag", NULL, 0);
    say_gone(house, id);
    cr_expect_str_eq(state_of_difference(house, WINDOW, id), "closed");
    const int64_t closed_at = the_difference(house, WINDOW, id).closed_at.value;
    house->now_us += SECOND;
    say_gone(house, id);
    cr_expect_eq(the_difference(house, WINDOW, id).closed_at.value, closed_at);
    house_free(house);
}

Test(reconcile, a_contradiction_of_a_case_that_is_not_there_is_settled_all_the_same)
{
    const char *id, *ghost = "SD370102-20260930-105-00001A-G";
    struct house *house = house_with_booking(&id);
    find_again(house, ghost, "contradiction", NULL, 0);
    decide(house, OPERATOR, DAY, WINDOW, ghost, "record-right");
    decide(house, SECOND_O, DAY, WINDOW, ghost, "record-right");
    cr_expect_str_eq(state_of_difference(house, WINDOW, ghost), "closed");
    house_free(house);
}

Test(reconcile, a_decision_of_an_older_journal_about_nothing_changes_nothing)
{
    const char *id;
    struct house *house = house_with_booking(&id);
    struct recon_fix *body = body_of(MESSAGE_RECON_FIX);
    body->day = text_of(DAY);
    body->peer = text_of(WINDOW);
    body->case_id = text_of(id);
    say(house, &(struct said){.who = OPERATOR, .type = MESSAGE_RECON_FIX, .body = body, .is_old = true});
    cr_expect_eq(house->step.verdict, VERDICT_STORE);
    cr_expect_not(the_difference(house, WINDOW, id).is_present);
    house_free(house);
}

Test(reconcile, an_archived_case_stands_in_the_book_as_certified)
{
    const char *id;
    static struct own_book book;
    struct house *house = house_with_booking(&id);
    certify(house, id, "Y-1", PROOF);
    struct cert_ack check = {.is_verified = number_of(true), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CERT_ACK, .case_id = id, .body = &check});
    deliver(house, id, 2);
    house_wait(house, INT64_C(7200) * SECOND);
    expect_state(house, id, "ARCHIVED");
    book_copy(house, DAY, WINDOW, &book);
    cr_assert_eq(book.count, 1);
    cr_expect(text_is(book.rows[0].state, "CERTIFIED"));
    house_free(house);
}
