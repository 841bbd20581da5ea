#include "tests/branch/folder.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/branch/branch_book.h"

void folder_start(struct folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/onevisit-branch-XXXXXX");
    cr_assert_not_null(mkdtemp(folder->path));
}

static int folder_remove(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
    (void)stat;
    (void)type;
    (void)walk;
    return remove(path);
}

void folder_stop(struct folder *folder)
{
    nftw(folder->path, folder_remove, 8, FTW_DEPTH | FTW_PHYS);
}

struct book *folder_book(const struct folder *folder)
{
    struct book *book = NULL;
    char why[640];
    cr_assert_eq(branch_book_open(folder->path, true, &book, why, sizeof why), STATUS_OK, "%s", why);
    return book;
}
