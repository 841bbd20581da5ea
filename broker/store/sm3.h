#ifndef ONEVISIT_BROKER_STORE_SM3_H
#define ONEVISIT_BROKER_STORE_SM3_H

#include <openssl/evp.h>

#include "schemas/status.h"
#include "schemas/text.h"

/* SM3 (GB/T 32905) with everything fetched once: OpenSSL looks an algorithm up
 * anew at each use otherwise, and asks for memory each time. */
enum { SM3_SIZE = 32, SM3_BLOCK_SIZE = 64, SM3_KEY_SIZE = 32 };

struct sm3 {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
};

MUST_CHECK enum status sm3_init(struct sm3 *sm3);
void sm3_fini(struct sm3 *sm3);
/* The digest of both runs one behind the other; `second` may be empty. */
void sm3_of(const struct sm3 *sm3, struct bytes first, struct bytes second, uint8_t out[SM3_SIZE]);

/* HMAC-SM3; the key's two pads are made once. */
struct sm3_mac {
    uint8_t inner[SM3_BLOCK_SIZE];
    uint8_t outer[SM3_BLOCK_SIZE];
};

void sm3_mac_init(struct sm3_mac *mac, const uint8_t key[SM3_KEY_SIZE]);
void sm3_mac_of(const struct sm3_mac *mac, const struct sm3 *sm3, struct bytes bytes, uint8_t out[SM3_SIZE]);

#endif
