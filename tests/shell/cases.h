#ifndef ONEVISIT_TESTS_SHELL_CASES_H
#define ONEVISIT_TESTS_SHELL_CASES_H

#include "tests/shell/house.h"

/* Applications of one branch, handed to a keeper. */

#define BRANCH "B:105451099995"

/* The test's clock, in steps of a microsecond; each test runs in a process of its own. */
extern int64_t days_later;
int64_t now_us(int step);

/* BRANCH has a session and hands in one application for a unit of its own; `number` also makes the message id. */
void say_hello(struct keeper *keeper, struct effects *effects);
struct step submit(struct keeper *keeper, struct effects *effects, uint8_t number);
void commit(struct keeper *keeper);
/* As a daemon says that it starts; sessions come after it. */
void start_broker(struct keeper *keeper, struct effects *effects, bool keeps_index);
/* So many cases in a folder that is closed again. */
void keep_cases(uint8_t count, uint32_t checkpoint_records_max);

/* Writes a row of the closed folder as a hand that should not be there would; a value without data deletes it. */
void alter_row(const struct row_key *key, struct bytes value);

#endif
