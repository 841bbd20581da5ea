#ifndef ONEVISIT_AGENTS_WINDOW_FILES_H
#define ONEVISIT_AGENTS_WINDOW_FILES_H

#include "agents/client/digest.h"
#include "agents/client/link.h"
#include "agents/window/base.h"

/* The files of materials that deliveries carry. A delivery whose files are not
 * all in DATA/materials stands in the inbox, but it is neither acknowledged nor
 * handed on: the window has a case only when it has its files. */

/* Notes which files of the delivery are not here; how many. The arena is reset. */
uint32_t files_want(struct base *base, struct arena *arena, const char *data, int64_t delivery, enum message_type type,
                    struct bytes origin);

struct wanted_file {
    char case_id[31]; /* a case of the window that carries it */
    uint8_t sm3[SM3_SIZE];
    int64_t size;
};

/* The next one a delivery of the window waits for; false for none. */
bool files_next(struct base *base, struct text window, struct wanted_file *out);
/* The file is here: nobody waits for it any more. */
void files_settle(struct base *base, const uint8_t sm3[SM3_SIZE]);

struct complete_delivery {
    char case_id[31];
    int64_t number;
    uint8_t message_id[16];
};

/* The next delivery of the window that waited and has all its files now: it may be handed on from now on, and is to be
 * acknowledged. False for none. */
bool files_release(struct base *base, struct text window, struct complete_delivery *out);
/* Does this delivery wait for files? */
bool files_hold(struct base *base, int64_t delivery);

#endif
