#ifndef ONEVISIT_AGENTS_OPS_KEY_BATCH_H
#define ONEVISIT_AGENTS_OPS_KEY_BATCH_H

#include <limits.h>

#include "agents/ops/exit_code.h"
#include "agents/ops/key_file.h"
#include "broker/store/directory_file.h"

/* The key pairs of one `key new`: all of them or nothing. Every name and file
 * is looked at before the first file is made, and files whose rows could not
 * be entered in the directory are taken away again. */
enum { NEW_KEY_NAME_SIZE = 129 };

struct new_key {
    struct text participant;
    char name[NEW_KEY_NAME_SIZE]; /* "" for none */
    char public_key[KEY_Z85_SIZE + 1];
    char path[PATH_MAX];
    char public_path[PATH_MAX]; /* the broker's K.pub */
    bool is_made;
    bool is_public_made;
};

struct key_batch {
    const char *folder;    /* of the key files */
    const char *directory; /* NULL where only K's pair is made */
    struct new_key *keys;
    size_t count;
    size_t capacity;
};

/* `folder`, `directory` and participants are borrowed. Complaints go to standard error. */
MUST_CHECK enum exit_code key_batch_init(struct key_batch *batch, const char *folder, const char *directory,
                                         size_t capacity);
void key_batch_fini(struct key_batch *batch);
/* Judges participant and name, and that no file of it is there yet. */
MUST_CHECK enum exit_code key_batch_plan(struct key_batch *batch, struct text participant, struct text name);
/* Makes the files, then the rows; `valid_until_us` 0 for keys without an end. */
MUST_CHECK enum exit_code key_batch_make(struct key_batch *batch, int64_t now_us, int64_t valid_until_us);

#endif
