#ifndef ONEVISIT_AGENTS_WINDOW_REGISTRY_ANSWER_H
#define ONEVISIT_AGENTS_WINDOW_REGISTRY_ANSWER_H

#include "agents/client/digest.h"
#include "agents/window/booking.h"

/* The sandbox's answers: bodies encoded into an arena, with the numbers a
 * registry gives. All is stamped as a test. */

struct registry_answer {
    enum message_type type;
    struct bytes body;
    struct bytes chunk;
};

/* 业务号 "370102-20261123-000001" and 登记证明号 "鲁（2026）济南市不动产证明第020000001号":
 * the serial of a proof starts with the last two digits of the district,
 * since the districts of a city share its name. */
void registry_number(const char *window, int64_t serial, int64_t now_us, char out[51]);
void registry_proof(const char *window, int64_t serial, int64_t now_us, char out[129]);
/* Likewise a number of a certificate of title, which a transfer gives. */
void registry_title(const char *window, int64_t serial, int64_t now_us, char out[129]);

/* All: STATUS_LIMIT when the arena is full. */
MUST_CHECK enum status registry_answer_accepted(const char *number, int64_t now_us,
                                                const struct case_submit *application, struct arena *arena,
                                                struct registry_answer *out);
MUST_CHECK enum status registry_answer_not_accepted(struct arena *arena, struct registry_answer *out);
MUST_CHECK enum status registry_answer_supplement(int64_t round, bool needs_citizen, struct arena *arena,
                                                  struct registry_answer *out);
MUST_CHECK enum status registry_answer_refused(const char *number, struct arena *arena, struct registry_answer *out);
/* `proof` gets the number that was booked in the end. */
MUST_CHECK enum status registry_answer_booked(const struct case_submit *application, const struct booking *booking,
                                              struct arena *arena, struct registry_answer *out, char proof[129]);
MUST_CHECK enum status registry_answer_certificate(const char *window, const char *case_id, const char *number,
                                                   const char *proof, struct digest *digest, struct arena *arena,
                                                   struct registry_answer *out);
/* The fee of an application in fen (DOMAIN 1.6); 0 for none. */
int64_t registry_fee_of(const struct case_submit *application);
MUST_CHECK enum status registry_answer_fee(const char *bill, const struct case_submit *application, struct arena *arena,
                                           struct registry_answer *out);
/* `state` of 缴费状态. */
MUST_CHECK enum status registry_answer_fee_state(const char *bill, const char *state, int64_t paid, struct arena *arena,
                                                 struct registry_answer *out);
MUST_CHECK enum status registry_answer_fee_back(const char *bill, int64_t amount, struct arena *arena,
                                                struct registry_answer *out);
MUST_CHECK enum status registry_answer_archived(const char *number, struct arena *arena, struct registry_answer *out);
MUST_CHECK enum status registry_answer_withdrawal(bool is_too_late, int64_t booked_at, struct arena *arena,
                                                  struct registry_answer *out);

#endif
