#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "application.h"

/* One row: a valid application, what is changed in it, what the counter must
 * find: all of it, in the order of findings.def, and nothing else. */

struct row {
    const char *name; /* of the application */
    const char *mutations;
    const char *found;
};

static const struct row rows[] = {
#include "mutations.def"
};

Test(check_mutations, find_exactly_what_was_broken)
{
    struct check_result *result = calloc(1, sizeof *result);
    char shown[APPLICATION_TEXT_SIZE];
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
        json_t *json = application_load(rows[index].name, rows[index].mutations);
        application_check(json, (struct date){2026, 10, 1}, result);
        result_show(result, shown);
        cr_expect_str_eq(shown, rows[index].found, "%s with\n%s\nexpected:\n%s\nfound:\n%s\n", rows[index].name,
                         rows[index].mutations, rows[index].found, shown);
        json_decref(json);
    }
    free(result);
}
