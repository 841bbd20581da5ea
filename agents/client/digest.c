#include "agents/client/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct digest {
    EVP_MD *sm3;
    EVP_MD_CTX *context;
};

enum status digest_new(struct digest **out)
{
    enum status status = STATUS_NO_MEMORY;
    struct digest *digest = calloc(1, sizeof *digest);
    *out = NULL;
    if (!digest)
        return STATUS_NO_MEMORY;
    digest->context = EVP_MD_CTX_new();
    if (!digest->context)
        goto done;
    digest->sm3 = EVP_MD_fetch(NULL, "SM3", NULL);
    status = digest->sm3 ? STATUS_OK : STATUS_NO_KEY;
done:
    if (status == STATUS_OK)
        *out = digest;
    else
        digest_free(&digest);
    return status;
}

void digest_free(struct digest **digest)
{
    if (!*digest)
        return;
    EVP_MD_CTX_free((*digest)->context);
    EVP_MD_free((*digest)->sm3);
    free(*digest);
    *digest = NULL;
}

enum status digest_make(struct digest *digest, struct bytes bytes, uint8_t out[SM3_SIZE])
{
    unsigned size = 0;
    bool is_made = EVP_DigestInit_ex(digest->context, digest->sm3, NULL) == 1 &&
                   EVP_DigestUpdate(digest->context, bytes.data, bytes.size) == 1 &&
                   EVP_DigestFinal_ex(digest->context, out, &size) == 1;
    return is_made && size == SM3_SIZE ? STATUS_OK : STATUS_NO_MEMORY;
}

bool digest_holds(struct digest *digest, struct bytes bytes, struct bytes expected)
{
    uint8_t found[SM3_SIZE];
    return expected.data && expected.size == SM3_SIZE && digest_make(digest, bytes, found) == STATUS_OK &&
           CRYPTO_memcmp(found, expected.data, SM3_SIZE) == 0;
}

const char *hex_show(struct bytes bytes, char *out, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    size_t used = 0;
    for (uint32_t i = 0; i < bytes.size && used + 2 < size; i++) {
        out[used++] = digits[bytes.data[i] >> 4];
        out[used++] = digits[bytes.data[i] & 15];
    }
    if (size > 0)
        out[used] = '\0';
    return out;
}
