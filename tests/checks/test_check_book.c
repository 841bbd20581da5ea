#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "application.h"

/* Findings that rest on a title result: an application, what is changed in it,
 * what is changed in the book's answer, and what the counter must find. */

enum { ARENA_SIZE = 1 << 20 };

static const struct date today = {2026, 10, 1};

static const int64_t now_us = INT64_C(1790740800000000);

/* What the checks know besides the application and the result. */
static const struct check_input fresh = {.today = {2026, 10, 1}, .now_us = now_us, .title_valid_until_us = now_us + 1};

static void expect_known(const char *name, const char *mutations, const struct check_input *known, const char *found)
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

/* Holds the application against the answer in title/m01.json with `changes`. */
static void expect_found(const char *name, const char *mutations, const char *changes, const struct check_input *base,
                         const char *found)
{
    struct title_result title;
    struct check_input known = *base;
    struct problems *problems = calloc(1, sizeof *problems);
    void *memory = malloc(ARENA_SIZE);
    struct arena arena = arena_over(memory, ARENA_SIZE);
    json_t *json = application_load("title/m01", changes);
    cr_assert_eq(record_from_json(&record_title_result, json, &arena, &title, problems), STATUS_OK, "%s: %s", changes,
                 problems->items[0].path);
    known.title = &title;
    expect_known(name, mutations, &known, found);
    json_decref(json);
    free(memory);
    free(problems);
}

struct row {
    const char *name;
    const char *mutations; /* of the application */
    const char *changes;   /* of the answer */
    const char *found;
};

#define SEIZURE(type) "+units/0/seizures={\"authority\":\"示例法院\",\"document\":\"1号\",\"type\":\"" type "\"}"
#define MORTGAGE(proof, mortgagee, barred)                                                                             \
    "+units/0/mortgages={\"bdcdjzmh\":\"" proof "\",\"dyqr\":\"" mortgagee "\",\"sfczjzhxz\":" barred "}"
#define PROOF    "鲁（2026）济南市不动产证明第0012345号"
#define OTHER    "鲁（2026）济南市不动产证明第0099999号"
#define PROMISE  "+materials={\"code\":\"YYCN\",\"pages\":1,\"sm3\":\"" ZERO_SM3 "\"}"
#define ZERO_SM3 "0000000000000000000000000000000000000000000000000000000000000000"

