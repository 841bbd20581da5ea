#include <criterion/criterion.h>

#include "schemas/checks/name_form.h"
#include "schemas/checks/phone_form.h"
#include "schemas/checks/reference.h"

static const struct {
    const char *name;
    bool is_of_passport;
    enum name_form form;
} names[] = {
    {"张某", false, NAME_GOOD},
    {"示例银行济南历下支行", false, NAME_GOOD},
    {"买买提·艾力", false, NAME_GOOD},
    {"示例（济南）有限公司", false, NAME_GOOD},
    {"３Ｍ示例公司", false, NAME_GOOD},
    {"㑇某", false, NAME_GOOD},
    {"𠮷某", false, NAME_GOOD},
    {"〇某", false, NAME_GOOD},
    {"\xEF\xA8\x91某", false, NAME_GOOD},
    {"张 某", false, NAME_BLANK},
    {"张　某", false, NAME_BLANK},
    {"张\xC2\xA0某", false, NAME_BLANK},
    {"\xEF\xBB\xBF张某", false, NAME_BLANK},
    {"张\xE2\x80\x8B某", false, NAME_BLANK},
    {"Anna", false, NAME_NARROW},
    {"示例(济南)", false, NAME_NARROW},
    {"买买提•艾力", false, NAME_NARROW},
    {"张\xEE\xA1\xA3", false, NAME_RARE},
    {"\xEF\xA4\x80某", false, NAME_RARE},
    {"张?", false, NAME_RARE},
    {"张*", false, NAME_RARE},
    {"张□", false, NAME_RARE},
    {"张 *A", false, NAME_BLANK},
    {"张*A", false, NAME_RARE},
    {"ANNA MARIA", true, NAME_GOOD},
    {"ANNA  MARIA", true, NAME_BLANK},
    {"ANNA ", true, NAME_BLANK},
    {"ANNA MARIA", false, NAME_BLANK},
    {"O'NEIL-SMITH", true, NAME_GOOD},
    {"张某", true, NAME_GOOD},
    {"张\xFF", false, NAME_RARE},
};

Test(name_form, judges_blanks_widths_and_rare_characters)
{
    for (size_t index = 0; index < sizeof names / sizeof names[0]; index++)
        cr_expect_eq(name_form(text_of(names[index].name), names[index].is_of_passport), names[index].form, "%zu %s",
                     index, names[index].name);
}

static const struct {
    const char *phone;
    bool is_good;
} phones[] = {
    {"13800000000", true},
    {"19900000000", true},
    {"+8613800000000", true},
    {"+86-13800000000", true},
    {"0531-88880000", true},
    {"053188880000", true},
    {"010-88880000", true},
    {"0531-8888000-802", true},
    {"12800000000", false},
    {"1380000000", false},
    {"138000000000", false},
    {"1380000000a", false},
    {"531-88880000", false},
    {"0531-888800", false},
    {"0531-88880000-", false},
    {"+86", false},
    {"", false},
    {"138 0000 0000", false},
    {"0531-88880000-1234567", false},
};

Test(name_form, phones_look_like_mobile_or_landline_numbers)
{
    for (size_t index = 0; index < sizeof phones / sizeof phones[0]; index++)
        cr_expect_eq(phone_form_is_good(text_of(phones[index].phone)), phones[index].is_good, "%s",
                     phones[index].phone);
}

static const struct {
    const char *text;
    bool is_reference;
} references[] = {
    {"mortgagors/0", true},
    {"mortgagors/49/agent", true},
    {"mortgagee", true},
    {"mortgagee/agent", true},
    {"mortgagors/", false},
    {"mortgagors/01", false},
    {"mortgagors/1000", false},
    {"mortgagors/0/name", false},
    {"mortgagees", false},
    {"debtors/0", false},
    {"", false},
    {"mortgagors/-1", false},
    {"mortgagee/", false},
};

Test(name_form, references_are_paths_of_parties)
{
    for (size_t index = 0; index < sizeof references / sizeof references[0]; index++) {
        struct reference reference;
        cr_expect_eq(reference_parse(text_of(references[index].text), &reference), references[index].is_reference, "%s",
                     references[index].text);
    }
}
