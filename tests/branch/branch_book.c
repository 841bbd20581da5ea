#include "agents/branch/branch_book.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/branch/folder.h"

Test(branch_book, belongs_to_one_branch_and_to_test_or_production)
{
    struct folder folder;
    char why[256] = "";
    folder_start(&folder);
    struct book *book = folder_book(&folder);
    cr_assert_eq(branch_book_seal(book, "B:105451099995", true, why, sizeof why), STATUS_OK);
    cr_assert_eq(branch_book_seal(book, "B:105451099995", true, why, sizeof why), STATUS_OK);
    cr_assert_eq(branch_book_seal(book, "B:105451099995", false, why, sizeof why), STATUS_SEALED_OTHERWISE);
    cr_assert(strstr(why, "production"), "%s", why);
    cr_assert_eq(branch_book_seal(book, "B:102451000002", true, why, sizeof why), STATUS_SEALED_OTHERWISE);
    book_close(&book);
    folder_stop(&folder);
}

Test(branch_book, is_not_made_by_a_command_that_only_looks)
{
    struct folder folder;
    struct book *book = NULL;
    char why[640] = "";
    folder_start(&folder);
    cr_assert_eq(branch_book_open(folder.path, false, &book, why, sizeof why), STATUS_NOT_FOUND);
    cr_assert_null(book);
    folder_stop(&folder);
}

Test(branch_book, takes_nothing_from_another_branchs_clerk_or_of_the_other_kind)
{
    struct folder folder;
    char why[256] = "";
    folder_start(&folder);
    struct book *book = folder_book(&folder);
    cr_expect_eq(branch_book_judge(book, "B:105451099995", false, why, sizeof why), STATUS_OK, "nobody's yet");
    cr_assert_eq(branch_book_seal(book, "B:105451099995", true, why, sizeof why), STATUS_OK);
    cr_expect_eq(branch_book_judge(book, "B:105451099995", true, why, sizeof why), STATUS_OK);
    cr_expect_eq(branch_book_judge(book, NULL, true, why, sizeof why), STATUS_OK);
    cr_expect_eq(branch_book_judge(book, "B:102451000002", true, why, sizeof why), STATUS_SEALED_OTHERWISE);
    cr_expect(strstr(why, "B:105451099995"), "%s", why);
    cr_expect_eq(branch_book_judge(book, NULL, false, why, sizeof why), STATUS_SEALED_OTHERWISE);
    cr_expect(strstr(why, "--test"), "%s", why);
    book_close(&book);
    folder_stop(&folder);
}
