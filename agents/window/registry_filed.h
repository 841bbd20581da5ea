#ifndef ONEVISIT_AGENTS_WINDOW_REGISTRY_FILED_H
#define ONEVISIT_AGENTS_WINDOW_REGISTRY_FILED_H

#include "agents/client/digest.h"
#include "agents/window/base.h"
#include "agents/window/registry.h"
#include "agents/window/registry_answer.h"

/* The inside of the sandbox registry, shared by its files: registry.c
 * (store, what is asked), registry_hand.c (filing), registry_step.c (what is
 * due), registry_booked.c, registry_burden.c and registry_look.c (title
 * queries). All writing goes into the open group of `base`. */

enum { REGISTRY_BODY_SIZE_MAX = MESSAGE_SIZE_MAX };

struct registry {
    struct base base;
    struct registry_settings settings;
    struct digest *digest;
    struct arena arena;   /* decoding */
    struct arena answers; /* what registry_answers gives out, and bodies in the making */
    uint8_t *body;        /* REGISTRY_BODY_SIZE_MAX bytes for a changed application */
};

/* One application on file. */
struct filed {
    int64_t id;
    char window[33];
    char case_id[31];
    char number[51];
    char proof[129];
    char state[17];
    int64_t number_last;
    int64_t round;
    int64_t answers;
    int64_t accepted_at;
    int64_t accepted_order;
    int64_t booked_at;
    char bill[65]; /* 缴款通知书号; "" for none */
    int64_t fee;   /* asked for with it, in fen */
    int64_t paid;
};

#define FILED_COLUMNS                                                                                                  \
    "SELECT id, window, case_id, number, proof, state, number_last, round, answers, accepted_at, accepted_order,"      \
    " booked_at, bill, fee, paid FROM application"

/* A row of FILED_COLUMNS. */
void filed_read(sqlite3_stmt *query, struct filed *out);
bool filed_find(struct registry *registry, struct text window, struct text case_id, struct filed *out);
/* Writes the row with its new state; `due_at` 0: nothing is due. */
void filed_move(struct registry *registry, struct filed *filed, const char *state, int64_t due_at);
/* The application's body, copied into registry->answers (reset). */
bool filed_body(struct registry *registry, int64_t id, struct bytes *out);
/* The next answer of the case. */
void filed_answer(struct registry *registry, struct filed *filed, const struct registry_answer *answer, int64_t now_us);
/* The next number of a series, from 1. */
int64_t registry_serial(struct registry *registry, const char *window, const char *name);
/* From now on the application `id` is what the book knows of its units; `title` of a transfer, data NULL: none. */
void estate_book(struct registry *registry, int64_t id, const struct case_submit *application, struct text title);
/* The rank of the first mortgage booked here: 2 on a test property that has one. */
int64_t estate_rank_first(const char *lane);

/* ---- fees (registry_fee.c) ---- */

/* Is a bill to be told for the case? */
bool fee_is_asked(const struct registry *registry, const struct filed *filed, const struct case_submit *application);
/* Does the booking wait for the fee? */
bool fee_is_awaited(const struct registry *registry, const struct filed *filed);
/* The bill; STATUS_LIMIT as all answers. */
MUST_CHECK enum status fee_tell(struct registry *registry, struct filed *filed, const struct case_submit *application,
                                struct registry_answer *answer);
/* What becomes of the bill of a case that ended unbooked. */
MUST_CHECK enum status fee_end(struct registry *registry, struct filed *filed, struct registry_answer *answer);
/* FEE_PAID: answered at once; what waited for it goes on. */
enum adapter_outcome fee_take_payment(struct registry *registry, struct filed *filed, const struct adapter_task *task,
                                      int64_t now_us, char why[ADAPTER_WHY_SIZE_MAX]);

#endif
