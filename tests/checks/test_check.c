#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "application.h"
#include "schemas/checks/finding_json.h"

static struct check_result *checked(const char *name, const char *mutations, struct date today)
{
    struct check_result *result = calloc(1, sizeof *result);
    json_t *json = application_load(name, mutations);
    application_check(json, today, result);
    json_decref(json);
    return result;
}

static const struct date opening = {2026, 10, 1};

Test(check, finds_nothing_in_the_example_on_either_day)
{
    static const char *const names[] = {"m01", "m02", "m03",  "m04",   "m05",   "m06",   "m07", "m08", "m08t", "m09",
                                        "m10", "m14", "m10b", "m10bt", "m10bc", "m10bv", "m11", "m12", "m13"};
    for (size_t index = 0; index < sizeof names / sizeof names[0]; index++) {
        struct check_result *result = checked(names[index], "", opening);
        cr_expect_eq(result->count, 0u, "%s", names[index]);
        free(result);
        result = checked(names[index], "", (struct date){2026, 11, 23});
        cr_expect_eq(result->count, 0u, "%s", names[index]);
        cr_expect_eq(result->error_count, 0u);
        free(result);
    }
}

Test(check, counts_errors_apart_from_warnings)
{
    struct check_result *result =
        checked("m01", "mortgagors/0/tel=\"1\"\nzwlxqssj=\"2020-01-01\"\n-fee_payer", opening);
    cr_expect_eq(result->count, 3u);
    cr_expect_eq(result->error_count, 1u);
    cr_expect_not(result->has_more);
    free(result);
}

Test(check, reads_what_is_no_application_as_one_finding)
{
    static const char *const bodies[] = {"[]", "5", "\"x\"", "null"};
    for (size_t index = 0; index < sizeof bodies / sizeof bodies[0]; index++) {
        char shown[APPLICATION_TEXT_SIZE];
        struct check_result *result = calloc(1, sizeof *result);
        json_t *json = json_loads(bodies[index], JSON_DECODE_ANY, NULL);
        application_check(json, opening, result);
        cr_expect_str_eq(result_show(result, shown), "F02 E ", "%s", bodies[index]);
        json_decref(json);
        free(result);
    }
}

Test(check, names_every_mandatory_field_of_an_empty_application)
{
    char shown[APPLICATION_TEXT_SIZE];
    struct check_result *result = calloc(1, sizeof *result);
    json_t *json = json_object();
    application_check(json, opening, result);
    result_show(result, shown);
    static const char *const lines[] = {
        "F01 E kind",         "F02 E district",     "F02 E units",     "F02 E dybdclx",     "F02 E mortgagors",
        "F02 E mortgagee",    "F02 E debtors",      "F02 E dyfs",      "F02 E zwlxqssj",    "F02 E zwlxjssj",
        "F02 E dbfw",         "F02 E dyhth",        "F13 E sfczjzhxz", "MAT01 E materials", "B04 E fee_payer",
        "S01 E consent/face", "S02 E consent/pipl", "S03 E materials"};
    for (size_t index = 0; index < sizeof lines / sizeof lines[0]; index++)
        cr_expect_not_null(strstr(shown, lines[index]), "%s in\n%s", lines[index], shown);
    json_decref(json);
    free(result);
}

Test(check, stops_counting_items_but_never_errors_when_there_are_too_many)
{
    struct check_result *result = calloc(1, sizeof *result);
    json_t *json = application_load("m01", "");
    json_t *units = json_object_get(json, "units");
    for (int index = 1; index < 200; index++) {
        char number[32];
        json_t *unit = json_deep_copy(json_array_get(units, 0));
        snprintf(number, sizeof number, "370102999001GB00001W%08d", index);
        json_object_set_new(unit, "bdcdyh", json_string(number));
        json_object_set_new(unit, "mj", json_string("none"));
        json_array_append_new(units, unit);
    }
    application_check(json, opening, result);
    cr_expect_eq(result->count, (uint32_t)CHECK_FOUND_COUNT_MAX);
    cr_expect_eq(result->error_count, 2u * 199u);
    cr_expect(result->has_more);
    json_decref(json);
    free(result);
}

Test(check, keeps_all_the_limits_of_a_large_application)
{
    struct check_result *result = calloc(1, sizeof *result);
    json_t *json = application_load("m01", "");
    json_t *units = json_object_get(json, "units");
    for (int index = 1; index < 200; index++) {
        char number[32];
        json_t *unit = json_deep_copy(json_array_get(units, 0));
        snprintf(number, sizeof number, "370102999001GB00001F%04d0203", index + 1);
        json_object_set_new(unit, "bdcdyh", json_string(number));
        json_array_append_new(units, unit);
    }
    application_check(json, opening, result);
    cr_expect_eq(result->count, 0u);
    json_decref(json);
    free(result);
}

