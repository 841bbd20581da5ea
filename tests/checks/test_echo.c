#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "schemas/echo.h"

/* What was filed, what was booked, and the paths that differ. */

static const char filed_json[] =
    "{\"kind\":\"M01\",\"district\":\"370102\",\"units\":[{\"bdcdyh\":\"370102999001GB00001F00010203\",\"zl\":\"x\","
    "\"mj\":\"1\","
    "\"use\":\"y\"},{\"bdcdyh\":\"370684999002GB00017F00120001\",\"zl\":\"x\",\"mj\":\"1\",\"use\":\"y\"}],\"dybdclx\":"
    "\"2\","
    "\"mortgagors\":[{\"name\":\"张某\",\"idt\":\"1\",\"id\":\"1\",\"gyfs\":\"1\"},{\"name\":\"李某\",\"idt\":\"1\","
    "\"id\":\"2\","
    "\"gyfs\":\"1\"}],\"mortgagee\":{\"name\":\"b\",\"uscc\":\"c\",\"cnaps\":\"d\",\"agent\":{\"name\":\"e\",\"idt\":"
    "\"1\",\"id\":"
    "\"f\"}},\"debtors\":[{\"ref\":\"mortgagors/0\"}],\"dyfs\":\"1\",\"bdbzzqse\":80210700,\"zwlxqssj\":\"2026-09-30\","
    "\"zwlxjssj\":\"2056-09-30\",\"dbfw\":\"主债权及利息\",\"sfczjzhxz\":0,\"dyhth\":\"DY\",\"sw\":1,\"materials\":[],"
    "\"consent\":{\"pipl\":\"p\",\"face\":[\"f\"]},\"bdcdjzmh\":\"鲁（2026）济南市不动产证明第0000007号\"}";

static const char booked_json[] =
    "{\"ywh\":\"YW-1\",\"djsj\":1790000000000000,\"units\":[{\"bdcdyh\":\"370614999002GB00017F00120001\",\"dyqsw\":1},"
    "{\"bdcdyh\":\"370102999001GB00001F00010203\",\"dyqsw\":1}],\"dybdclx\":\"2\",\"dyr\":\"张某、李某\",\"dyfs\":"
    "\"1\","
    "\"djlx\":\"100\",\"bdbzzqse\":80210700,\"zwlxqssj\":\"2026-09-30\",\"zwlxjssj\":\"2056-09-30\",\"qxdm\":"
    "\"370102\","
    "\"djjg\":\"o\",\"dbr\":\"r\",\"qszt\":\"1\"}";

enum { MEMORY_SIZE = 1 << 18 };

struct desk {
    json_t *filed;
    json_t *booked;
    struct case_submit application;
    struct case_booked book;
    uint8_t memory[MEMORY_SIZE];
    struct arena arena;
    struct problems problems;
    struct echo echo;
};

static struct desk desk;

static json_t *json_of(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, JSON_DECODE_ANY, &error);
    cr_assert_not_null(json, "%s: %s", text, error.text);
    return json;
}

static void lay_out(void)
{
    desk.filed = json_of(filed_json);
    desk.booked = json_of(booked_json);
}

static void clear_up(void)
{
    json_decref(desk.filed);
    json_decref(desk.booked);
}

TestSuite(echo, .init = lay_out, .fini = clear_up);

static void compare(const char *supplement_json)
{
    struct supplement_submit supplement;
    const struct supplement_submit *supplements[] = {&supplement};
    json_t *json = supplement_json != NULL ? json_of(supplement_json) : NULL;

    desk.arena = arena_over(desk.memory, sizeof desk.memory);
    desk.problems.count = 0;
    cr_assert_eq(record_from_json(&record_case_submit, desk.filed, &desk.arena, &desk.application, &desk.problems),
                 STATUS_OK, "%s", desk.problems.items[0].path);
    cr_assert_eq(record_from_json(&record_case_booked, desk.booked, &desk.arena, &desk.book, &desk.problems), STATUS_OK,
                 "%s", desk.problems.items[0].path);
    if (json != NULL)
        cr_assert_eq(record_from_json(&record_supplement_submit, json, &desk.arena, &supplement, &desk.problems),
                     STATUS_OK, "%s", desk.problems.items[0].path);
    const struct echo_filed filed = {&desk.application, supplements, json != NULL};
    echo_compare(&filed, &desk.book, &desk.echo);
    json_decref(json);
}

