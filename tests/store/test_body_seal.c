#include "broker/store/body_seal.h"

#include <criterion/criterion.h>

/* One record that is sealed and opened with one thing changed. */
struct seal_case {
    int key; /* byte flipped, -1 for none */
    int nonce;
    int clear;
    int sealed;
    enum status status;
};

static const struct seal_case seal_cases[] = {
    {-1, -1, -1, -1, STATUS_OK},      {31, -1, -1, -1, STATUS_CORRUPT}, {-1, 0, -1, -1, STATUS_CORRUPT},
    {-1, 11, -1, -1, STATUS_CORRUPT}, {-1, -1, 0, -1, STATUS_CORRUPT},  {-1, -1, -1, 0, STATUS_CORRUPT},
    {-1, -1, -1, 9, STATUS_CORRUPT},  {-1, -1, -1, 12, STATUS_CORRUPT}, {-1, -1, -1, 27, STATUS_CORRUPT},
};

static void flip(uint8_t *bytes, int at)
{
    if (at >= 0)
        bytes[at] ^= 1;
}

Test(body_seal, opens_only_with_everything_it_was_closed_with)
{
    struct body_seal seal;
    cr_assert_eq(body_seal_init(&seal), STATUS_OK);
    for (size_t i = 0; i < sizeof seal_cases / sizeof seal_cases[0]; i++) {
        uint8_t key[KEY_SIZE] = {1}, nonce[NONCE_SIZE], clear[4] = "head", sealed[12 + TAG_SIZE], plain[12];
        struct bytes parts[] = {bytes_of("body..", 6), {0}, bytes_of("chunk.", 6)};
        body_seal_nonce(&seal, 7, nonce);
        cr_assert_eq(body_seal_close(&seal, key, nonce, bytes_of(clear, 4), parts, 3, sealed), STATUS_OK);
        flip(key, seal_cases[i].key);
        flip(nonce, seal_cases[i].nonce);
        flip(clear, seal_cases[i].clear);
        flip(sealed, seal_cases[i].sealed);
        cr_assert_eq(body_seal_open(&seal, key, nonce, bytes_of(clear, 4), bytes_of(sealed, sizeof sealed), plain),
                     seal_cases[i].status, "case %zu", i);
        if (seal_cases[i].status == STATUS_OK)
            cr_assert_arr_eq(plain, "body..chunk.", 12);
        cr_assert_eq(body_seal_open(&seal, key, nonce, bytes_of(clear, 4), bytes_of(sealed, TAG_SIZE - 1), plain),
                     STATUS_CORRUPT);
    }
    body_seal_fini(&seal);
}

Test(body_seal, never_gives_a_nonce_twice)
{
    struct body_seal one, other;
    uint8_t a[NONCE_SIZE], b[NONCE_SIZE];
    cr_assert_eq(body_seal_init(&one), STATUS_OK);
    cr_assert_eq(body_seal_init(&other), STATUS_OK);
    body_seal_nonce(&one, 1, a);
    body_seal_nonce(&one, 2, b);
    cr_assert_arr_neq(a, b, NONCE_SIZE);
    body_seal_nonce(&one, UINT64_C(1) << 47, b);
    cr_assert_arr_neq(a, b, NONCE_SIZE);
    body_seal_nonce(&other, 1, b); /* the same sequence after another start */
    cr_assert_arr_neq(a, b, NONCE_SIZE);
    body_seal_fini(&one);
    body_seal_fini(&other);
}
