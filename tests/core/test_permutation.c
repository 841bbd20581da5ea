#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/core/house.h"

/* Every order in which the words of one registry can arrive, each word once or
 * twice. A consistent history ends alike in all of them; an inconsistent one is
 * flagged in all of them and never has two effects. A history is a line of
 * letters, see say_word. */

#define PROOF       "鲁（2026）济南市不动产证明第0000001号"
#define OTHER_PROOF "鲁（2026）济南市不动产证明第0000002号"
#define NUMBER      "Y-1"

enum { HISTORY_SIZE_MAX = 7, ORDER_COUNT_MAX = 5040 };

struct history {
    const char *words;
    const char *state;  /* NULL: inconsistent */
    const char *number; /* NULL: none */
    const char *proof;  /* NULL: none */
    bool is_booked;
    bool is_withdrawing; /* the branch asked for the withdrawal before all of them */
    const char *fee;     /* 缴费状态; NULL: none */
};

static void say_suspend(struct house *house, const char *id, const char *reason)
{
    struct suspend body = {.reason = text_of(reason), .authority = text_of("法院"), .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_SUSPEND, .case_id = id, .body = &body});
}

static void say_resume(struct house *house, const char *id, const char *reason)
{
    struct resume body = {.reason = text_of(reason), .is_present = true};
    say(house, &(struct said){.who = WINDOW, .type = MESSAGE_RESUME, .case_id = id, .body = &body});
}

static void say_word(struct house *house, const char *id, char word)
{
    switch (word) {
    case 'D':
        deliver(house, id, 1);
        return;
    case 'A':
        accept(house, id, NUMBER);
        return;
    case 'a':
        accept(house, id, "Y-2");
        return;
    case 'N':
        simply(house, WINDOW, MESSAGE_CASE_NOT_ACCEPTED, id);
        return;
    case '1':
        progress(house, id, "初审");
        return;
    case '2':
        progress(house, id, "复审");
        return;
    case 'Q':
        ask_supplement(house, id, 1);
        return;
    case 'q':
        ask_supplement(house, id, 2);
        return;
    case 'S':
        say_suspend(house, id, "查封");
        return;
    case 's':
        say_suspend(house, id, "异议");
        return;
    case 'G':
        say_resume(house, id, "解封");
        return;
    case 'g':
        say_resume(house, id, "异议失效");
        return;
    case 'B':
        book(house, id, NUMBER, UNIT, PROOF);
        return;
    case 'b':
        book(house, id, "Y-2", UNIT, PROOF);
        return;
    case 'C':
        certify(house, id, NUMBER, PROOF);
        return;
    case 'c':
        certify(house, id, NUMBER, OTHER_PROOF);
        return;
    case 'F':
        notify_fee(house, id, "F-1", 8000);
        return;
    case 'f':
        confirm_fee(house, id, "F-1", "2");
        return;
    case 'r':
        refund_fee(house, id, "F-1", "4");
        return;
    case 'K':
        simply(house, WINDOW, MESSAGE_CORRECTION, id);
        return;
    case 'Z':
        simply(house, WINDOW, MESSAGE_ARCHIVED, id);
        return;
    case 'R':
        simply(house, WINDOW, MESSAGE_CASE_REFUSED, id);
        return;
    case 'W':
        answer_withdrawal(house, id, "ok");
        return;
    case 'L':
        answer_withdrawal(house, id, "too_late");
        return;
    }
    cr_assert(false, "no word %c", word);
}

static const char *withdrawing_case(struct house *house, bool is_withdrawing)
{
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 4);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    if (is_withdrawing) {
        deliver(house, id, 1);
        withdraw(house, id);
        deliver(house, id, 2);
    }
    return id;
}

/* The n-th order of the words, counted in the factorial system. */
static void order_words(const char *words, unsigned n, char out[HISTORY_SIZE_MAX + 1])
{
    char left[HISTORY_SIZE_MAX + 1];
    size_t count = strlen(words);
    memcpy(left, words, count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t rest = count - i;
        size_t pick = n % rest;
        n /= (unsigned)rest;
        out[i] = left[pick];
        memmove(&left[pick], &left[pick + 1], rest - pick);
    }
    out[count] = '\0';
}

static bool text_fits(struct text text, const char *expected)
{
    return expected == NULL ? text.data == NULL : text.data != NULL && text_is(text, expected);
}

