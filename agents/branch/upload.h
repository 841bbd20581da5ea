#ifndef ONEVISIT_AGENTS_BRANCH_UPLOAD_H
#define ONEVISIT_AGENTS_BRANCH_UPLOAD_H

#include "agents/branch/owed_files.h"
#include "agents/client/link.h"

/* Takes the files that messages of the outbox wait for to the broker, one after
 * the other: asks how much of a file the broker holds, sends the pieces from
 * there, at most UPLOAD_FLIGHT_COUNT_MAX of them unanswered, so that a receipt
 * of anything else waits for a megabyte at most. Nothing of this is on disk but
 * that a file is with the broker whole: after a break it asks again. */

enum {
    UPLOAD_FLIGHT_COUNT_MAX = 4,
    UPLOAD_ANSWER_MS_MAX = 10000, /* no answer for so long: ask again */
    UPLOAD_RETRY_MS = 30000,      /* after a refusal that nobody here can mend */
};

enum upload_step {
    UPLOAD_IDLE,   /* no file is owed, as far as is known */
    UPLOAD_TO_ASK, /* `file` is to be asked for, not before `not_before_us` */
    UPLOAD_ASKED,
    UPLOAD_SENDING,
};

struct upload {
    enum upload_step step;
    struct owed_file file;
    uint8_t question[16];
    uint8_t flights[UPLOAD_FLIGHT_COUNT_MAX][16]; /* in the order of their pieces */
    uint32_t flight_count;
    int64_t next;          /* offset of the next piece to send */
    int64_t heard_us;      /* the last answer, or the question */
    int64_t not_before_us; /* UPLOAD_TO_ASK */
    bool has_more;         /* a file may be owed */
};

enum upload_answer {
    UPLOAD_NOT_MINE,
    UPLOAD_TAKEN,
    UPLOAD_WHOLE,  /* the broker has upload->file: to be settled on disk */
    UPLOAD_SPOILT, /* the copy here is not the file any more, or gone: its message can never go */
};

/* Begins with `file`. */
void upload_begin(struct upload *upload, const struct owed_file *file);
/* A new session, or a commit that failed: what was said before may not have been heard. */
void upload_forget(struct upload *upload);
/* Sends what may go now. */
enum upload_answer upload_send(struct upload *upload, struct link *link, const char *data, struct digest *digest,
                               int64_t now_us);
/* A RECEIPT, MATERIAL_ACK or REJECT. */
enum upload_answer upload_take(struct upload *upload, const struct link_message *message, const char *data,
                               struct digest *digest, int64_t now_us);

#endif
