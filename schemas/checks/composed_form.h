#ifndef ONEVISIT_SCHEMAS_CHECKS_COMPOSED_FORM_H
#define ONEVISIT_SCHEMAS_CHECKS_COMPOSED_FORM_H

#include <stdbool.h>

#include "schemas/text.h"

/* Is the text in Unicode's composed form NFC, as far as the scripts of the field
 * go: Latin, Greek and CJK? The same words are then the same bytes, so that a
 * contract number compares and an address is found. False for characters that
 * NFC replaces, and for a combining mark behind a letter it composes with. */
bool composed_form_holds(struct text text);

#endif
