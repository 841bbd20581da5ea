#ifndef ONEVISIT_AGENTS_CLIENT_DIGEST_H
#define ONEVISIT_AGENTS_CLIENT_DIGEST_H

#include <stdint.h>

#include "schemas/status.h"
#include "schemas/text.h"

/* Makes SM3 digests (GB/T 32905). OpenSSL looks the algorithm up once, in
 * digest_new: the look-up costs more than a digest of 1 KiB. */
struct digest;

enum { SM3_SIZE = 32, SM3_HEX_SIZE = 65 }; /* the hex with its zero byte */

/* STATUS_NO_KEY when this OpenSSL has no SM3, STATUS_NO_MEMORY. */
MUST_CHECK enum status digest_new(struct digest **out);
void digest_free(struct digest **digest);

MUST_CHECK enum status digest_make(struct digest *digest, struct bytes bytes, uint8_t out[SM3_SIZE]);
/* Is `expected` (SM3_SIZE bytes, else false) the digest of `bytes`? */
bool digest_holds(struct digest *digest, struct bytes bytes, struct bytes expected);

/* Lower-case hex of `bytes` with a zero byte behind it, cut at `size`. Returns `out`. */
const char *hex_show(struct bytes bytes, char *out, size_t size);

#endif
