#include "agents/branch/folder_lock.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "tests/branch/folder.h"

Test(folder_lock, lets_one_in_and_tells_the_second_who_it_is)
{
    struct folder folder;
    char why[640] = "";
    int first = -1;
    int second = -1;
    folder_start(&folder);
    cr_assert_not(folder_lock_is_held(folder.path));
    cr_assert_eq(folder_lock_take(folder.path, "B:105451099995", &first, why, sizeof why), STATUS_OK);
    cr_assert(folder_lock_is_held(folder.path));
    cr_assert_eq(folder_lock_take(folder.path, "B:105451099995", &second, why, sizeof why), STATUS_IN_USE);
    cr_assert(strstr(why, "B:105451099995"), "%s", why);
    close(first);
    cr_assert_not(folder_lock_is_held(folder.path));
    folder_stop(&folder);
}
