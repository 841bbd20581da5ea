#include "agents/client/digest.h"

#include <criterion/criterion.h>

/* GB/T 32905-2016, appendix A: "abc", and "abcd" sixteen times. */
static const struct {
    const char *text;
    const char *hex;
} vectors[] = {
    {"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
    {"abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd",
     "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
};

Test(digest, makes_the_digests_of_the_standard)
{
    struct digest *digest = NULL;
    uint8_t sm3[SM3_SIZE];
    char hex[SM3_HEX_SIZE];
    cr_assert_eq(digest_new(&digest), STATUS_OK);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct text text = text_of(vectors[i].text);
        cr_assert_eq(digest_make(digest, bytes_of(text.data, text.size), sm3), STATUS_OK);
        cr_assert_str_eq(hex_show(bytes_of(sm3, sizeof sm3), hex, sizeof hex), vectors[i].hex);
    }
    digest_free(&digest);
    digest_free(&digest);
}

Test(digest, holds_for_the_same_bytes_only)
{
    struct digest *digest = NULL;
    uint8_t sm3[SM3_SIZE];
    cr_assert_eq(digest_new(&digest), STATUS_OK);
    cr_assert_eq(digest_make(digest, bytes_of("a", 1), sm3), STATUS_OK);
    cr_assert(digest_holds(digest, bytes_of("a", 1), bytes_of(sm3, SM3_SIZE)));
    cr_assert_not(digest_holds(digest, bytes_of("b", 1), bytes_of(sm3, SM3_SIZE)));
    cr_assert_not(digest_holds(digest, bytes_of("a", 1), bytes_of(sm3, SM3_SIZE - 1)));
    cr_assert_not(digest_holds(digest, bytes_of("a", 1), (struct bytes){NULL, 0}));
    digest_free(&digest);
}
