#ifndef ONEVISIT_SCHEMAS_MASK_H
#define ONEVISIT_SCHEMAS_MASK_H

#include <stddef.h>

#include "schemas/text.h"

/* Masks for logs, lists and screens of operators (DOMAIN 6.9): nothing here
 * shows a full name, id or number. What has not the expected form is masked
 * whole, so that a mistake never shows more. Each writes into the caller's
 * buffer, cut between characters when it is too small, and returns it. */

enum { MASK_SIZE_MAX = 600 };

/* 370116********0003; another number of 8 or more: first two and last two; else all stars. */
const char *mask_id(struct text id, char *out, size_t size);
/* 张*, 欧阳*; of another name the first character. */
const char *mask_name(struct text name, char *out, size_t size);
/* 138****0000; a landline keeps area code and last two digits. */
const char *mask_phone(struct text phone, char *out, size_t size);
/* 鲁（2026）…第***2345号 */
const char *mask_certificate(struct text certificate, char *out, size_t size);
/* To the community: 济南市历下区示例小区*** */
const char *mask_address(struct text address, char *out, size_t size);

#endif
