#ifndef ONEVISIT_TESTS_CORE_BOOKS_H
#define ONEVISIT_TESTS_CORE_BOOKS_H

#include "broker/core/reconcile.h"
#include "schemas/recon.h"
#include "tests/core/house.h"

/* A participant's own book of a day for the stories: as the broker has it, then
 * spoilt by the test, then held against the broker's. */
enum { BOOK_ROW_COUNT_MAX = 32 };

struct own_book {
    char day[RECON_DAY_SIZE + 1];
    char peer[PARTICIPANT_SIZE_MAX + 1];
    struct recon_row rows[BOOK_ROW_COUNT_MAX];
    uint32_t count;
    struct arena arena;
    uint8_t memory[1 << 16];
};

/* Exactly what the broker has; takes a checkpoint. */
void book_copy(struct house *house, const char *day, const char *peer, struct own_book *out);
struct recon_row *book_row(struct own_book *book, const char *case_id); /* NULL for none */
void book_drop(struct own_book *book, const char *case_id);
/* Compares and steps the fact; the number of differences. */
uint32_t book_compare(struct house *house, const struct own_book *book);

/* Texts borrow from static memory; is_present false where there is no row. */
struct difference difference_of(struct house *house, const char *day, const char *peer, const char *case_id);
void decide(struct house *house, const char *operator, const char * day, const char *peer, const char *case_id,
            const char *action);

#endif
