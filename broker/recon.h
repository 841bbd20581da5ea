#ifndef ONEVISIT_BROKER_RECON_H
#define ONEVISIT_BROKER_RECON_H

#include "broker/intake.h"
#include "broker/keep/keeper.h"

/* Compares the books of a day (对账) with a branch or a window: RECON_OPEN brings
 * the sums of the sender's groups and is answered with those that differ;
 * RECON_PART brings a page of the bookings of one of them and is answered with
 * the differences. Each question stands for itself, so nothing is remembered
 * between them; what was found is journaled as FACT_RECON before it is told. */
struct recon;

MUST_CHECK enum status recon_new(struct keeper *keeper, struct recon **out);
void recon_free(struct recon **recon);
bool recon_owns(enum message_type type);

/* A refusal: STATUS_OK for none. */
struct recon_refusal {
    enum status status;
    const char *path;
};

/* Everything must be on disk. Steps the facts; `out`, valid until the next call, may leave once they are committed.
 * Errors of the store are returned, what is wrong with the question stands in `refusal`. */
MUST_CHECK enum status recon_answer(struct recon *recon, const struct intake_message *message, int64_t now_us,
                                    struct effects *effects, struct recon_result *out, struct recon_refusal *refusal,
                                    char *why);

#endif
