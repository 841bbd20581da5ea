#ifndef ONEVISIT_AGENTS_WINDOW_OUTBOX_H
#define ONEVISIT_AGENTS_WINDOW_OUTBOX_H

#include "agents/client/digest.h"
#include "agents/window/base.h"
#include "schemas/message.h"

/* The outbox: what the window says, the same bytes under the same message id
 * until the broker has answered with RECEIPT or a final REJECT. States:
 * owed, stored (the receipt stands beside it), rejected (code and text). */

enum { OUTBOX_POSITION_NONE = -1 };

struct outbox_entry {
    struct text window;
    struct text case_id; /* data NULL: of no case */
    enum message_type type;
    int64_t position; /* place in the registry's answers, or OUTBOX_POSITION_NONE for a person's */
    struct bytes body;
    struct bytes chunk; /* data NULL for none */
    struct bytes said;  /* as in struct adapter_answer */
};

enum outbox_verdict {
    OUTBOX_ADDED,
    OUTBOX_KNOWN,   /* the registry gave this answer before */
    OUTBOX_CHANGED, /* the registry gave another answer at this position before */
};

enum outbox_verdict outbox_add(struct base *base, struct digest *digest, const struct outbox_entry *entry,
                               int64_t now_us);

struct outbox_owed {
    int64_t id;
    uint8_t message_id[16];
    char case_id[31];
};

/* What is owed by the window after the row `after`, oldest first. */
uint32_t outbox_owed(struct base *base, struct text window, int64_t after, struct outbox_owed *out, uint32_t count_max);

struct outbox_row {
    enum message_type type;
    char case_id[31];  /* "" for none */
    struct bytes body; /* valid until outbox_row_end */
    struct bytes chunk;
};
bool outbox_row_read(struct base *base, int64_t id, struct outbox_row *out);
void outbox_row_end(struct base *base);

/* What the broker gave a receipt for; `is_first` where it had not given it before. */
struct outbox_receipt {
    const struct receipt *receipt;
    struct bytes broker; /* id of its data folder */
    bool is_first;
};
void outbox_stored(struct base *base, int64_t id, const struct outbox_receipt *receipt, int64_t now_us);
void outbox_rejected(struct base *base, int64_t id, const struct reject *reject, int64_t now_us);

/* Says again what has a receipt already, under its old id: the broker asks for it. True when there was something. */
bool outbox_owe_again(struct base *base, struct text window, struct text case_id, enum message_type type);

/* The broker in this session stands at `sequence`, and served us although we showed our last receipt: where that is of
 * another folder, or from further on, its loss is known and accepted, and it proves nothing any more. */
void outbox_forget_lost(struct base *base, struct text window, struct bytes broker, int64_t sequence);
/* The last receipt of the window, for HELLO; chain and mac are copied into `bytes`. */
bool outbox_last_receipt(struct base *base, struct text window, struct receipt *out, uint8_t bytes[64]);

#endif
