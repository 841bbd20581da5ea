#include <criterion/criterion.h>

#include "schemas/mask.h"

typedef const char *mask_function(struct text text, char *out, size_t size);

struct row {
    mask_function *mask;
    const char *written;
    const char *shown;
};

static const struct row rows[] = {
    {mask_id, "370614199002280003", "370614********0003"},
    {mask_id, "91370100MAQQQQ019K", "913701********019K"},
    {mask_id, "E12345678", "E1*****78"},
    {mask_id, "1234567", "*******"},
    {mask_id, "", ""},
    {mask_name, "张某", "张*"},
    {mask_name, "张三丰", "张*"},
    {mask_name, "欧阳某", "欧阳*"},
    {mask_name, "欧阳", "欧*"},
    {mask_name, "买买提·艾力", "买*"},
    {mask_name, "张", "*"},
    {mask_name, "", ""},
    {mask_phone, "13800000000", "138****0000"},
    {mask_phone, "0531-88880000", "0531*******00"},
    {mask_phone, "95533", "*****"},
    {mask_certificate, "鲁（2026）济南市不动产权第0012345号", "鲁（2026）…第***2345号"},
    {mask_certificate, "鲁(2026)济南市不动产证明第0012345号", "鲁（2026）…第***2345号"},
    {mask_certificate, "济房权证历字第012345号", "***"},
    {mask_certificate, "", ""},
    {mask_address, "济南市历下区示例路1号1幢203室", "济南市历下区示例路***"},
    {mask_address, "济南市历下区示例小区3号楼", "济南市历下区示例小区***"},
    {mask_address, "单县示例村王家老宅", "单县示例村***"},
    {mask_address, "示例", "***"},
    {mask_address, "", ""},
};

Test(mask, shows_no_more_than_the_field_allows)
{
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
        char out[MASK_SIZE_MAX];
        cr_expect_str_eq(rows[index].mask(text_of(rows[index].written), out, sizeof out), rows[index].shown, "row %zu",
                         index);
    }
}

Test(mask, never_writes_past_the_buffer_or_half_a_character)
{
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++)
        for (size_t size = 1; size <= 12; size++) {
            char out[16];
            memset(out, '#', sizeof out);
            rows[index].mask(text_of(rows[index].written), out, size);
            cr_expect_lt(strlen(out), size);
            cr_expect_eq(out[size], '#', "row %zu at %zu", index, size);
            for (size_t at = 0; out[at];) {
                size_t step = (out[at] & 0x80) == 0 ? 1 : (out[at] & 0xE0) == 0xC0 ? 2 : 3;
                for (size_t each = 1; each < step; each++)
                    cr_assert_eq(out[at + each] & 0xC0, 0x80, "row %zu at %zu", index, size);
                at += step;
            }
        }
}
