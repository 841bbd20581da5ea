#include "schemas/body_codes.h"

#include <criterion/criterion.h>

#define LITERAL(string)                                                                                                \
    {                                                                                                                  \
        string, sizeof string - 1                                                                                      \
    }

static struct rule_translation rows[] = {
    {LITERAL("qllx"), LITERAL("4"), LITERAL("4"), true},          {LITERAL("qllx"), LITERAL("37"), LITERAL("23"), true},
    {LITERAL("qllx"), LITERAL("96"), LITERAL("37"), true}, /* a code of the house that means another */
    {LITERAL("dyfs"), LITERAL("1"), LITERAL("B1"), true},         {LITERAL("dyfs"), LITERAL("2"), LITERAL("B2"), true},
    {LITERAL("paper"), LITERAL("marriage"), LITERAL("JH"), true},
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };
static const struct window_rules rules = {.translations = {rows, ROW_COUNT, true}, .is_present = true};

static json_t *json_of(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);
    cr_assert_not_null(json, "%s", error.text);
    return json;
}

static const char *const application =
    "{\"kind\":\"M01\",\"dyfs\":\"2\",\"units\":[{\"qllx\":\"4\",\"zl\":\"37\"},{\"qllx\":\"37\"}],"
    "\"mortgagors\":[{\"idt\":\"1\",\"papers\":[\"marriage\"]}],\"dyfs2\":\"2\",\"x_own\":{\"dyfs\":\"2\"}}";

Test(body_codes, are_turned_wherever_the_rows_say_that_a_code_stands)
{
    struct code_fault fault;
    json_t *body = json_of(application);
    cr_assert_eq(body_codes_turn(&rules, &record_case_submit, CODES_TO_WINDOW, body, &fault), STATUS_OK, "%s",
                 fault.text);
    json_t *expected =
        json_of("{\"kind\":\"M01\",\"dyfs\":\"B2\",\"units\":[{\"qllx\":\"4\",\"zl\":\"37\"},{\"qllx\":\"23\"}],"
                "\"mortgagors\":[{\"idt\":\"1\",\"papers\":[\"JH\"]}],\"dyfs2\":\"2\",\"x_own\":{\"dyfs\":\"2\"}}");
    cr_assert(json_equal(body, expected), "%s", json_dumps(body, 0));
    json_decref(expected);
    expected = json_of(application);
    cr_assert_eq(body_codes_turn(&rules, &record_case_submit, CODES_FROM_WINDOW, body, &fault), STATUS_OK);
    cr_assert(json_equal(body, expected), "what went there did not come back the same");
    json_decref(expected);
    json_decref(body);
}

Test(body_codes, stay_where_the_window_has_no_rules)
{
    struct code_fault fault;
    json_t *body = json_of(application);
    json_t *expected = json_of(application);
    cr_assert_eq(body_codes_turn(NULL, &record_case_submit, CODES_TO_WINDOW, body, &fault), STATUS_OK);
    cr_assert(json_equal(body, expected));
    json_decref(expected);
    json_decref(body);
}

