#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "application.h"

/* Findings that rest on more than the application: the rules of the window, the
 * list of clerks, the cases under way, the clock of a broker. */

static const struct date today = {2026, 10, 1};

static const char SIGNED_AND_SEALED[] = "materials/0/signed_by=[\"mortgagors/0/agent\",\"mortgagors/0/seal\","
                                        "\"mortgagee/agent\"]\n";

static void expect_found(const char *name, const char *mutations, const struct check_input *known, const char *found)
{
    char shown[APPLICATION_TEXT_SIZE];
    struct check_result *result = calloc(1, sizeof *result);
    json_t *json = application_load(name, mutations);
    application_check_knowing(json, known, result);
    cr_expect_str_eq(result_show(result, shown), found, "%s with\n%s\nexpected:\n%s\nfound:\n%s", name, mutations,
                     found, shown);
    json_decref(json);
    free(result);
}

Test(check_knowledge, asks_for_seal_and_representative_where_the_window_does)
{
    const struct window_rules rules = {.needs_seal = number_of(1), .is_present = true};
    const struct window_rules lenient = {.needs_seal = number_of(0), .is_present = true};
    const struct check_input known = {.today = today, .rules = &rules};
    const struct check_input easy = {.today = today, .rules = &lenient};
    char mutations[1024];
    snprintf(mutations, sizeof mutations, "%smortgagors/0/legal_representative=\"赵某\"", SIGNED_AND_SEALED);
    expect_found("m07", "", &known,
                 "MAT07 E mortgagors/0/legal_representative\nMAT07 E materials/0/signed_by\n"
                 "MAT07 E materials/5/signed_by");
    expect_found("m07", mutations, &known, "MAT07 E materials/5/signed_by");
    expect_found("m07", "", &easy, "");
    expect_found("m01", "", &known, "");
    expect_found("m04", "", &known, "");
}

Test(check_knowledge, names_a_clerk_who_may_not_file_this)
{
    const struct check_input known = {.today = today, .clerk_is_unauthorised = true};
    expect_found("m01", "", &known, "B02 E bank/clerk");
}

Test(check_knowledge, names_a_contract_that_is_filed_elsewhere)
{
    const struct check_input known = {.today = today, .contract_is_elsewhere = true};
    expect_found("m01", "", &known, "B03 E dyhth");
}

Test(check_knowledge, a_broker_without_a_title_result_takes_no_contest_of_one)
{
    const struct check_input known = {.today = today, .now_us = 1};
    expect_found("m01", "contest=[{\"finding\":\"Q06\",\"reason\":\"已解除\"}]", &known, "F02 E contest/0");
}

Test(check_knowledge, every_finding_says_what_it_rests_on)
{
    static const struct {
        enum finding_name name;
        const char *source;
    } rows[] = {
        {FINDING_F01_UNKNOWN, "D"}, {FINDING_F07_CHECK, "F"}, {FINDING_F16_ESTATE, "D"}, {FINDING_MAT04_DIFFERS, "F"},
        {FINDING_MAT07_SEAL, "R"},  {FINDING_B02_CLERK, "B"}, {FINDING_S01_FACE, "F"},
    };
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
        const struct found found = {.name = rows[index].name};
        cr_expect_str_eq(found_source(&found), rows[index].source, "%s", finding_row(rows[index].name)->id);
    }
}
