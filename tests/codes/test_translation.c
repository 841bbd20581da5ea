#include <criterion/criterion.h>

#include "schemas/field_path.h"
#include "schemas/translation.h"

static struct rule_translation rows[] = {
    {{"qllx", 4}, {"37", 2}, {"23", 2}, true}, {{"qllx", 4}, {"4", 1}, {"4", 1}, true},
    {{"qllx", 4}, {"98", 2}, {"37", 2}, true}, /* a window's 37 is not the house's */
    {{"dyfs", 4}, {"1", 1}, {"01", 2}, true},  {{"dyfs", 4}, {"2", 1}, {"02", 2}, true},
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };
static const struct window_rules rules = {.translations = {rows, ROW_COUNT, true}, .is_present = true};

Test(translation, comes_back_as_it_went_for_every_row)
{
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        enum dictionary dictionary;
        struct text local, code;
        cr_assert(dictionary_of_name(rows[i].dictionary, &dictionary));
        cr_assert(translation_to_window(&rules, dictionary, rows[i].code, &local));
        cr_expect(text_equal(local, rows[i].local));
        cr_assert(translation_from_window(&rules, dictionary, local, &code));
        cr_expect(text_equal(code, rows[i].code));
    }
}

Test(translation, of_a_mortgage_is_37_here_and_23_there)
{
    struct text out;
    cr_assert(translation_to_window(&rules, DICTIONARY_QLLX, text_of("37"), &out));
    cr_expect(text_is(out, "23"));
    cr_assert(translation_from_window(&rules, DICTIONARY_QLLX, text_of("23"), &out));
    cr_expect(text_is(out, "37"));
    cr_assert(translation_from_window(&rules, DICTIONARY_QLLX, text_of("37"), &out));
    cr_expect(text_is(out, "98"), "what the window calls 37 is a seizure");
}

Test(translation, refuses_what_nobody_listed)
{
    struct text out;
    cr_expect_not(translation_to_window(&rules, DICTIONARY_QLLX, text_of("23"), &out));
    cr_expect_not(translation_from_window(&rules, DICTIONARY_QLLX, text_of("98"), &out));
    cr_expect_not(translation_to_window(&rules, DICTIONARY_QLLX, text_of("96"), &out), "translated whole");
    cr_expect_not(translation_to_window(&rules, DICTIONARY_DYFS, text_of("3"), &out));
    cr_expect_not(translation_to_window(&rules, DICTIONARY_DYFS, text_of(""), &out));
}

Test(translation, of_a_dictionary_that_the_rules_do_not_name_keeps_known_codes_alone)
{
    struct text out;
    cr_assert(translation_to_window(&rules, DICTIONARY_GYFS, text_of("2"), &out));
    cr_expect(text_is(out, "2"));
    cr_expect_not(translation_to_window(&rules, DICTIONARY_GYFS, text_of("9"), &out));
    cr_assert(translation_from_window(NULL, DICTIONARY_QLLX, text_of("37"), &out));
    cr_expect(text_is(out, "37"));
    cr_expect_not(translation_from_window(NULL, DICTIONARY_QLLX, text_of("23"), &out));
}

/* ---- paths into an application ---- */

Test(field_path, knows_the_fields_of_an_application_and_no_others)
{
    static const char *const known[] = {
        "appraisal", "mortgagors", "mortgagors/*/tel", "mortgagors/*/agent/tel", "excluded_units", "mortgagee/agent"};
    static const char *const unknown[] = {"",
                                          "appraisals",
                                          "mortgagors/",
                                          "mortgagors/*",
                                          "mortgagors/0/tel",
                                          "mortgagors/tel",
                                          "appraisal/x",
                                          "/appraisal",
                                          "excluded_units/*"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        cr_expect(field_path_is_known(&record_case_submit, text_of(known[i])), "%s", known[i]);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        cr_expect_not(field_path_is_known(&record_case_submit, text_of(unknown[i])), "%s", unknown[i]);
}

static void add_path(const char *path, void *context)
{
    strcat(strcat(context, path), " ");
}

static const char *absent(const struct case_submit *application, const char *pattern)
{
    static char out[512];
    out[0] = '\0';
    field_path_each_absent(&record_case_submit, application, text_of(pattern), add_path, out);
    return out;
}

Test(field_path, finds_what_is_absent_in_every_item)
{
    struct mortgagor owners[] = {
        {.telephone = text_of("13800000000"), .agent = {.is_present = true}, .is_present = true},
        {.is_present = true},
        {.agent = {.name = text_of("x"), .is_present = true}, .is_present = true}};
    const struct case_submit application = {.mortgagors = {owners, 3, true}, .is_present = true};
    cr_expect_str_eq(absent(&application, "mortgagors/*/tel"), "mortgagors/1/tel mortgagors/2/tel ");
    cr_expect_str_eq(absent(&application, "mortgagors/*/agent"), "mortgagors/1/agent ");
    cr_expect_str_eq(absent(&application, "mortgagors/*/agent/name"), "mortgagors/0/agent/name ",
                     "who has no agent is not asked for its name");
    cr_expect_str_eq(absent(&application, "appraisal"), "appraisal ");
    cr_expect_str_eq(absent(&application, "mortgagors"), "");
    cr_expect_str_eq(absent(&application, "debtors/*/name"), "");
    cr_expect_str_eq(absent(&application, "debtors"), "debtors ");
}
