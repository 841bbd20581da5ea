#include "broker/store/sm3.h"

#include <stdlib.h>

#include "broker/store/journal.h"

/* A digest cannot fail but by a broken installation, and no answer may leave
 * without one: there is nothing to go on with. */
static void must(int is_done)
{
    if (is_done != 1)
        abort();
}

enum status sm3_init(struct sm3 *sm3)
{
    sm3->algorithm = EVP_MD_fetch(NULL, "SM3", NULL);
    sm3->context = EVP_MD_CTX_new();
    return sm3->algorithm && sm3->context ? STATUS_OK : STATUS_NO_MEMORY;
}

void sm3_fini(struct sm3 *sm3)
{
    EVP_MD_CTX_free(sm3->context);
    EVP_MD_free(sm3->algorithm);
    *sm3 = (struct sm3){0};
}

void sm3_of(const struct sm3 *sm3, struct bytes first, struct bytes second, uint8_t out[SM3_SIZE])
{
    must(EVP_DigestInit_ex2(sm3->context, sm3->algorithm, NULL));
    must(EVP_DigestUpdate(sm3->context, first.data, first.size));
    must(EVP_DigestUpdate(sm3->context, second.data, second.size));
    must(EVP_DigestFinal_ex(sm3->context, out, NULL));
}

void sm3_mac_init(struct sm3_mac *mac, const uint8_t key[SM3_KEY_SIZE])
{
    for (int i = 0; i < SM3_BLOCK_SIZE; i++) {
        uint8_t byte = i < SM3_KEY_SIZE ? key[i] : 0;
        mac->inner[i] = byte ^ 0x36;
        mac->outer[i] = byte ^ 0x5c;
    }
}

void sm3_mac_of(const struct sm3_mac *mac, const struct sm3 *sm3, struct bytes bytes, uint8_t out[SM3_SIZE])
{
    uint8_t inner[SM3_SIZE];
    sm3_of(sm3, bytes_of(mac->inner, SM3_BLOCK_SIZE), bytes, inner);
    sm3_of(sm3, bytes_of(mac->outer, SM3_BLOCK_SIZE), bytes_of(inner, sizeof inner), out);
}

void digest_sm3(struct bytes bytes, uint8_t out[32])
{
    must(EVP_Digest(bytes.data, bytes.size, out, NULL, EVP_sm3(), NULL));
}