static const struct row rows[] = {
    {"m01", "", "", ""},

    /* Q01 */
    {"m01", "", "result=\"none\"\n-units", "Q01 E title"},
    {"m01", "", "units=[]", "Q01 E units/0/bdcdyh"},
    {"m01", "", "units/0/bdcdyh=\"370102999001GB00001F00010204\"", "Q01 E units/0/bdcdyh"},
    {"m01", "", "units/0/qszt=\"2\"", "Q01 E units/0/bdcdyh"},
    {"m01", "", "units/0/qszt=\"0\"", "Q01 E units/0/bdcdyh"},

    /* Q02 */
    {"m01", "", "result=\"mismatch\"\n-units", "Q02 E title"},
    {"m01", "", "result=\"several\"\n-units", "Q02 E title"},
    {"m01", "", "units/0/bdcqzh=\"鲁（2026）…第***2346号\"", "Q02 E units/0/bdcqzh"},
    {"m01", "", "units/0/bdcqzh=\"鲁(2026)济南市不动产权第0012345号\"", ""},
    {"m01", "", "-units/0/bdcqzh", ""},
    {"m01", "", "units/0/owners/0/id=\"370116********0004\"", "Q02 E mortgagors/0\nQ03 E units/0"},
    {"m01", "", "units/0/owners/0/name=\"王*\"", "Q02 E mortgagors/0\nQ03 E units/0"},
    {"m01", "", "units/0/owners/0/name=\"张某\"\nunits/0/owners/0/id=\"370116198506150003\"", ""},

    /* Q03 */
    {"m01", "", "+units/0/owners={\"name\":\"王*\"}", "Q03 E units/0"},
    {"m01", "", "-units/0/owners/1", "Q02 E mortgagors/1"},
    {"m01", "", "-units/0/owners", ""},

    /* Q04 */
    {"m01", "", SEIZURE("1"), "Q04 E units/0"},
    {"m01", "", SEIZURE("2"), "Q04 E units/0"},
    {"m01", "", SEIZURE("3"), "Q04 E units/0"},
    {"m04", "", SEIZURE("1") "\n" MORTGAGE("鲁（2020）济南市不动产证明第0054321号", "示例银行济南历下支行", "0"), ""},

    /* Q05 */
    {"m01", "", "+units/0/locks={\"authority\":\"示例局\"}", "Q05 E units/0"},

    /* Q06 */
    {"m01", "", "+units/0/objections={\"holder\":\"赵*\"}", "Q06 W units/0\nQ06 E materials"},
    {"m01", PROMISE, "+units/0/objections={\"holder\":\"赵*\"}", "Q06 W units/0"},

    /* Q07 */
    {"m01", "", "+units/0/prenotices={\"holder\":\"赵*\",\"document\":\"" OTHER "\"}", "Q07 E units/0"},
    {"m01", "", "+units/0/prenotices={\"holder\":\"张*\",\"document\":\"" OTHER "\"}", ""},

    /* Q08 */
    {"m01", "", MORTGAGE(OTHER, "示例银行", "0"), "Q08 E sw"},
    {"m01", "sw=2", MORTGAGE(OTHER, "示例银行", "0"), "Q08 W units/0"},
    {"m01", "-sw", MORTGAGE(OTHER, "示例银行", "1"), "Q08 W units/0"},

    /* Q09, Q10, Q13 */
    {"m01", "", "+units/0/residence={\"holder\":\"赵*\"}", "Q09 W units/0"},
    {"m01", "", "units/0/zl=\"济南市历下区示例路1号1幢204室\"", "Q10 W units/0/zl"},
    {"m01", "", "units/0/mj=\"118.43\"", "Q10 W units/0/mj"},
    {"m01", "", "units/0/mj=\"118.420\"", ""},
    {"m01", "", "units/0/use=\"商业\"", "Q10 W units/0/use"},
    {"m01", "", "-units/0/zl\n-units/0/mj\n-units/0/use", ""},
    {"m01", "", "units/0/qlxz=\"划拨\"", "Q13 W units/0"},

    /* Q12 */
    {"m04", "", "", "Q12 E bdcdjzmh"},
    {"m04", "bdcdjzmh=\"" PROOF "\"", MORTGAGE(PROOF, "示例银行济南历下支行", "0"), ""},
    {"m04", "bdcdjzmh=\"" PROOF "\"", MORTGAGE(PROOF, "别家银行", "0"), "Q12 E bdcdjzmh"},

    /* Q15 */
    {"m01", "", "result=\"unavailable\"\n-units", "Q15 E title"},
};

Test(check_book, finds_exactly_what_the_book_says_against_the_application)
{
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++)
        expect_found(rows[index].name, rows[index].mutations, rows[index].changes, &fresh, rows[index].found);
}

Test(check_book, a_transfer_meets_a_mortgage_that_bars_it_but_not_its_own)
{
    char changes[512];
    json_t *json = application_load("m13", "");
    const char *own = json_string_value(json_object_get(json, "bdcdjzmh"));
    snprintf(changes, sizeof changes, MORTGAGE("%s", "别家银行", "1") "\n-units/0/owners", own);
    expect_found("m13", "sw=1", changes, &fresh, "Q12 E bdcdjzmh");
    expect_found("m13", "sw=2", "-units/0/owners\n" MORTGAGE(OTHER, "示例银行", "1"), &fresh,
                 "Q08 W units/0\nQ08 E units/0\nQ12 E bdcdjzmh");
    json_decref(json);
}

Test(check_book, a_prenotice_that_turns_into_the_mortgage_stands_on_this_unit)
{
    char changes[512];
    json_t *json = application_load("m06", "");
    snprintf(changes, sizeof changes, "-units/0/owners\n+units/0/prenotices={\"holder\":\"示例\",\"document\":\"%s\"}",
             json_string_value(json_object_get(json, "prenotice_zmh")));
    expect_found("m06", "", changes, &fresh, "");
    expect_found("m06", "", "-units/0/owners", &fresh, "Q14 E prenotice_zmh");
    json_decref(json);
}

Test(check_book, a_result_is_good_up_to_its_last_moment)
{
    struct check_input known = fresh;
    known.title_valid_until_us = known.now_us;
    expect_found("m01", "title=1", "", &known, "");
    known.title_valid_until_us = known.now_us - 1;
    expect_found("m01", "title=1", "", &known, "Q15 E title");
}

