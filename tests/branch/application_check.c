#include "agents/branch/application_check.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/branch/example.h"

static struct application_check *check;

static void set_up(void)
{
    cr_assert_eq(application_check_new(&check), STATUS_OK);
}

static void tear_down(void)
{
    application_check_free(&check);
}

TestSuite(application_check, .init = set_up, .fini = tear_down);

static struct checked_line judge(const char *text)
{
    const struct date today = {2026, 10, 1};
    const struct line line = {.number = 1, .text = text_of(text)};
    struct checked_line checked;
    cr_assert_eq(application_check_line(check, &line, today, &checked), STATUS_OK);
    return checked;
}

/* The example with the first `from` replaced by `to`. */
static struct checked_line judge_changed(const char *from, const char *to)
{
    char changed[sizeof good + 256];
    const char *place = strstr(good, from);
    cr_assert_not_null(place, "%s", from);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(place - good), good, to, place + strlen(from));
    return judge(changed);
}

static const char *finding_text(const struct checked_line *checked, size_t index, const char *key)
{
    const char *text = json_string_value(json_object_get(json_array_get(checked->findings, index), key));
    return text ? text : "";
}

Test(application_check, passes_the_example_without_a_finding)
{
    struct checked_line checked = judge(good);
    cr_assert(checked.is_ok);
    cr_assert_eq(json_array_size(checked.findings), 0, "%s", finding_text(&checked, 0, "text_en"));
    checked_line_fini(&checked);
}

Test(application_check, keeps_what_nobody_here_knows_in_the_body)
{
    json_t *body = NULL;
    struct checked_line checked = judge_changed("{\"kind\"", "{\"x_loan\":{\"a\":[1,null,2.5]},\"kind\"");
    cr_assert(checked.is_ok);
    cr_assert_eq(msgpack_to_json(checked.body, &body), STATUS_OK);
    cr_assert(json_is_object(json_object_get(body, "x_loan")));
    cr_assert_str_eq(json_string_value(json_object_get(body, "kind")), "M01");
    json_decref(body);
    checked_line_fini(&checked);
}

static const struct {
    const char *from;
    const char *to;
    const char *id;
    const char *path;
    bool is_ok;
} rows[] = {
    {"\"M01\"", "\"M99\"", "F01", "kind", false},
    {"\"dyhth\":\"DY-2026-000001\",", "", "F02", "dyhth", false},
    {"370116198506150003", "370116198506150004", "F07", "mortgagors/0/id", false},
    {"13800000000", "12345", "F15", "mortgagors/0/tel", true},
    {"80210700", "0", "F10", "bdbzzqse", false},
    {"\"pipl\":\"C-0001\",", "", "S02", "consent/pipl", false},
};

Test(application_check, names_each_mistake_by_check_and_path)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct checked_line checked = judge_changed(rows[i].from, rows[i].to);
        cr_expect_eq(checked.is_ok, rows[i].is_ok, "%s", rows[i].id);
        cr_expect_str_eq(finding_text(&checked, 0, "id"), rows[i].id);
        cr_expect_str_eq(finding_text(&checked, 0, "path"), rows[i].path);
        cr_expect_str_eq(finding_text(&checked, 0, "level"), rows[i].is_ok ? "W" : "E");
        cr_expect_str_neq(finding_text(&checked, 0, "text_zh"), "");
        cr_expect_str_neq(finding_text(&checked, 0, "text_en"), "");
        cr_expect_str_neq(finding_text(&checked, 0, "fix"), "");
        checked_line_fini(&checked);
    }
}

static const char *const broken[] = {
    "{\"kind\":\"M01\",",
    "[1, 2]",
    "not json",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1} trailing",
    "{\"a\":\"\xff\"}",
    "{\"a\":99999999999999999999999}",
    "null",
};

Test(application_check, says_where_broken_json_is_broken)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct checked_line checked = judge(broken[i]);
        cr_expect_not(checked.is_ok, "%s", broken[i]);
        cr_expect_eq(json_array_size(checked.findings), 1, "%s", broken[i]);
        cr_expect_str_eq(finding_text(&checked, 0, "id"), "JSON");
        cr_expect_str_eq(finding_text(&checked, 0, "level"), "E");
        cr_expect_str_eq(finding_text(&checked, 0, "path"), "");
        cr_expect_null(checked.body.data);
        checked_line_fini(&checked);
    }
}

static const struct {
    const char *text;
    const char *chinese;
    const char *fix_english;
} spoilt[] = {
    {"\xef\xbb\xbf{\"kind\":\"M01\"}", "BOM", "byte order mark"},
    {"{\"a\":\"\xd5\xc5\"}", "不是 UTF-8 编码", "UTF-8"},
    {"{\"a\":1,\"a\":2}", "同一字段出现两次", "one whole JSON object"},
    {"{\"a\":1", "内容不完整", "one whole JSON object"},
    {"{\"a\":1} {}", "多余内容", "one whole JSON object"},
};

Test(application_check, says_in_the_clerks_language_how_a_line_is_spoilt)
{
    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        struct checked_line checked = judge(spoilt[i].text);
        const char *chinese = finding_text(&checked, 0, "text_zh");
        cr_expect(strstr(chinese, spoilt[i].chinese), "row %zu: %s", i, chinese);
        cr_expect_not(strstr(chinese, "expected"), "row %zu: %s", i, chinese);
        cr_expect(strstr(finding_text(&checked, 0, "fix_en"), spoilt[i].fix_english), "row %zu", i);
        checked_line_fini(&checked);
    }
}

Test(application_check, never_quotes_what_was_typed_into_broken_json)
{
    struct checked_line checked = judge("{\"name\":\"欧阳测试\" \"id\":\"370116198506150003\"}");
    cr_assert_null(strstr(finding_text(&checked, 0, "text_en"), "370116"));
    cr_assert_null(strstr(finding_text(&checked, 0, "text_zh"), "370116"));
    cr_assert(strstr(finding_text(&checked, 0, "text_en"), "character"));
    checked_line_fini(&checked);
}

Test(application_check, refuses_a_line_that_is_too_long)
{
    const struct line line = {.number = 1, .text = {"", 0}, .is_too_long = true};
    struct checked_line checked;
    cr_assert_eq(application_check_line(check, &line, (struct date){2026, 10, 1}, &checked), STATUS_OK);
    cr_assert_not(checked.is_ok);
    cr_assert_str_eq(finding_text(&checked, 0, "id"), "JSON");
    checked_line_fini(&checked);
}
