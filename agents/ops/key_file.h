#ifndef ONEVISIT_AGENTS_OPS_KEY_FILE_H
#define ONEVISIT_AGENTS_OPS_KEY_FILE_H

#include "broker/store/store.h"
#include "schemas/text.h"

/* The key files of a keys folder:
 *   B-105451099995.key  participant, public_key, secret_key; mode 0600
 *   K.key               the same for the broker
 *   K.pub               participant and public_key of the broker; mode 0644, for everybody
 * The text is libconfig's. A file is made whole and on disk, or not at all,
 * and never written over: a lost secret key cannot be made again. */
enum { KEY_Z85_SIZE = 40 };

struct key_pair {
    char public_key[KEY_Z85_SIZE + 1];
    char secret_key[KEY_Z85_SIZE + 1];
};

MUST_CHECK enum status key_pair_make(struct key_pair *out, char *why);
/* The secret leaves memory. */
void key_pair_forget(struct key_pair *pair);

/* "DIR/B-105451099995.key"; the broker's public file ends in .pub. STATUS_LIMIT when it does not fit. */
MUST_CHECK enum status key_file_path(const char *folder, struct text participant, const char *ending, char *out,
                                     size_t size);

/* `why` holds STORE_WHY_SIZE bytes. STATUS_IN_USE when the file is there already, STATUS_IO, STATUS_DISK_FULL. */
MUST_CHECK enum status key_file_write(const char *path, struct text participant, const struct key_pair *pair,
                                      bool with_secret, char *why);

#endif
