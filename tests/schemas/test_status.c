#include "schemas/status.h"

#include <criterion/criterion.h>
#include <string.h>

Test(status, is_found_again_by_its_code)
{
    for (unsigned i = 0; i < STATUS_COUNT; i++) {
        const char *code = status_code((enum status)i);
        cr_assert_eq(status_of_code(code, (unsigned)strlen(code)), (enum status)i, "%s", code);
        cr_assert(*status_english((enum status)i) != '\0' && *status_chinese((enum status)i) != '\0', "%s", code);
        cr_assert_leq(strlen(code), 24, "%s does not fit into REJECT", code);
    }
}

Test(status, knows_no_code_that_only_begins_like_one)
{
    cr_assert_eq(status_of_code("BUS", 3), STATUS_COUNT);
    cr_assert_eq(status_of_code("BUSYX", 5), STATUS_COUNT);
    cr_assert_eq(status_of_code("BUSYX", 4), STATUS_BUSY);
    cr_assert_eq(status_of_code("", 0), STATUS_COUNT);
}

Test(status, lets_only_passing_troubles_be_tried_again)
{
    cr_assert(status_may_retry(STATUS_BUSY));
    cr_assert(status_may_retry(STATUS_BEHIND));
    cr_assert_not(status_may_retry(STATUS_DUP_CONFLICT));
    cr_assert_not(status_may_retry(STATUS_BAD_BODY));
}