static void expect_alike(struct house *house, const char *id, const struct history *history, const char *order)
{
    const struct case_row *row = the_case(house, id);
    cr_expect_str_eq(state_of(house, id), history->state, "%s: %s", order, state_of(house, id));
    cr_expect(text_fits(row->number, history->number), "%s: 业务号", order);
    cr_expect(text_fits(row->proof, history->proof), "%s: proof", order);
    cr_expect(text_fits(row->fee_state, history->fee), "%s: fee", order);
    cr_expect_eq(row->fee_amount.is_present, strchr(history->words, 'F') != NULL, "%s: amount of the fee", order);
    cr_expect_eq(row->booked_at.is_present, history->is_booked, "%s: booked at", order);
    cr_expect_not(has_flag(house, id, CASE_CONTRADICTION), "%s is consistent", order);
    cr_expect_not(has_flag(house, id, CASE_ECHO_DIFF), "%s", order);
}

static unsigned times_told(struct house *house, const char *what)
{
    unsigned count = 0;
    for (int64_t number = 1; number <= feed_last(house, BRANCH); number++)
        count += strcmp(feed_says(house, BRANCH, (uint64_t)number), what) == 0;
    return count;
}

/* At most one end, told to the branch at most once, and a person knows. */
static void expect_parked(struct house *house, const char *id, const char *order)
{
    cr_expect(has_flag(house, id, CASE_CONTRADICTION), "%s is inconsistent: %s", order, state_of(house, id));
    cr_expect_geq(times_told(house, "CONTRADICTION"), 1U, "%s", order);
    unsigned ends =
        times_told(house, "CASE_BOOKED") + times_told(house, "CASE_REFUSED") + times_told(house, "CASE_NOT_ACCEPTED");
    cr_expect_leq(ends, 1U, "%s has two effects", order);
    cr_expect_leq(times_told(house, "CASE_ACCEPTED"), 1U, "%s", order);
}

/* `repeated`: this word of the order comes again at once, and once more at the end; HISTORY_SIZE_MAX: none. */
static void tell_in_order(const struct history *history, const char *order, size_t repeated)
{
    struct house *house = house_new();
    house->is_checked = false;
    const char *id = withdrawing_case(house, history->is_withdrawing);
    for (size_t i = 0; order[i] != '\0'; i++) {
        say_word(house, id, order[i]);
        if (i == repeated)
            say_word(house, id, order[i]);
    }
    if (order[0] != '\0' && repeated < strlen(order))
        say_word(house, id, order[repeated]);
    if (history->state != NULL)
        expect_alike(house, id, history, order);
    else
        expect_parked(house, id, order);
    cr_assert(core_check(house->core, house->why, sizeof house->why), "%s: %s", order, house->why);
    house_free(house);
}

static void tell_in_every_order(const struct history *history)
{
    char order[HISTORY_SIZE_MAX + 1];
    unsigned order_count = 1;
    size_t size = strlen(history->words);
    cr_assert_leq(size, (size_t)HISTORY_SIZE_MAX);
    for (unsigned i = 2; i <= size; i++)
        order_count *= i;
    cr_assert_leq(order_count, (unsigned)ORDER_COUNT_MAX);
    for (unsigned n = 0; n < order_count; n++) {
        order_words(history->words, n, order);
        tell_in_order(history, order, HISTORY_SIZE_MAX);
        tell_in_order(history, order, n % size);
    }
}

static void tell_each(const struct history *histories, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tell_in_every_order(&histories[i]);
}

#define TELL_EACH(histories) tell_each(histories, sizeof histories / sizeof(histories)[0])

Test(permutation, a_booked_history_ends_certified)
{
    static const struct history histories[] = {
        {"A12BC", "CERTIFIED", NUMBER, PROOF, true, false, NULL},
        {"DA1BC", "CERTIFIED", NUMBER, PROOF, true, false, NULL},
        {"AB", "BOOKED", NUMBER, PROOF, true, false, NULL},
        {"BC", "CERTIFIED", NUMBER, PROOF, true, false, NULL},
    };
    TELL_EACH(histories);
}

Test(permutation, a_history_with_suspensions_ends_where_they_leave_it)
{
    static const struct history histories[] = {
        {"AS", "SUSPENDED", NUMBER, NULL, false, false, NULL},
        {"DASG", "ACCEPTED", NUMBER, NULL, false, false, NULL},
        {"A1SG", "REVIEW", NUMBER, NULL, false, false, NULL},
        {"A1SGs", "SUSPENDED", NUMBER, NULL, false, false, NULL},
        {"ASGsg", "ACCEPTED", NUMBER, NULL, false, false, NULL},
        {"ASGBC", "CERTIFIED", NUMBER, PROOF, true, false, NULL},
        {"ASB", "BOOKED", NUMBER, PROOF, true, false, NULL},
        {"ASGR", "REFUSED", NUMBER, NULL, false, false, NULL},
        {"SGN", "NOT_ACCEPTED", NULL, NULL, false, false, NULL},
    };
    TELL_EACH(histories);
}

