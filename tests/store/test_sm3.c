#include "broker/store/sm3.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "broker/store/journal.h"

struct vector {
    const char *text;
    const char *digest;
};

/* DOMAIN 3.7 and GB/T 32905 example 1. */
static const struct vector vectors[] = {
    {"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
    {"370102999001GB00001F00010203", "e03acef0f6c68526402819839b48681e9c8470f74c499e274363a2ac9143f383"},
};

static void expect_hex(const uint8_t digest[SM3_SIZE], const char *wanted)
{
    char hex[2 * SM3_SIZE + 1];
    for (int i = 0; i < SM3_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    cr_assert_str_eq(hex, wanted);
}

Test(sm3, gives_the_digests_of_the_standard_whole_or_in_two_runs)
{
    struct sm3 sm3;
    uint8_t digest[SM3_SIZE];
    cr_assert_eq(sm3_init(&sm3), STATUS_OK);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct bytes text = bytes_of(vectors[i].text, strlen(vectors[i].text));
        digest_sm3(text, digest);
        expect_hex(digest, vectors[i].digest);
        for (uint32_t cut = 0; cut <= text.size; cut++) {
            sm3_of(&sm3, bytes_of(text.data, cut), bytes_of(text.data + cut, text.size - cut), digest);
            expect_hex(digest, vectors[i].digest);
        }
    }
    sm3_fini(&sm3);
    sm3_fini(&sm3);
}
