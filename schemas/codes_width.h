#ifndef ONEVISIT_SCHEMAS_CODES_WIDTH_H
#define ONEVISIT_SCHEMAS_CODES_WIDTH_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/text.h"

/* Walks UTF-8 text by code points and maps full-width forms to half width. */

/* The code point at *at, which moves behind it. False at the end, and where the
 * bytes are no UTF-8 (then *at stays). */
bool code_point_next(struct text text, uint32_t *at, uint32_t *out);
/* U+FF01..U+FF5E as ASCII, U+3000 as a blank, all others as they are. */
uint32_t code_point_narrow(uint32_t code_point);

#endif
