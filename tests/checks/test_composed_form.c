#include <criterion/criterion.h>

#include "schemas/checks/composed_form.h"

static const struct {
    const char *text;
    bool holds;
} rows[] = {
    {"", true},
    {"济南市历下区示例路1号", true},
    {"caf\xC3\xA9", true},
    {"cafe\xCC\x81", false},
    {"路\xCC\x81", true},
    {"\xE2\x84\xAB", false},
    {"\xEF\xA4\x80", false},
    {"\xEF\xA8\x8E", true},
    {"\xEF\xA8\x90", false},
    {"\xF0\xAF\xA0\x80", false},
    {"か\xE3\x82\x99", false},
    {"が", true},
};

Test(composed_form, tells_text_that_nfc_would_change)
{
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++)
        cr_expect_eq(composed_form_holds(text_of(rows[index].text)), rows[index].holds, "row %zu", index);
}
