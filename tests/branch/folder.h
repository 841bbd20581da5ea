#ifndef ONEVISIT_TESTS_BRANCH_FOLDER_H
#define ONEVISIT_TESTS_BRANCH_FOLDER_H

#include "agents/client/book.h"

/* A new data folder of the test's own, gone at the end. */
struct folder {
    char path[64];
};

void folder_start(struct folder *folder);
void folder_stop(struct folder *folder);
struct book *folder_book(const struct folder *folder);

#endif
