#ifndef ONEVISIT_SCHEMAS_CHECKS_MATERIAL_LIST_H
#define ONEVISIT_SCHEMAS_CHECKS_MATERIAL_LIST_H

#include <stdbool.h>

#include "schemas/checks/counter.h"

/* What the checks of materials and of signatures both ask. */

bool material_list_holds(const struct counter *counter, const char *code);
/* False when the list as such could not be decoded, so that nobody knows what
 * it holds; an absent list is known to be empty. */
bool material_list_is_known(const struct counter *counter);
/* The form and the contracts: what every party signs (DOMAIN 6.8, Decided). */
bool material_is_signed_by_all(const struct material *material);
/* Does this party stand in signed_by? */
bool material_was_signed_by(const struct material *material, const char *party);
/* A natural person with a good id who is not 18 yet on that day. */
bool mortgagor_is_minor(const struct mortgagor *owner, struct date today);

#endif
