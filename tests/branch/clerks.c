#include "agents/branch/clerks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agents/branch/application_check.h"
#include "tests/branch/example.h"
#include "tests/branch/folder.h"

static struct folder folder;
static struct clerks *clerks;
static char why[640];

static void set_up(void)
{
    folder_start(&folder);
}

static void tear_down(void)
{
    clerks_free(&clerks);
    folder_stop(&folder);
}

TestSuite(clerks, .init = set_up, .fini = tear_down);

static enum status read_list(const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/clerks.json", folder.path);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    return clerks_read(path, &clerks, why, sizeof why);
}

static const char two[] = "[{\"clerk\":\"1001\",\"kinds\":[\"M01\",\"M04\"]},{\"clerk\":\"1002\",\"kinds\":[\"*\"]}]";

static const struct {
    const char *clerk;
    const char *kind;
    bool is_allowed;
} rows[] = {
    {"1001", "M01", true},  {"1001", "M04", true},   {"1001", "M05", false}, {"1002", "M05", true},
    {"1003", "M01", false}, {"100", "M01", false},   {NULL, "M01", false},   {NULL, NULL, false},
    {"1001", NULL, true},   {"10010", "M01", false}, {"1001", "M0", false},  {"1001", "*", false},
};

Test(clerks, allows_each_clerk_the_kinds_of_the_list_and_no_others)
{
    cr_assert_eq(read_list(two), STATUS_OK, "%s", why);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_eq(clerks_allow(clerks, text_of(rows[i].clerk), text_of(rows[i].kind)), rows[i].is_allowed, "row %zu",
                     i);
}

static const struct {
    const char *text;
    const char *sentence;
} broken[] = {
    {"[{\"clerk\":\"1001\",", "broken JSON at line 1"},
    {"{}", "a JSON list of clerks"},
    {"[]", "with at least one"},
    {"[{\"clerk\":\"1\",\"kinds\":[\"*\"]},7]", "row 2: clerk is a staff number"},
    {"[{\"clerk\":1001,\"kinds\":[\"*\"]}]", "row 1: clerk is a staff number"},
    {"[{\"clerk\":\"\",\"kinds\":[\"*\"]}]", "row 1: clerk is a staff number"},
    {"[{\"clerk\":\"1\"}]", "row 1: kinds is a list"},
    {"[{\"clerk\":\"1\",\"kinds\":[]}]", "row 1: kinds is a list"},
    {"[{\"clerk\":\"1\",\"kinds\":[\"M01\",\"M99\"]}]", "row 1: kinds is a list"},
    {"[{\"clerk\":\"1\",\"kinds\":[\"*\"],\"kind\":\"M01\"}]", "row 1: there is more"},
    {"[{\"clerk\":\"1\",\"kinds\":[\"*\"]},{\"clerk\":\"1\",\"kinds\":[\"M01\"]}]", "row 2: this clerk stands"},
};

Test(clerks, refuses_a_list_with_one_wrong_row_as_a_whole_and_says_which)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        cr_expect_eq(read_list(broken[i].text), STATUS_CONFIG, "row %zu", i);
        cr_expect(strstr(why, broken[i].sentence), "row %zu: %s", i, why);
        cr_expect_null(clerks);
    }
    cr_expect_eq(clerks_read("there/is/none", &clerks, why, sizeof why), STATUS_NOT_FOUND);
}

/* The example with this bank row has this one finding, or none. */
static void judge(struct application_check *check, const char *bank, const char *id)
{
    char text[sizeof good + 128];
    struct checked_line checked;
    snprintf(text, sizeof text, "{%s%s", bank, good + 1);
    const struct line line = {.number = 1, .text = text_of(text)};
    cr_assert_eq(application_check_line(check, &line, (struct date){2026, 10, 1}, &checked), STATUS_OK);
    cr_expect_eq(json_array_size(checked.findings), id ? 1 : 0, "%s", bank);
    const char *found = json_string_value(json_object_get(json_array_get(checked.findings, 0), "id"));
    cr_expect_str_eq(found ? found : "none", id ? id : "none", "%s", bank);
    cr_expect_eq(checked.is_ok, id == NULL, "%s", bank);
    checked_line_fini(&checked);
}

Test(clerks, an_application_of_a_clerk_who_may_not_file_it_has_the_finding_B02)
{
    struct application_check *check = NULL;
    cr_assert_eq(application_check_new(&check), STATUS_OK);
    judge(check, "", NULL); /* no list: nobody is asked */
    cr_assert_eq(read_list("[{\"clerk\":\"1001\",\"kinds\":[\"M01\"]},{\"clerk\":\"1002\",\"kinds\":[\"M04\"]}]"),
                 STATUS_OK, "%s", why);
    application_check_use_clerks(check, clerks);
    judge(check, "\"bank\":{\"clerk\":\"1001\"},", NULL);
    judge(check, "\"bank\":{\"clerk\":\"1002\"},", "B02");
    judge(check, "\"bank\":{\"clerk\":\"1003\"},", "B02");
    judge(check, "", "B02");
    application_check_free(&check);
}
