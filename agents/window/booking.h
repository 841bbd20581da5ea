#ifndef ONEVISIT_AGENTS_WINDOW_BOOKING_H
#define ONEVISIT_AGENTS_WINDOW_BOOKING_H

#include "schemas/message.h"

/* What a registry enters in the book (登簿) for an application: the columns of
 * table DYAQ (DOMAIN 1.3), taken over from what was filed. Used by the sandbox
 * and by a person at the command line, so that nobody types them again. */
struct booking {
    struct text number;    /* 业务号 */
    struct text proof;     /* the proof's number; M04 keeps that of the mortgage it ends */
    struct text registrar; /* 登簿人, a staff number */
    struct text title; /* 不动产权证书号 that a transfer gives, of a combined registration; data NULL: none */
    int64_t booked_at;
    const int64_t *ranks; /* one a unit; NULL or 0: none */
};

/* Does it end a mortgage, and make none? */
bool booking_is_ending(const struct case_submit *application);
/* `out` borrows from `application`, `booking` and `arena`. STATUS_LIMIT when the arena is full. */
MUST_CHECK enum status booking_fill(const struct case_submit *application, const struct booking *booking,
                                    struct arena *arena, struct case_booked *out);
/* "济南市历下区不动产登记中心" into `out`. Returns `out`. */
const char *booking_office(struct text district, char *out, size_t size);

#endif
