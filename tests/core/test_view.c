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