/* All paths, joined by blanks. */
static const char *paths(void)
{
    static char joined[1024];
    size_t used = 0;

    joined[0] = '\0';
    for (uint32_t i = 0; i < desk.echo.count; i++)
        used +=
            (size_t)snprintf(joined + used, sizeof joined - used, "%s%s", i > 0 ? " " : "", desk.echo.items[i].path);
    return joined;
}

Test(echo, finds_nothing_when_the_book_says_what_was_filed)
{
    compare(NULL);
    cr_assert_str_eq(paths(), "", "units in another order, one under its retired district, are the same");
}

static const struct {
    const char *key;
    const char *value; /* JSON; NULL takes the key away */
    const char *paths;
} altered_books[] = {
    {"bdbzzqse", "80210701", "bdbzzqse"},
    {"bdbzzqse", NULL, "bdbzzqse"},
    {"bdbzzqse", "8021", "bdbzzqse"},
    {"zwlxqssj", "\"2026-10-01\"", "zwlxqssj"},
    {"zwlxjssj", "\"2046-09-30\"", "zwlxjssj"},
    {"dyfs", "\"2\"", "dyfs"},
    {"dybdclx", "\"1\"", "dybdclx"},
    {"dyr", "\"张某\"", "mortgagors/1/name"},
    {"dyr", "\"王某\"", "mortgagors/0/name mortgagors/1/name"},
    {"dyr", "\"张某等\"", ""},
    {"qxdm", "\"370103\"", "district"},
    {"dbfw", "\"主债权\"", "dbfw"},
    {"dbfw", "\"主债权及利息\"", ""},
    {"sfczjzhxz", "1", "sfczjzhxz"},
    {"sfczjzhxz", "0", ""},
    {"bdcdjzmh", "\"鲁(2026)济南市不动产证明第0000007号\"", ""},
    {"bdcdjzmh", "\"鲁（2026）济南市不动产证明第0000008号\"", "bdcdjzmh"},
    {"units", "[{\"bdcdyh\":\"370102999001GB00001F00010203\"}]", "units/1/bdcdyh"},
    {"units", "[{\"bdcdyh\":\"370102999001GB00001F00010203\"},{\"bdcdyh\":\"370614999002GB00017F00120002\"}]",
     "units/1/bdcdyh units"},
    {"units",
     "[{\"bdcdyh\":\"370102999001GB00001F00010203\",\"dyqsw\":2},{\"bdcdyh\":\"370614999002GB00017F00120001\"}]", "sw"},
};

Test(echo, names_each_field_of_the_book_that_differs)
{
    for (size_t i = 0; i < sizeof altered_books / sizeof altered_books[0]; i++) {
        json_t *was = json_deep_copy(desk.booked);
        if (altered_books[i].value != NULL)
            json_object_set_new(desk.booked, altered_books[i].key, json_of(altered_books[i].value));
        else
            json_object_del(desk.booked, altered_books[i].key);
        compare(NULL);
        cr_expect_str_eq(paths(), altered_books[i].paths, "%s = %s: %s", altered_books[i].key,
                         altered_books[i].value != NULL ? altered_books[i].value : "(none)", paths());
        json_decref(desk.booked);
        desk.booked = was;
    }
}

Test(echo, expects_the_proof_to_stay_only_where_a_mortgage_ends)
{
    static const char *const kinds[][2] = {{"M04", "bdcdjzmh"}, {"M02", ""}, {"M03", ""}, {"M08", ""}, {"M09", ""}};
    json_object_set_new(desk.booked, "bdcdjzmh", json_string("鲁（2026）济南市不动产证明第0000008号"));
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        json_object_set_new(desk.filed, "kind", json_string(kinds[i][0]));
        compare(NULL);
        cr_expect_str_eq(paths(), kinds[i][1], "%s: %s", kinds[i][0], paths());
    }
}

