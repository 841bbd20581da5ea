#ifndef ONEVISIT_AGENTS_WINDOW_FETCH_H
#define ONEVISIT_AGENTS_WINDOW_FETCH_H

#include "agents/window/files.h"

/* Fetches one file of a window at a time, piece by piece; one question is out,
 * so that whatever else the broker brings waits for one piece at most. Pieces
 * go to disk as they come, and a fetch goes on from there after any break. */

enum {
    FETCH_ANSWER_MS_MAX = 10000, /* no answer for so long: ask again */
    FETCH_RETRY_MS = 5000,       /* after what went wrong */
};

struct fetch {
    bool is_active;
    struct wanted_file file;
    int64_t offset;
    uint8_t question[16];
    bool is_asked;
    uint32_t session; /* in which it was asked */
    int64_t asked_us;
    int64_t not_before_us;
    bool has_more; /* a delivery of this window may wait for files */
};

enum fetch_answer {
    FETCH_NOT_MINE,
    FETCH_TAKEN,
    FETCH_WHOLE, /* fetch->file is in DATA/materials, on disk */
};

void fetch_begin(struct fetch *fetch, const char *data, const struct wanted_file *file);
/* Asks for the next piece, if it is time. True when something was sent. */
bool fetch_send(struct fetch *fetch, struct link *link, int64_t now_us);
/* A MATERIAL_PART or REJECT. */
enum fetch_answer fetch_take(struct fetch *fetch, const struct link_message *message, const char *data,
                             struct digest *digest, int64_t now_us);

#endif
