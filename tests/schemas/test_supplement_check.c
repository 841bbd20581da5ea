#include <criterion/criterion.h>

#include "schemas/supplement_check.h"

/* What was asked, what was answered, and what is missing, all at once. An item
 * is "path" or "#MATERIAL", with "!" in front where it needs a new signature. */

enum { WORDS_COUNT_MAX = 4 };

static const struct supplement_case {
    const char *name;
    const char *asked[WORDS_COUNT_MAX];
    const char *changes[WORDS_COUNT_MAX];
    const char *materials[WORDS_COUNT_MAX];
    const char *signed_anew;
    const char *missing[WORDS_COUNT_MAX];
} cases[] = {
    {"a field is changed", {"units/0/zl"}, {"units/0/zl"}, {NULL}, NULL, {NULL}},
    {"a field is not changed", {"units/0/zl"}, {"units/1/zl"}, {NULL}, NULL, {"units/0/zl"}},
    {"a material is there", {"#QSZ"}, {NULL}, {"QSZ"}, NULL, {NULL}},
    {"a material is not there", {"#QSZ"}, {"QSZ"}, {"HTB"}, NULL, {"materials/QSZ"}},
    {"words are enough where nothing is named", {""}, {NULL}, {NULL}, NULL, {NULL}},
    {"a signature is there", {"!#SQS"}, {NULL}, {"SQS"}, "mortgagors/0", {NULL}},
    {"a signature is missing", {"!#SQS"}, {NULL}, {"SQS"}, NULL, {"signed_anew"}},
    {"nobody need sign without being asked", {"#SQS", "dbfw"}, {"dbfw"}, {"SQS"}, NULL, {NULL}},
    {"a signature nobody asked for does no harm", {"#SQS"}, {NULL}, {"SQS"}, "mortgagors/0", {NULL}},
    {"all at once",
     {"dbfw", "!#SQS", "#QSZ"},
     {NULL},
     {NULL},
     NULL,
     {"dbfw", "materials/SQS", "materials/QSZ", "signed_anew"}},
};

static struct supplement_item item_of(const char *word)
{
    struct supplement_item item = {.is_present = true, .needs_new_signature = number_of(word[0] == '!')};
    word += word[0] == '!';
    if (word[0] == '#')
        item.material = text_of(word + 1);
    else if (word[0] != '\0')
        item.path = text_of(word);
    return item;
}

static void check(const struct supplement_case *wanted, struct problems *out)
{
    struct supplement_item items[WORDS_COUNT_MAX];
    struct change changes[WORDS_COUNT_MAX] = {0};
    struct material materials[WORDS_COUNT_MAX] = {0};
    struct text who = text_of(wanted->signed_anew);
    struct supplement_req asked = {.items = {items, 0, true}};
    struct supplement_submit answer = {.changes = {changes, 0, true},
                                       .materials = {materials, 0, true},
                                       .signed_anew = {&who, wanted->signed_anew != NULL, true}};
    for (unsigned i = 0; i < WORDS_COUNT_MAX; i++) {
        if (wanted->asked[i] != NULL)
            items[asked.items.count++] = item_of(wanted->asked[i]);
        if (wanted->changes[i] != NULL)
            changes[answer.changes.count++].path = text_of(wanted->changes[i]);
        if (wanted->materials[i] != NULL)
            materials[answer.materials.count++].code = text_of(wanted->materials[i]);
    }
    supplement_check(&asked, &answer, out);
}

Test(supplement_check, finds_all_that_was_not_answered)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct problems found;
        unsigned count = 0;
        check(&cases[i], &found);
        for (; count < WORDS_COUNT_MAX && cases[i].missing[count] != NULL; count++)
            cr_expect(count < found.count && strcmp(found.items[count].path, cases[i].missing[count]) == 0, "%s: %s",
                      cases[i].name, cases[i].missing[count]);
        cr_expect_eq(found.count, count, "%s", cases[i].name);
    }
}
