#ifndef ONEVISIT_TESTS_CHECKS_APPLICATION_H
#define ONEVISIT_TESTS_CHECKS_APPLICATION_H

#include <jansson.h>

#include "schemas/checks/check.h"

/* A valid application of tests/checks/data with mutations, read and checked as
 * an agent does it. */

enum { APPLICATION_TEXT_SIZE = 8192 };

/* `name`: a file of tests/checks/data, as m01. `mutations`: lines of
 *   path=JSON    set (the containers on the way exist)
 *   -path        remove
 *   +path=JSON   append to the list */
json_t *application_load(const char *name, const char *mutations);
void application_check(const json_t *json, struct date today, struct check_result *out);
/* With what else the checks know: `known` says all but the application and its problems. */
void application_check_knowing(const json_t *json, const struct check_input *known, struct check_result *out);
/* "F03 E units/0/bdcdyh\n..." in the order found, into `out` (APPLICATION_TEXT_SIZE). */
const char *result_show(const struct check_result *result, char *out);

#endif
