#ifndef ONEVISIT_BROKER_STORE_BODY_SEAL_H
#define ONEVISIT_BROKER_STORE_BODY_SEAL_H

#include <openssl/evp.h>

#include "broker/store/day_keys.h"

/* AES-256-GCM over the body and the chunks of one record, one after the other as
 * ONE plain text with one nonce and one tag; their sizes stand in the clear part,
 * which is bound in as additional data.
 *
 * Nonce (12 bytes): 6 random bytes drawn at each start of a process, then the
 * sequence in 6 bytes. Within a process a sequence is sealed once. A start after
 * a crash may give a sequence again that an earlier process sealed and lost: then
 * the random half differs but for a chance of 2^-48. Sequences stay below 2^48:
 * 89 years at 100,000 a second. */
enum { NONCE_SIZE = 12, NONCE_START_SIZE = 6, TAG_SIZE = 16 };

struct body_seal {
    EVP_CIPHER *algorithm;
    EVP_CIPHER_CTX *context;
    uint8_t start[NONCE_START_SIZE];
};

MUST_CHECK enum status body_seal_init(struct body_seal *seal);
void body_seal_fini(struct body_seal *seal);
void body_seal_nonce(const struct body_seal *seal, uint64_t sequence, uint8_t out[NONCE_SIZE]);

/* Seals `count` parts into `out`, which takes the sum of their sizes and TAG_SIZE behind. */
MUST_CHECK enum status body_seal_close(const struct body_seal *seal, const uint8_t key[KEY_SIZE],
                                       const uint8_t nonce[NONCE_SIZE], struct bytes clear, const struct bytes *parts,
                                       uint32_t count, uint8_t *out);
/* `sealed` with its tag behind into `out` (TAG_SIZE less). STATUS_CORRUPT when key, nonce, clear part or bytes
 * are not those it was sealed with; `out` is not to be used then. */
MUST_CHECK enum status body_seal_open(const struct body_seal *seal, const uint8_t key[KEY_SIZE],
                                      const uint8_t nonce[NONCE_SIZE], struct bytes clear, struct bytes sealed,
                                      uint8_t *out);

#endif
