#ifndef ONEVISIT_AGENTS_OPS_SHOW_H
#define ONEVISIT_AGENTS_OPS_SHOW_H

#include <jansson.h>

#include "schemas/mask.h"
#include "schemas/record.h"

enum { SHOW_DURATION_SIZE = 24, SHOW_TIME_SIZE = 32 };

/* "0.012 s", "3.2 s", "4 min 12 s", "2 h 05 min", "3 d 04 h". Returns `out`. */
const char *show_duration(int64_t duration_us, char out[SHOW_DURATION_SIZE]);
/* The time at UTC+8, or "-". Returns `out`. */
const char *show_time(struct number time_us, char out[SHOW_TIME_SIZE]);

/* A certificate number as operators may see it (DOMAIN 6.9); one that the
 * broker masked already stays as it is, an absent one is "-". Returns `out`. */
const char *show_certificate(struct text number, char out[MASK_SIZE_MAX]);

/* Prints the JSON with two blanks of indent, and frees it. Out of memory ends
 * the process. */
void print_json(json_t *json);
void print_record_json(const struct record *record, const void *in);

/* "+3 h", "-90 s", "0 s": how far a clock is from another; "-" where that is absent. */
const char *show_offset(struct number offset_ms, char out[SHOW_TIME_SIZE]);

#endif
