#ifndef ONEVISIT_AGENTS_WINDOW_APPLICATION_H
#define ONEVISIT_AGENTS_WINDOW_APPLICATION_H

#include "schemas/message.h"

/* The application as it stands after its supplements: the body of CASE_SUBMIT
 * with the changes of each SUPPLEMENT_SUBMIT put in. */

/* Puts the changes of `supplement` (a msgpack map) into `body` (a msgpack map)
 * and writes the new map to `out`. A path that does not exist is
 * STATUS_NOT_FOUND with the path in `path`; nothing is written then. */
MUST_CHECK enum status application_change(struct bytes body, struct bytes supplement, struct arena *arena, uint8_t *out,
                                          size_t capacity, size_t *size, char path[RECORD_PATH_SIZE_MAX]);

/* Reads an application; keys nobody knows are passed over. STATUS_BAD_BODY only
 * when it is no map at all. */
MUST_CHECK enum status application_read(struct bytes body, struct arena *arena, struct case_submit *out);

#endif
