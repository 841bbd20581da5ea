#include "agents/window/certificate.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t offset_of(const uint8_t *file, size_t size, const char *what)
{
    const uint8_t *at = memmem(file, size, what, strlen(what));
    cr_assert_not_null(at, "%s is missing", what);
    return (size_t)(at - file);
}

Test(certificate, is_a_pdf_whose_table_points_at_its_objects)
{
    uint8_t file[CERTIFICATE_SIZE_MAX + 1];
    char object[24];
    char entry[24];
    size_t size = 0;
    const struct text lines[] = {text_of("不动产登记证明"), text_of("鲁（2026）济南市不动产证明第0000001号")};
    cr_assert_eq(certificate_make(lines, 2, file, &size), STATUS_OK);
    file[size] = 0;
    size_t table = offset_of(file, size, "xref\n0 ");
    for (int i = 1; i <= 7; i++) {
        snprintf(object, sizeof object, "\n%d 0 obj\n", i);
        snprintf(entry, sizeof entry, "%010zu 00000 n", offset_of(file, size, object) + 1);
        cr_assert_gt(offset_of(file, size, entry), table);
    }
    cr_assert_eq(strtoul((const char *)file + offset_of(file, size, "startxref\n") + 10, NULL, 10), table);
    offset_of(file, size, "6D4B8BD5"); /* 测试 */
    cr_assert_eq(memcmp(file + size - 6, "%%EOF\n", 6), 0);
}

Test(certificate, refuses_more_than_a_page_holds)
{
    uint8_t file[CERTIFICATE_SIZE_MAX];
    struct text lines[CERTIFICATE_LINE_COUNT_MAX + 1];
    char wide[2000];
    size_t size = 0;
    memset(wide, 'x', sizeof wide);
    for (uint32_t i = 0; i <= CERTIFICATE_LINE_COUNT_MAX; i++)
        lines[i] = (struct text){wide, sizeof wide};
    cr_assert_eq(certificate_make(lines, CERTIFICATE_LINE_COUNT_MAX + 1, file, &size), STATUS_LIMIT);
    cr_assert_eq(certificate_make(lines, CERTIFICATE_LINE_COUNT_MAX, file, &size), STATUS_LIMIT);
    cr_assert_eq(certificate_make(lines, 0, file, &size), STATUS_OK);
}