Test(check_book, without_a_result_only_what_is_known_is_said)
{
    const struct window_rules rules = {.needs_title = number_of(1), .is_present = true};
    const struct check_input strict = {.today = today, .rules = &rules};
    const struct check_input foreign = {.today = today, .is_title_foreign = true, .now_us = now_us};
    const struct check_input open = {.today = today, .others_are_open = true};
    const struct check_input branch = {.today = today};
    expect_known("m01", "", &strict, "Q15 E title");
    expect_known("m01", "title=1", &strict, "");
    expect_known("m01", "title=1", &foreign, "Q15 E title");
    expect_known("m01", "", &open, "Q11 W units");
    expect_known("m01", "title=1", &branch, "");
}

Test(check_book, the_other_units_of_an_application_are_not_told_of)
{
    json_t *units = application_load("m01", "");
    json_t *unit = json_deep_copy(json_array_get(json_object_get(units, "units"), 0));
    char mutations[2048];
    json_object_set_new(unit, "bdcdyh", json_string("370102999001GB00001F00010204"));
    char *text = json_dumps(unit, JSON_COMPACT);
    snprintf(mutations, sizeof mutations, "+units=%s", text);
    expect_found("m01", mutations, "", &fresh, "Q01 W units/1/bdcdyh");
    free(text);
    json_decref(unit);
    json_decref(units);
}

/* ---- several results ---- */

#define OTHER_UNIT "370102999001GB00001F00010204"

#define TWO_UNITS                                                                                                             \
    "+units={\"bdcdyh\":\"" OTHER_UNIT                                                                                        \
    "\",\"bdcqzh\":\"鲁（2026）济南市不动产权第0012345号\",\"zl\":\"济南市历下区示例路1号1幢203室\"," \
    "\"mj\":\"118.42\",\"use\":\"住宅\",\"title\":2}"

/* m01 with a second unit, which stands on a result of its own: `changes` are made in that one. */
static void expect_own(const char *mutations, const char *changes, const struct check_input *base, const char *found)
{
    struct title_result results[2];
    struct problems *problems = calloc(1, sizeof *problems);
    void *memory = malloc(ARENA_SIZE);
    struct arena arena = arena_over(memory, ARENA_SIZE);
    char all[2048];
    json_t *jsons[2] = {application_load("title/m01", ""), application_load("title/m01", changes)};
    for (int i = 0; i < 2; i++)
        cr_assert_eq(record_from_json(&record_title_result, jsons[i], &arena, &results[i], problems), STATUS_OK);
    const struct title_stood stood = {2, &results[1], base->title_valid_until_us};
    struct check_input known = *base;
    known.title = &results[0];
    known.title_valid_until_us = now_us + 1;
    known.titles = &stood;
    known.title_count = 1;
    snprintf(all, sizeof all, "title=1\n" TWO_UNITS "%s", mutations);
    expect_known("m01", all, &known, found);
    json_decref(jsons[0]);
    json_decref(jsons[1]);
    free(memory);
    free(problems);
}

#define OF_OTHER "units/0/bdcdyh=\"" OTHER_UNIT "\""

Test(check_book, each_unit_is_held_against_the_result_it_names)
{
    struct check_input known = fresh;
    expect_own("", OF_OTHER, &fresh, "");
    expect_own("", OF_OTHER "\n" SEIZURE("1"), &fresh, "Q04 E units/1");
    expect_own("", OF_OTHER "\n+units/0/owners={\"name\":\"王*\"}", &fresh, "Q03 E units/1");
    expect_own("", "", &fresh, "Q01 E units/1/bdcdyh"); /* a query of its own that is of another property */
    expect_own("", "result=\"none\"\n-units", &fresh, "Q01 E units/1/title");
    expect_own("", "result=\"mismatch\"\n-units", &fresh, "Q02 E units/1/title");
    expect_own("\nunits/1/title=3", OF_OTHER, &fresh, "Q15 E units/1/title");
    known.title_valid_until_us = now_us - 1;
    expect_own("", OF_OTHER, &known, "Q15 E units/1/title");
}

Test(check_book, where_a_title_is_asked_for_each_unit_needs_one)
{
    const struct window_rules rules = {.needs_title = number_of(1), .is_present = true};
    struct check_input strict = fresh;
    strict.rules = &rules;
    expect_own("", OF_OTHER, &strict, "");
    strict = (struct check_input){.today = today, .rules = &rules};
    expect_known("m01", "units/0/title=2", &strict, "");
    expect_known("m01", TWO_UNITS, &strict, "Q15 E units/0/title");
}

Test(check_book, a_branch_that_has_no_journal_says_nothing_of_results)
{
    struct check_input branch = {.today = today};
    expect_known("m01", "units/0/title=7", &branch, "");
}