Test(body_codes, that_nobody_listed_are_a_fault_with_path_and_value_in_both_tongues)
{
    static const struct {
        const struct record *record;
        enum code_direction direction;
        const char *body;
        const char *path;
    } cases[] = {
        {&record_case_submit, CODES_TO_WINDOW, "{\"units\":[{\"qllx\":\"4\"},{\"qllx\":\"98\"}]}", "units/1/qllx"},
        {&record_case_submit, CODES_TO_WINDOW, "{\"mortgagors\":[{\"papers\":[\"marriage\",\"notary\"]}]}",
         "mortgagors/0/papers/1"},
        {&record_case_booked, CODES_FROM_WINDOW, "{\"dyfs\":\"1\"}", "dyfs"},
        {&record_case_booked, CODES_FROM_WINDOW, "{\"qllx\":\"96\"}", "qllx"},
        {&record_correction, CODES_FROM_WINDOW,
         "{\"changes\":[{\"path\":\"fj\",\"new\":\"\\\"1\\\"\"},{\"path\":\"dyfs\",\"new\":\"\\\"1\\\"\"}]}",
         "changes/1/dyfs"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct code_fault fault;
        json_t *body = json_of(cases[i].body);
        cr_expect_eq(body_codes_turn(&rules, cases[i].record, cases[i].direction, body, &fault), STATUS_BAD_BODY);
        cr_expect_str_eq(fault.path, cases[i].path);
        cr_expect_not_null(strstr(fault.text, "代码对照表"), "%s", fault.text);
        cr_expect_not_null(strstr(fault.text, "not in this window's list"), "%s", fault.text);
        json_decref(body);
    }
}

/* A supplement names the fields of the application, a correction those of the booking. */
Test(body_codes, of_changed_fields_are_turned_by_the_field_they_name)
{
    struct code_fault fault;
    json_t *body =
        json_of("{\"round\":1,\"changes\":[{\"path\":\"dyfs\",\"old\":\"\\\"1\\\"\",\"new\":\"\\\"2\\\"\"},"
                "{\"path\":\"units/0/qllx\",\"new\":\"\\\"37\\\"\"},{\"path\":\"units/1\",\"new\":\"{\\\"qllx\\\":"
                "\\\"96\\\"}\"},{\"path\":\"dbfw\",\"new\":\"\\\"1\\\"\"},{\"path\":\"bdbzzqse\",\"new\":\"37\"}]}");
    json_t *before = json_deep_copy(body);
    cr_assert_eq(body_codes_turn(&rules, &record_supplement_submit, CODES_TO_WINDOW, body, &fault), STATUS_OK);
    json_t *expected =
        json_of("{\"round\":1,\"changes\":[{\"path\":\"dyfs\",\"old\":\"\\\"B1\\\"\",\"new\":\"\\\"B2\\\"\"},"
                "{\"path\":\"units/0/qllx\",\"new\":\"\\\"23\\\"\"},{\"path\":\"units/1\",\"new\":\"{\\\"qllx\\\":"
                "\\\"37\\\"}\"},{\"path\":\"dbfw\",\"new\":\"\\\"1\\\"\"},{\"path\":\"bdbzzqse\",\"new\":\"37\"}]}");
    cr_assert(json_equal(body, expected), "%s", json_dumps(body, 0));
    json_decref(expected);
    json_decref(before);
    json_decref(body);
    body = json_of("{\"changes\":[{\"path\":\"dyfs\",\"old\":\"\\\"B1\\\"\",\"new\":\"\\\"B2\\\"\"}]}");
    cr_assert_eq(body_codes_turn(&rules, &record_correction, CODES_FROM_WINDOW, body, &fault), STATUS_OK);
    expected = json_of("{\"changes\":[{\"path\":\"dyfs\",\"old\":\"\\\"1\\\"\",\"new\":\"\\\"2\\\"\"}]}");
    cr_assert(json_equal(body, expected), "%s", json_dumps(body, 0));
    json_decref(expected);
    json_decref(body);
}

/* Else a list added later would pass untranslated. */
Test(body_codes, every_rule_that_asks_for_a_code_names_its_list)
{
#define RULE(name, holds, english, chinese) #name,
    static const char *const names[] = {
#include "schemas/rules.def"
    };
#undef RULE
    enum dictionary dictionary;
    for (enum rule rule = 0; rule < RULE_COUNT; rule++)
        cr_expect_eq(rule_dictionary(rule, &dictionary), strncmp(names[rule], "DICT_", 5) == 0, "%s", names[rule]);
    cr_assert(rule_dictionary(RULE_DICT_FEE_STATE, &dictionary) && dictionary == DICTIONARY_FEE_STATE);
    cr_assert(rule_dictionary(RULE_DICT_QLLX, &dictionary) && dictionary == DICTIONARY_QLLX);
}