Test(check, tells_the_clerk_in_both_languages_what_and_where)
{
    struct check_result *result = checked("m01", "-materials/3", opening);
    json_t *json = finding_json(&result->items[0]);
    cr_assert_eq(json_object_size(json), 8u);
    cr_expect_str_eq(json_string_value(json_object_get(json, "id")), "MAT01");
    cr_expect_str_eq(json_string_value(json_object_get(json, "level")), "E");
    cr_expect_str_eq(json_string_value(json_object_get(json, "path")), "materials");
    static const char *const keys[] = {"text_zh", "text_en", "fix_zh", "fix_en", "source"};
    for (size_t index = 0; index < sizeof keys / sizeof keys[0]; index++)
        cr_expect_gt(json_string_length(json_object_get(json, keys[index])), 0u);
    json_decref(json);
    free(result);
}

Test(check, says_which_material_which_value_and_which_kinds)
{
    char text[FOUND_TEXT_SIZE];
    struct check_result *result = checked("m01", "-materials/0\ndyfs=\"7\"\nkind=\"M15\"", opening);
    cr_assert_eq(result->count, 3u);
    cr_expect_not_null(strstr(found_english(&result->items[0], text, sizeof text),
                              "M01 M02 M03 M04 M05 M06 M07 M08 M09 M10 M10b M11 M12 M13 M14"),
                       "%s", text);
    cr_expect_not_null(strstr(found_english(&result->items[1], text, sizeof text), "DYFS"), "%s", text);
    cr_expect_not_null(strstr(found_chinese(&result->items[1], text, sizeof text), "抵押方式"), "%s", text);
    cr_expect_not_null(strstr(found_english(&result->items[2], text, sizeof text), "SQS, application form"), "%s",
                       text);
    cr_expect_not_null(strstr(found_chinese(&result->items[2], text, sizeof text), "SQS 不动产登记申请书"), "%s", text);
    free(result);
}

Test(check, shows_no_name_and_no_id_in_any_sentence)
{
    struct check_result *result = checked("m01",
                                          "mortgagors/0/id=\"370116198506150004\"\nmortgagors/0/name=\"张 某\"\n"
                                          "debtors/0/ref=\"李某\"\nmaterials/0/signed_by=[\"张某\"]\n"
                                          "mortgagee/uscc=\"91370100MAQQQQ019J\"\nmortgagors/1/tel=\"13800\"",
                                          opening);
    cr_assert_eq(result->count, 6u);
    json_t *json = findings_json(result);
    char *text = json_dumps(json, 0);
    static const char *const secrets[] = {"370116198506150004", "张", "李", "91370100", "13800"};
    for (size_t index = 0; index < sizeof secrets / sizeof secrets[0]; index++)
        cr_expect_null(strstr(text, secrets[index]), "%s", secrets[index]);
    free(text);
    json_decref(json);
    free(result);
}

Test(check, rows_stand_in_the_order_of_their_ids_and_say_something)
{
    for (int name = 0; name < FINDING_COUNT; name++) {
        const struct finding_row *row = finding_row((enum finding_name)name);
        cr_expect(strcmp(row->level, "E") == 0 || strcmp(row->level, "W") == 0, "%s", row->id);
        cr_expect(row->chinese[0] && row->english[0] && row->fix_chinese[0] && row->fix_english[0], "%s", row->id);
        cr_expect_lt(strlen(row->chinese) + 160 + 4, (size_t)FOUND_TEXT_SIZE, "%s", row->id);
        cr_expect_neq(row->english[strlen(row->english) - 1], '.', "%s", row->english);
    }
}

Test(check, has_a_reason_for_each_finding)
{
#define CHECK(id, source, question, why) id,
    static const char *const ids[] = {
#include "schemas/checks/reasons.def"
    };
#undef CHECK
    for (unsigned name = 0; name < FINDING_COUNT; name++) {
        const char *id = finding_row((enum finding_name)name)->id;
        bool is_there = false;
        for (unsigned i = 0; i < sizeof ids / sizeof ids[0] && !is_there; i++)
            is_there = strcmp(ids[i], id) == 0;
        cr_expect(is_there, "%s stands in findings.def and not in reasons.def", id);
    }
}
