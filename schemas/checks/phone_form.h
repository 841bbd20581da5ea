#ifndef ONEVISIT_SCHEMAS_CHECKS_PHONE_FORM_H
#define ONEVISIT_SCHEMAS_CHECKS_PHONE_FORM_H

#include <stdbool.h>

#include "schemas/text.h"

/* Does it look like a number in China (check F15)? A mobile number of 11 digits
 * from 13 to 19, or a landline: area code from 0 of 3 or 4 digits, 7 or 8 digits,
 * perhaps an extension. "+86" may stand before, hyphens between the parts. */
bool phone_form_is_good(struct text phone);

#endif
