#include "broker/store/crc32c.h"

#include <criterion/criterion.h>
#include <string.h>

/* RFC 3720 B.4, and the check value of the catalogue of CRCs. */
Test(crc32c, gives_the_values_of_the_standard)
{
    struct crc32c crc;
    uint8_t zeros[32] = {0}, ones[32], up[32];
    memset(ones, 0xff, sizeof ones);
    for (uint8_t i = 0; i < sizeof up; i++)
        up[i] = i;
    crc32c_init(&crc);
    cr_assert_eq(crc32c_of(&crc, (const uint8_t *)"123456789", 9), 0xe3069283);
    cr_assert_eq(crc32c_of(&crc, zeros, sizeof zeros), 0x8a9136aa);
    cr_assert_eq(crc32c_of(&crc, ones, sizeof ones), 0x62a8ab43);
    cr_assert_eq(crc32c_of(&crc, up, sizeof up), 0x46dd794e);
    cr_assert_eq(crc32c_of(&crc, up, 0), 0);
}