Test(permutation, a_history_with_supplements_ends_alike)
{
    static const struct history histories[] = {
        {"DQ", "SUPP_PRE", NULL, NULL, false, false, NULL},
        {"AQ1", "SUPP_POST", NUMBER, NULL, false, false, NULL},
        {"AQq1", "SUPP_POST", NUMBER, NULL, false, false, NULL},
        {"QN", "NOT_ACCEPTED", NULL, NULL, false, false, NULL},
        {"AQSG", "SUPP_POST", NUMBER, NULL, false, false, NULL},
        {"AQ1BC", "CERTIFIED", NUMBER, PROOF, true, false, NULL},
        {"AQq1R", "REFUSED", NUMBER, NULL, false, false, NULL},
    };
    TELL_EACH(histories);
}

Test(permutation, a_history_with_a_fee_ends_with_the_fee_where_it_was_last)
{
    static const struct history histories[] = {
        {"AF", "ACCEPTED", NUMBER, NULL, false, false, "1"},
        {"AFfr", "ACCEPTED", NUMBER, NULL, false, false, "4"},
        {"AFfBC", "CERTIFIED", NUMBER, PROOF, true, false, "2"},
        {"FfR", "REFUSED", NULL, NULL, false, false, "2"},
    };
    TELL_EACH(histories);
}

Test(permutation, a_history_with_a_correction_and_the_archive_ends_in_the_book)
{
    static const struct history histories[] = {
        {"ABKZ", "BOOKED", NUMBER, PROOF, true, false, NULL},
        {"ABCKZ", "CERTIFIED", NUMBER, PROOF, true, false, NULL},
        {"ARZ", "REFUSED", NUMBER, NULL, false, false, NULL},
    };
    TELL_EACH(histories);
}

Test(permutation, a_refused_history_ends_refused)
{
    static const struct history histories[] = {
        {"A12R", "REFUSED", NUMBER, NULL, false, false, NULL},
        {"DN", "NOT_ACCEPTED", NULL, NULL, false, false, NULL},
        {"DA1R", "REFUSED", NUMBER, NULL, false, false, NULL},
    };
    TELL_EACH(histories);
}

Test(permutation, a_history_with_a_withdrawal_ends_as_the_window_decided)
{
    static const struct history histories[] = {
        {"A1W", "WITHDRAWN", NUMBER, NULL, false, true, NULL},   {"ASGW", "WITHDRAWN", NUMBER, NULL, false, true, NULL},
        {"AQ1W", "WITHDRAWN", NUMBER, NULL, false, true, NULL},  {"A1L", "REVIEW", NUMBER, NULL, false, true, NULL},
        {"A1BLC", "CERTIFIED", NUMBER, PROOF, true, true, NULL}, {"A1LR", "REFUSED", NUMBER, NULL, false, true, NULL},
        {"NL", "NOT_ACCEPTED", NULL, NULL, false, true, NULL},   {"ASL", "SUSPENDED", NUMBER, NULL, false, true, NULL},
    };
    TELL_EACH(histories);
}

Test(permutation, seven_words_of_one_long_history_end_certified)
{
    static const struct history history = {"A1QSGBC", "CERTIFIED", NUMBER, PROOF, true, false, NULL};
    tell_in_every_order(&history);
}

Test(permutation, an_inconsistent_history_is_flagged_whichever_comes_first)
{
    static const struct history histories[] = {
        {.words = "AaB"}, {.words = "ARB"},  {.words = "A1RB"}, {.words = "ABN"},  {.words = "AN"},  {.words = "1N"},
        {.words = "Ab"},  {.words = "A1bC"}, {.words = "ABCc"}, {.words = "ABc"},  {.words = "ACR"}, {.words = "AKR"},
        {.words = "NR"},  {.words = "A1W"},  {.words = "A1L"},  {.words = "ASGW"},
    };
    TELL_EACH(histories);
}

Test(permutation, withdrawn_and_ended_otherwise_is_flagged_whichever_comes_first)
{
    static const struct history histories[] = {
        {.words = "A1WB", .is_withdrawing = true}, {.words = "A1WR", .is_withdrawing = true},
        {.words = "WN", .is_withdrawing = true},   {.words = "AWL", .is_withdrawing = true},
        {.words = "AWC", .is_withdrawing = true},
    };
    TELL_EACH(histories);
}
