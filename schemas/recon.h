#ifndef ONEVISIT_SCHEMAS_RECON_H
#define ONEVISIT_SCHEMAS_RECON_H

#include "schemas/message.h"

/* The books of a day (对账, DOMAIN 6.6 I15): what broker and agents must reckon
 * in the very same way. A book holds the bookings (登簿) of one business day in
 * order of window, branch, kind and case; those with the first three in common
 * are a group, and the sum of a group is told first. */

enum { RECON_DAY_SIZE = 10, RECON_ROOT_SIZE = 32, RECON_ROW_SIZE_MAX = 1024, RECON_PROOF_SIZE_MAX = 160 };

/* "2026-09-30": the day at UTC+8 of a 登记时间. */
void recon_day_of(int64_t booked_at, char out[RECON_DAY_SIZE + 1]);
/* What the mortgage secures, as booked. */
struct number recon_amount_of(const struct case_booked *booked);
/* However the proof was written; borrows from `proof` or `out`. */
struct text recon_proof_of(struct text proof, char out[RECON_PROOF_SIZE_MAX]);

/* In order of the book: below zero, 0, above. */
int recon_row_compare(const struct recon_row *a, const struct recon_row *b);
int recon_group_compare(const struct recon_group *a, const struct recon_group *b);
bool recon_row_is_of(const struct recon_row *row, const struct recon_group *group);

/* SM3; false when it failed. */
typedef bool recon_digest(struct bytes bytes, uint8_t out[RECON_ROOT_SIZE], void *context);

struct recon_sum {
    int64_t count;
    int64_t amount; /* stays at the limit of its field */
    uint8_t root[RECON_ROOT_SIZE];
};

/* The next booking of the group; begin with zeros. */
MUST_CHECK enum status recon_sum_add(struct recon_sum *sum, const struct recon_row *row, recon_digest *digest,
                                     void *context);
/* Borrows the texts of `row` and the root of `sum`. */
struct recon_group recon_group_of(const struct recon_row *row, const struct recon_sum *sum);
/* Same count, amount and root. */
bool recon_group_is_equal(const struct recon_group *a, const struct recon_group *b);

#endif
