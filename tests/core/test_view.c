#include <criterion/criterion.h>

#include "tests/core/house.h"

/* What is said of a case: never more than the evidence (DOMAIN I5). */

static uint8_t memory[1 << 14];

static struct case_status status_of(struct house *house, const char *id)
{
    struct case_status status;
    struct arena arena = arena_over(memory, sizeof memory);
    cr_assert_eq(core_case_status(house->core, the_case(house, id), &arena, &status), STATUS_OK);
    return status;
}

static void expect_said(struct house *house, const char *id, const char *chinese, const char *waits_for)
{
    struct case_status status = status_of(house, id);
    cr_expect(text_is(status.level_zh, chinese), "%.*s", TEXT_ARGS(status.level_zh));
    cr_expect(text_is(status.waits_for, waits_for), "%.*s", TEXT_ARGS(status.waits_for));
}

Test(view, the_words_follow_the_evidence_step_by_step)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    expect_said(house, id, "已存，未送达，未受理，顺位未定", "window");
    window_comes(house, WINDOW, 0);
    expect_said(house, id, "已存，未送达，未受理，顺位未定", "broker");
    window_comes(house, WINDOW, 1);
    expect_said(house, id, "已存，送达未确认，未受理，顺位未定", "window");
    deliver(house, id, 1);
    expect_said(house, id, "已送达窗口，未受理，顺位未定", "window");
    accept(house, id, "Y-1");
    expect_said(house, id, "已受理，未登簿", "window");
    book(house, id, "Y-1", UNIT, NULL);
    expect_said(house, id, "已登簿，未发证", "window");
    certify(house, id, "Y-1", "鲁（2026）济南市不动产证明第0000001号");
    expect_said(house, id, "已登簿，已发证", "branch");
    struct cert_ack check = {.is_verified = number_of(1), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CERT_ACK, .case_id = id, .body = &check});
    expect_said(house, id, "已登簿，已发证", "broker");
    house_free(house);
}

Test(view, flags_have_names)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 1);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    progress(house, id, "初审");
    struct case_status status = status_of(house, id);
    cr_assert_eq(status.flags.count, 2);
    cr_expect(text_is(status.flags.items[0], "OUT_OF_ORDER"));
    cr_expect(text_is(status.flags.items[1], "DECLARED_ONLY"));
    house_free(house);
}

Test(view, a_status_query_is_answered_with_the_case)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    simply(house, BRANCH, MESSAGE_STATUS_QUERY, id);
    cr_expect_eq(house->step.verdict, VERDICT_ANSWER);
    const struct effect *answer = effect_of(house, EFFECT_ANSWER, 0);
    cr_assert_not_null(answer);
    cr_expect_eq(answer->message, MESSAGE_CASE_STATUS);
    cr_expect_str_eq(answer->case_id, id);
    house_free(house);
}

Test(view, a_closed_case_is_found_on_disk)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    const char *id = submit(house, BRANCH, UNIT, "DY-1");
    withdraw(house, id);
    house_checkpoint(house);
    cr_expect_null(core_case(house->core, text_of(id)), "it left memory");
    simply(house, BRANCH, MESSAGE_STATUS_QUERY, id);
    cr_expect_not_null(effect_of(house, EFFECT_ANSWER, 0));
    expect_said(house, id, "已撤回", "nobody");
    house_free(house);
}

static bool take_two(const struct case_row *row, void *context)
{
    const char **ids = context;
    ids[ids[0] == NULL ? 0 : 1] = row->case_id.data;
    return ids[1] == NULL;
}

Test(view, open_cases_come_newest_first_until_enough)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    submit(house, BRANCH, UNIT, "DY-1");
    const char *second = submit(house, BRANCH, UNIT, "DY-2");
    const char *third = submit(house, BRANCH, UNIT, "DY-3");
    const char *ids[2] = {NULL, NULL};
    core_each_open_case(house->core, take_two, ids);
    cr_expect_str_eq(ids[0], third);
    cr_expect_str_eq(ids[1], second);
    house_free(house);
}

/* ---- what does not fit, and what cannot be ---- */

static struct case_row full_row(struct house *house, const char *id)
{
    static struct stood_row titles[] = {{{1, true}, {2, true}, {3, true}, true},
                                        {{4, true}, {5, true}, {6, true}, true}};
    static struct risk_row risk;
    struct case_row row = *the_case(house, id);
    risk = (struct risk_row){.alert = number_of(7),
                             .risk = text_of("seizure"),
                             .document = text_of("（2026）鲁01执1号"),
                             .time = number_of(8),
                             .has_ended = number_of(false),
                             .is_present = true};
    row.titles = (struct stood_row_list){titles, 2, true};
    row.risks = (struct risk_row_list){&risk, 1, true};
    return row;
}

Test(view, that_finds_no_room_is_refused_and_never_said_in_part)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    struct case_row row = full_row(house, submit(house, BRANCH, UNIT, "DY-1"));
    enum status status = STATUS_LIMIT;
    struct case_status said;
    size_t size = 0;
    for (; size < sizeof memory && status == STATUS_LIMIT; size += 8) {
        struct arena arena = arena_over(memory, size);
        status = core_case_status(house->core, &row, &arena, &said);
    }
    cr_assert_eq(status, STATUS_OK);
    cr_expect_gt(size, 8);
    cr_assert_eq(said.titles.count, 2);
    cr_expect_eq(said.titles.items[1].query.value, 4);
    cr_assert_eq(said.risks.count, 1);
    cr_expect_eq(said.risks.items[0].blocks.value, 1);
    cr_expect_gt(said.evidence.count, 0);
    house_free(house);
}

Test(view, of_a_state_that_is_none_is_damage)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    struct case_row row = *the_case(house, submit(house, BRANCH, UNIT, "DY-1"));
    struct arena arena = arena_over(memory, sizeof memory);
    struct case_status said;
    row.state = text_of("NONSENSE");
    cr_expect_eq(core_case_status(house->core, &row, &arena, &said), STATUS_CORRUPT);
    house_free(house);
}

Test(view, of_a_window_is_of_no_one_else_and_shows_a_district_nobody_serves_as_it_is)
{
    struct window_view view;
    struct house *house = house_new();
    cr_expect_not(core_window_view(house->core, text_of(BRANCH), &view));
    cr_assert(core_window_view(house->core, text_of("W:999999"), &view));
    cr_expect(text_is(view.name, "W:999999"));
    cr_assert(core_window_view(house->core, text_of("W:370102-2"), &view));
    cr_expect(text_is(view.name, "济南市历下区"), "a second counter of a district");
    house_free(house);
}

Test(view, of_a_case_parked_before_causes_were_kept_says_since_when_it_shows_it)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    struct case_row row = *the_case(house, submit(house, BRANCH, UNIT, "DY-1"));
    struct arena arena = arena_over(memory, sizeof memory);
    struct case_status said;
    row.flags = number_of(row.flags.value | CASE_PARKED);
    row.park_cause = (struct text){0};
    row.parked_at = (struct number){0};
    cr_assert_eq(core_case_status(house->core, &row, &arena, &said), STATUS_OK);
    cr_expect(text_is(said.parked.cause, "-"));
    cr_expect_eq(said.parked.since.value, row.since.value);
    house_free(house);
}
