#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "application.h"

/* Every value of every example is replaced by wrong ones, one at a time: what
 * decoding names must block, and be said once. */

static const char *const wrong_values[] = {"null",  "5",  "-1", "1.5",    "true", "\"\"",
                                           "\"x\"", "[]", "{}", "[null]", "[{}]", "{\"a\":1}"};

enum { PATH_COUNT_MAX = 400 };

struct paths {
    char items[PATH_COUNT_MAX][96];
    uint32_t count;
};

static void paths_gather(struct paths *paths, json_t *json, const char *prefix)
{
    const char *key = NULL;
    json_t *value = NULL;
    size_t index = 0;
    char path[96];
    json_object_foreach(json, key, value)
    {
        snprintf(path, sizeof path, "%s%s%s", prefix, prefix[0] ? "/" : "", key);
        snprintf(paths->items[paths->count++], 96, "%s", path);
        paths_gather(paths, value, path);
    }
    json_array_foreach(json, index, value)
    {
        snprintf(path, sizeof path, "%s/%zu", prefix, index);
        snprintf(paths->items[paths->count++], 96, "%s", path);
        paths_gather(paths, value, path);
    }
    cr_assert_lt(paths->count, (uint32_t)PATH_COUNT_MAX - 64);
}

static void expect_said_once(const struct check_result *result, const char *what)
{
    for (uint32_t a = 0; a < result->count; a++)
        for (uint32_t b = a + 1; b < result->count; b++) {
            bool is_same = strcmp(result->items[a].path, result->items[b].path) == 0;
            bool is_list = strcmp(result->items[a].path, "materials") == 0;
            cr_expect(!is_same || is_list, "%s: %s and %s at %s", what, finding_row(result->items[a].name)->id,
                      finding_row(result->items[b].name)->id, result->items[a].path);
        }
}

static uint32_t count_problems(const json_t *json)
{
    struct problems *problems = calloc(1, sizeof *problems);
    struct case_submit application;
    void *memory = malloc(1 << 20);
    struct arena arena = arena_over(memory, 1 << 20);
    enum status status = record_from_json(&record_case_submit, json, &arena, &application, problems);
    cr_assert(status == STATUS_OK || status == STATUS_BAD_BODY);
    uint32_t count = problems->count;
    free(problems);
    free(memory);
    return count;
}

static void judge(const char *name, const char *mutation, struct check_result *result)
{
    json_t *json = application_load(name, mutation);
    application_check(json, (struct date){2026, 10, 1}, result);
    if (count_problems(json) > 0)
        cr_expect_gt(result->error_count, 0u, "%s %s", name, mutation);
    expect_said_once(result, mutation);
    json_decref(json);
}

static void judge_all(const char *name)
{
    struct paths *paths = calloc(1, sizeof *paths);
    struct check_result *result = calloc(1, sizeof *result);
    json_t *json = application_load(name, "");
    char mutation[160];
    paths_gather(paths, json, "");
    for (uint32_t each = 0; each < paths->count; each++) {
        snprintf(mutation, sizeof mutation, "-%s", paths->items[each]);
        judge(name, mutation, result);
        for (size_t value = 0; value < sizeof wrong_values / sizeof wrong_values[0]; value++) {
            snprintf(mutation, sizeof mutation, "%s=%s", paths->items[each], wrong_values[value]);
            judge(name, mutation, result);
        }
    }
    json_decref(json);
    free(result);
    free(paths);
}

Test(check_problems, block_and_are_said_once_in_m01)
{
    judge_all("m01");
}

Test(check_problems, block_and_are_said_once_in_m04)
{
    judge_all("m04");
}

Test(check_problems, block_and_are_said_once_in_m05)
{
    judge_all("m05");
}

Test(check_problems, block_and_are_said_once_in_m07)
{
    judge_all("m07");
}

Test(check_problems, block_and_are_said_once_in_m06)
{
    judge_all("m06");
}

Test(check_problems, block_and_are_said_once_in_m10)
{
    judge_all("m10");
}

Test(check_problems, block_and_are_said_once_in_m14)
{
    judge_all("m14");
}

Test(check_problems, block_and_are_said_once_in_m02)
{
    judge_all("m02");
}

Test(check_problems, block_and_are_said_once_in_m03)
{
    judge_all("m03");
}

Test(check_problems, block_and_are_said_once_in_m08)
{
    judge_all("m08");
}

Test(check_problems, block_and_are_said_once_in_m08t)
{
    judge_all("m08t");
}

Test(check_problems, block_and_are_said_once_in_m09)
{
    judge_all("m09");
}

Test(check_problems, block_and_are_said_once_in_m10b)
{
    judge_all("m10b");
}

Test(check_problems, block_and_are_said_once_in_m11)
{
    judge_all("m11");
}

Test(check_problems, block_and_are_said_once_in_m13)
{
    judge_all("m13");
}
