#ifndef ONEVISIT_SCHEMAS_CHECKS_NAME_FORM_H
#define ONEVISIT_SCHEMAS_CHECKS_NAME_FORM_H

#include <stdbool.h>

#include "schemas/text.h"

/* How a name is written (check F14). Chinese characters, the dot · between the
 * parts of a name, full-width letters, digits and brackets are good. Characters
 * that another system cannot read (private ones, compatibility forms that are
 * no NFC) and stand-ins for them (? * □) are not. */

enum name_form { NAME_GOOD, NAME_BLANK, NAME_NARROW, NAME_RARE };

/* Of several flaws the first of blank, rare, narrow is told. The name of a
 * passport may be of Latin letters with single blanks between the parts. */
enum name_form name_form(struct text name, bool is_of_passport);

#endif
