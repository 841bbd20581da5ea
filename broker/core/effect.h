#ifndef ONEVISIT_BROKER_CORE_EFFECT_H
#define ONEVISIT_BROKER_CORE_EFFECT_H

#include "broker/core/event.h"

/* What the core wants done, after the commit group it belongs to is on disk.
 * An effect holds no message body: it names a journal sequence, and the shell
 * has the bytes. */
enum effect_type {
    EFFECT_RECEIPT,   /* to: RECEIPT of `sequence`; answers, case_id, is_duplicate */
    EFFECT_REJECT,    /* to: REJECT with status, path, case_id, retry_ms; answers */
    EFFECT_DELIVER,   /* to a window: CASE_DELIVER of the origin at `sequence`; number, attempt, case_id */
    EFFECT_FEED,      /* to a branch: CASE_EVENTs number..number_last, from the feed rows; is_urgent */
    EFFECT_ANSWER,    /* to: the volatile answer to a volatile request (HELLO_ACK, CASE_STATUS, GROUP_STATUS); answers;
                         path: the group; digest: the file of MATERIAL_ACK */
    EFFECT_TITLE_ASK, /* to a window: TITLE_ASK of the query at `sequence`; until_us: the deadline */
    EFFECT_TITLE_ANSWER, /* to a branch: the result at `number` of its query at `sequence`; until_us: valid until */
    EFFECT_TITLE_RATE,   /* to operations: the branch `to` asked for `number` titles within an hour */
    EFFECT_PARKED,   /* to operations: case_id of the window `to` is set aside after `number` attempts; path: class */
    EFFECT_MATERIAL, /* to a window: MATERIAL_PART of the piece journaled at `sequence`; case_id; answers */
    EFFECT_ALARM,    /* to a window: ALARM of the clock of case_id, at stage `number` */
    EFFECT_CERT_ASK, /* to a window: CERT_ASK for the proof of case_id, for the `number`-th time */
    EFFECT_LOOKUP_RATE,  /* to operations: the operator `to` looked up `number` persons within an hour */
    EFFECT_WINDOW_STATE, /* to a branch: WINDOW_STATE of `window`, from its row */
};

struct effect {
    enum effect_type type;
    char to[PARTICIPANT_SIZE_MAX + 1];
    uint8_t answers[MESSAGE_ID_SIZE];
    char case_id[CASE_ID_SIZE + 1]; /* "" for none */
    uint64_t sequence;
    uint64_t number;
    uint64_t number_last;
    int64_t until_us; /* EFFECT_TITLE_* */
    uint16_t attempt;
    bool is_duplicate;
    bool is_urgent;            /* EFFECT_FEED: of the urgent feed */
    enum message_type message; /* EFFECT_ANSWER: what to send */
    enum status status;        /* EFFECT_REJECT */
    int64_t retry_ms;          /* EFFECT_REJECT, 0 for none */
    char path[RECORD_PATH_SIZE_MAX];
    char window[PARTICIPANT_SIZE_MAX + 1];
    uint8_t digest[DIGEST_SIZE]; /* EFFECT_ANSWER */
};

/* A growing list the shell owns and empties after each commit. */
struct effects {
    struct effect *items;
    uint32_t count;
    uint32_t capacity;
};

void effects_fini(struct effects *effects);
/* A new zeroed effect at the end; running out of memory ends the process (memory.h). */
struct effect *effects_add(struct effects *effects, enum effect_type type);

#endif