Test(echo, compares_what_only_some_kinds_say)
{
    static const char *const keys[] = {"zjjzwzl", "zjjzwdyfw", "zgzqqdss"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        json_object_set_new(desk.filed, keys[i], json_string("甲"));
    json_object_set_new(desk.filed, "zgzqqdse", json_integer(5));
    compare(NULL);
    cr_assert_str_eq(paths(), "zjjzwzl zjjzwdyfw zgzqqdss");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        json_object_set_new(desk.booked, keys[i], json_string("甲"));
    json_object_set_new(desk.booked, "zgzqqdse", json_integer(6));
    compare(NULL);
    cr_assert_str_eq(paths(), "zgzqqdse");
}

Test(echo, tells_what_the_book_says_but_never_a_name)
{
    json_object_set_new(desk.booked, "bdbzzqse", json_integer(80210701));
    json_object_set_new(desk.booked, "dyr", json_string("王某"));
    compare(NULL);
    cr_assert_str_eq(desk.echo.items[0].booked, "");
    cr_assert_str_eq(desk.echo.items[2].booked, "80210701");
}

Test(echo, holds_a_supplemented_field_against_its_new_value)
{
    static const char supplement[] = "{\"round\":1,\"changes\":[{\"path\":\"bdbzzqse\",\"old\":\"80210700\",\"new\":"
                                     "\"80210800\"},{\"path\":\"zwlxjssj\",\"new\":\"\\\"2046-09-30\\\"\"}]}";

    compare(supplement);
    cr_assert_str_eq(paths(), "bdbzzqse zwlxjssj", "the book has the old values: it did not follow the supplement");
    json_object_set_new(desk.booked, "bdbzzqse", json_integer(80210800));
    json_object_set_new(desk.booked, "zwlxjssj", json_string("2046-09-30"));
    compare(supplement);
    cr_assert_str_eq(paths(), "");
}

/* ---- combined registrations ---- */

#define TRANSFER "{\"part\":\"transfer\",\"djlx\":\"200\",\"ywh\":\"1\",\"djsj\":5}"
#define MORTGAGE "{\"part\":\"mortgage\",\"djlx\":\"100\",\"ywh\":\"2\",\"djsj\":5}"
#define ENDED(serial)                                                                                                  \
    "{\"part\":\"cancellation\",\"djlx\":\"400\",\"ywh\":\"3\",\"djsj\":6,\"bdcdjzmh\":"                               \
    "\"鲁（2026）济南市不动产证明第" serial "号\"}"

static const struct {
    const char *kind;
    const char *parts; /* JSON; NULL: none */
    const char *paths;
} booked_parts[] = {
    {"M13", "[" TRANSFER "," MORTGAGE "," ENDED("0000007") "]", ""},
    {"M13", NULL, "parts/0 parts/1 parts/2"},
    {"M13", "[" TRANSFER "," MORTGAGE "]", "parts/2"},
    {"M13", "[" TRANSFER "," MORTGAGE "," ENDED("0000008") "]", "parts/2"},
    {"M13", "[" MORTGAGE "," TRANSFER "," ENDED("0000007") "]", "parts/0 parts/1"},
    {"M12", "[" TRANSFER "," MORTGAGE "]", ""},
    {"M12", "[" TRANSFER "]", "parts/1"},
    {"M12", "[" TRANSFER "," MORTGAGE "," ENDED("0000007") "]", "parts/2"},
    {"M12", "[{\"part\":\"transfer\",\"djlx\":\"200\",\"ywh\":\"1\",\"djsj\":6}," MORTGAGE "]", "parts/1"},
    {"M12", "[{\"part\":\"transfer\",\"djlx\":\"300\",\"ywh\":\"1\",\"djsj\":5}," MORTGAGE "]", "parts/0"},
    {"M01", "[" TRANSFER "]", "parts/0"},
};

Test(echo, wants_all_parts_of_a_combined_registration_in_their_order)
{
    for (size_t i = 0; i < sizeof booked_parts / sizeof booked_parts[0]; i++) {
        json_object_set_new(desk.filed, "kind", json_string(booked_parts[i].kind));
        json_object_del(desk.booked, "parts");
        if (booked_parts[i].parts != NULL)
            json_object_set_new(desk.booked, "parts", json_of(booked_parts[i].parts));
        compare(NULL);
        cr_expect_str_eq(paths(), booked_parts[i].paths, "%s %s: %s", booked_parts[i].kind,
                         booked_parts[i].parts != NULL ? booked_parts[i].parts : "none", paths());
    }
}
