#ifndef ONEVISIT_BROKER_INTAKE_H
#define ONEVISIT_BROKER_INTAKE_H

#include "broker/auth.h"
#include "broker/door.h"
#include "broker/keep/keeper.h"
#include "broker/outlet.h"

/* The way in: what came through the door is judged here, step by step, and each
 * step that fails says why. Nothing a peer sends is trusted before its step:
 *
 *   1 key         known, not revoked
 *   2 frames      2..2+chunks, sizes
 *   3 envelope    rows, version, type, case id
 *   4 sender      src is the key's owner, dst is K, the role may send this type
 *   5 session     HELLO first, through this very connection
 *   6 digest      h is the SM3 of the body
 *   7 body        rows of its record, all problems at once
 *   8 chunks      a certificate file, or a piece of a material, is what the body promises; nobody else has any
 *
 * The counter checks of CASE_SUBMIT come after the duplicate check, since a
 * message that was stored once keeps its answer whatever the day. */
struct intake;

struct intake_message {
    struct envelope envelope;
    enum message_type type;
    struct text participant;
    const void *body;
    const struct problems *problems; /* of the body: none, but for an application, whose faults become findings */
    uint8_t digest[DIGEST_SIZE];
    struct keeper_bytes bytes;
};

MUST_CHECK enum status intake_new(struct auth *auth, struct peers *peers, struct outlet *outlet, struct intake **out);
void intake_free(struct intake **intake);

/* True and the message, which borrows from `raw` and the intake until the next
 * call; false when it was refused and answered. */
bool intake_judge(struct intake *intake, struct door_message *raw, int64_t now_us, struct intake_message *out);
/* What a SUPPLEMENT_SUBMIT leaves open; false when there is something, and it was answered. */
bool intake_check_supplement(struct intake *intake, struct door_message *raw, const struct intake_message *message,
                             const struct problems *lacks, int64_t now_us);

#endif
