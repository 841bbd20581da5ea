#include <criterion/criterion.h>
#include <stdlib.h>

#include "application.h"

/* The same application at windows with rules of their own. */

static struct text guardian[] = {{"JHZM", 4}, {"SQS", 3}};
static struct text contract[] = {{"ZHT", 3}};
static struct rule_materials materials[] = {{{"*", 1}, {guardian, 2, true}, true},
                                            {{"M01", 3}, {guardian, 1, true}, true},
                                            {{"M07", 3}, {contract, 1, true}, true}};
static struct rule_field fields[] = {{{"*", 1}, {"mortgagors/*/id_valid_until", 27}, {"核对证件有效期", 21}, true},
                                     {{"M04", 3}, {"appraisal", 9}, {0}, true},
                                     {{"*", 1}, {"fee_payer", 9}, {0}, true}};
static const struct window_rules of_materials = {.materials = {materials, 3, true}, .is_present = true};
static const struct window_rules of_fields = {.fields = {fields, 3, true}, .is_present = true};

static const char *shown(const char *name, const char *mutations, const struct window_rules *rules)
{
    static char out[APPLICATION_TEXT_SIZE];
    const struct check_input known = {.today = {2026, 10, 1}, .rules = rules};
    struct check_result *result = calloc(1, sizeof *result);
    json_t *json = application_load(name, mutations);
    application_check_knowing(json, &known, result);
    result_show(result, out);
    json_decref(json);
    free(result);
    return out;
}

Test(check_rules, differ_by_window)
{
    cr_expect_str_eq(shown("m01", "", NULL), "");
    cr_expect_str_eq(shown("m01", "", &of_materials), "MAT01 E materials", "JHZM once, SQS is there");
    cr_expect_str_eq(shown("m01", "", &of_fields),
                     "F02 E mortgagors/0/id_valid_until\nF02 E mortgagors/1/id_valid_until");
}

Test(check_rules, ask_for_nothing_that_is_there)
{
    cr_expect_str_eq(shown("m01",
                           "mortgagors/0/id_valid_until=\"2036-01-01\"\n"
                           "mortgagors/1/id_valid_until=\"2036-01-01\"",
                           &of_fields),
                     "");
    cr_expect_str_eq(shown("m01",
                           "+materials={\"code\":\"JHZM\",\"name\":\"监护证明\",\"mime\":\"application/pdf\","
                           "\"size\":1000,\"pages\":1,\"sm3\":"
                           "\"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0\"}",
                           &of_materials),
                     "");
}

Test(check_rules, hold_for_their_kind_alone)
{
    cr_expect_not_null(strstr(shown("m04", "", &of_fields), "F02 E appraisal"));
    cr_expect_null(strstr(shown("m01", "", &of_fields), "appraisal"));
    cr_expect_str_eq(shown("m01", "-fee_payer", &of_materials), "MAT01 E materials\nB04 E fee_payer");
}

Test(check_rules, say_nothing_twice)
{
    cr_expect_str_eq(shown("m01",
                           "-fee_payer\nmortgagors/0/id_valid_until=\"2036-01-01\"\n"
                           "mortgagors/1/id_valid_until=\"2036-01-01\"",
                           &of_fields),
                     "B04 E fee_payer");
}

Test(check_rules, say_that_the_window_asks_and_why)
{
    char sentence[FOUND_TEXT_SIZE];
    const struct check_input known = {.today = {2026, 10, 1}, .rules = &of_fields};
    struct check_result *result = calloc(1, sizeof *result);
    json_t *json = application_load("m01", "");
    application_check_knowing(json, &known, result);
    cr_assert_geq(result->count, 1);
    cr_expect_str_eq(found_source(&result->items[0]), "R");
    cr_expect_str_eq(found_chinese(&result->items[0], sentence, sizeof sentence),
                     "本登记窗口要求填写此项：核对证件有效期");
    json_decref(json);
    free(result);
}

Test(check_rules, a_long_reason_is_cut_between_characters)
{
    char text[201];
    struct rule_field rule = {{"*", 1}, {"appraisal", 9}, {text, 0}, true};
    const struct window_rules rules = {.fields = {&rule, 1, true}, .is_present = true};
    const struct check_input known = {.today = {2026, 10, 1}, .rules = &rules};
    struct check_result *result = calloc(1, sizeof *result);
    json_t *json = application_load("m01", "");
    text[0] = 'x';
    for (int i = 0; i < 66; i++)
        memcpy(text + 1 + i * 3, "核", 3);
    rule.text.size = 199;
    application_check_knowing(json, &known, result);
    cr_assert_eq(result->count, 1);
    cr_expect_eq(strlen(result->items[0].detail), 157, "1 and 52 characters of three bytes");
    json_decref(json);
    free(result);
}
