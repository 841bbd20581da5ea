#include <criterion/criterion.h>
#include <sys/resource.h>

#include "broker/open_files.h"

/* Open files: one for each connection. */

Test(open_files, are_raised_to_what_the_system_allows)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 256;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(open_files_raise(), limit.rlim_max);
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(limit.rlim_cur, limit.rlim_max);
}

Test(open_files, are_wanted_for_each_participant_twice_and_for_the_broker_itself)
{
    cr_expect_eq(open_files_wanted(0), OPEN_FILES_OWN);
    cr_expect_eq(open_files_wanted(14000), OPEN_FILES_OWN + 28000);
}
