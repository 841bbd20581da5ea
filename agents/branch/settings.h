#ifndef ONEVISIT_AGENTS_BRANCH_SETTINGS_H
#define ONEVISIT_AGENTS_BRANCH_SETTINGS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "agents/client/book.h"
#include "agents/client/exit_code.h"
#include "agents/client/number.h"

/* What the commands of onevisit-branch share: the options with their
 * environment, the exit codes, and opening the book with a clear answer. */

#define EXIT_CODES_TEXT                                                                                                \
    "Exit codes: 0 done, 1 the answer is no (findings, refused, not found), 2 wrong usage or setting, 3 the broker "   \
    "cannot be reached or did not answer in time, 4 damage or a failed read or write."

struct settings {
    const char *endpoint;
    const char *keys; /* NULL: not given */
    const char *as;   /* NULL: not given */
    const char *data; /* NULL: not given */
    bool is_test;
};

void settings_init(struct settings *settings); /* from the environment */
/* Child parser of every command; its input is a struct settings. */
extern const struct argp settings_argp;

enum exit_code exit_code_of(enum status status);
/* Prints "onevisit-branch: <sentence>" to stderr and returns the code of `status`. */
enum exit_code complain(enum status status, const char *sentence);

/* Opens DATA's book or complains. EXIT_DONE and *out, or the code to end with. */
enum exit_code settings_open_book(const struct settings *settings, bool may_make, struct book **out);

/* The same for commands that put something into the outbox: never into another branch's, nor a real application into
 * a test folder or the reverse. Says so when nobody sends what stands there. */
enum exit_code settings_open_outbox(const struct settings *settings, bool may_make, struct book **out);

/* Complains about a file that cannot be opened or read, by name. */
enum exit_code complain_of_file(enum status status, const char *path);
/* Does `text` hold as a case id? If not, the sentence for argp_error stands in `why`. */
bool case_id_judge(const char *text, char *why, size_t why_size);

#endif
