#include "agents/branch/contests.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char warned[] = "[{\"id\":\"F15\",\"level\":\"W\",\"path\":\"mortgagors/0/tel\"},"
                             "{\"id\":\"F15\",\"level\":\"W\",\"path\":\"mortgagors/1/tel\"},"
                             "{\"id\":\"B01\",\"level\":\"W\",\"path\":\"bank/approved\"}]";

static const struct row {
    const char *name;
    const char *arguments[3];
    const char *own; /* contest of the application; NULL: it has none */
    const char *after;
    bool is_complete;
} rows[] = {
    {"nothing is said", {NULL}, NULL, "null", false},
    {"one check of two is answered", {"F15=long ago"}, NULL, "[{\"finding\":\"F15\",\"reason\":\"long ago\"}]", false},
    {"both are answered, one reason each, wherever they stand",
     {"F15=long ago", "B01=tomorrow"},
     NULL,
     "[{\"finding\":\"F15\",\"reason\":\"long ago\"},{\"finding\":\"B01\",\"reason\":\"tomorrow\"}]",
     true},
    {"what does not warn is not contested",
     {"F15=long ago", "B01=tomorrow", "F11=no"},
     NULL,
     "[{\"finding\":\"F15\",\"reason\":\"long ago\"},{\"finding\":\"B01\",\"reason\":\"tomorrow\"}]",
     true},
    {"the application's own reason stays, and covers its place only",
     {"F15=long ago", "B01=tomorrow"},
     "[{\"finding\":\"F15\",\"path\":\"mortgagors/0/tel\",\"reason\":\"own\"},"
     "{\"finding\":\"B01\",\"reason\":\"own\"}]",
     "[{\"finding\":\"F15\",\"path\":\"mortgagors/0/tel\",\"reason\":\"own\"},"
     "{\"finding\":\"B01\",\"reason\":\"own\"},{\"finding\":\"F15\",\"reason\":\"long ago\"}]",
     true},
};

static json_t *application_of(const char *own)
{
    json_t *application = json_object();
    if (own)
        json_object_set_new(application, "contest", json_loads(own, 0, NULL));
    return application;
}

static void judge(const struct row *row)
{
    static struct contests contests;
    char why[160] = "";
    bool is_complete = !row->is_complete;
    json_t *findings = json_loads(warned, 0, NULL);
    json_t *application = application_of(row->own);
    memset(&contests, 0, sizeof contests);
    for (size_t i = 0; i < 3 && row->arguments[i]; i++)
        cr_assert(contests_take(&contests, row->arguments[i], why, sizeof why), "%s: %s", row->name, why);
    cr_assert_eq(contests_add(&contests, findings, application, &is_complete), STATUS_OK);
    json_t *own = json_object_get(application, "contest");
    char *after = own ? json_dumps(own, JSON_COMPACT) : strdup("null");
    cr_expect_str_eq(after, row->after, "%s: %s", row->name, after);
    cr_expect_eq(is_complete, row->is_complete, "%s", row->name);
    free(after);
    json_decref(application);
    json_decref(findings);
}

Test(contests, give_each_warning_a_reason_or_say_that_one_has_none)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        judge(&rows[i]);
}

static const struct {
    const char *argument;
    const char *sentence;
} wrong[] = {
    {"F15", "CHECK=REASON"}, {"F15=", "1 to 512 bytes"},     {"F15=\xff", "UTF-8"},
    {"F99=no", "F99 warns"}, {"B04=never", "not contested"}, {"=no", "warns"},
};

Test(contests, are_of_a_check_that_warns_and_say_something)
{
    static struct contests contests;
    char why[160];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect_not(contests_take(&contests, wrong[i].argument, why, sizeof why), "%s", wrong[i].argument);
        cr_expect(strstr(why, wrong[i].sentence), "%s: %s", wrong[i].argument, why);
    }
    cr_expect_eq(contests.count, 0);
}

Test(contests, of_more_warnings_than_a_submission_may_contest_are_incomplete)
{
    static struct contests contests;
    char why[160];
    bool is_complete = true;
    json_t *findings = json_loads(warned, 0, NULL);
    json_t *application = application_of("[]");
    cr_assert(contests_take(&contests, "F15=a", why, sizeof why));
    cr_assert(contests_take(&contests, "B01=b", why, sizeof why));
    for (int i = 1; i < CONTEST_COUNT_MAX; i++)
        json_array_append_new(json_object_get(application, "contest"), json_object());
    cr_assert_eq(contests_add(&contests, findings, application, &is_complete), STATUS_OK);
    cr_expect_not(is_complete);
    cr_expect_eq(json_array_size(json_object_get(application, "contest")), CONTEST_COUNT_MAX);
    json_decref(application);
    json_decref(findings);
}
