#ifndef ONEVISIT_AGENTS_WINDOW_SETTINGS_H
#define ONEVISIT_AGENTS_WINDOW_SETTINGS_H

#include <argp.h>

#include "agents/client/exit_code.h"
#include "agents/client/number.h"
#include "agents/window/folder.h"

/* What the commands of onevisit-window share: options with their environment,
 * exit codes, opening the data folder with a clear answer. */

#define EXIT_CODES_TEXT                                                                                                \
    "Exit codes: 0 done, 1 the answer is no (not found, not possible now), 2 wrong usage or setting, 3 the broker "    \
    "cannot be reached, 4 damage or a failed read or write."

struct settings {
    const char *data; /* NULL: not given */
    bool is_test;
};

void settings_init(struct settings *settings); /* from the environment */
/* Child parser of every command; its input is a struct settings. */
extern const struct argp settings_argp;

enum exit_code exit_code_of(enum status status);
/* Prints "onevisit-window: <sentence> (<Chinese>)" to stderr; the exit code of `status`. */
enum exit_code complain(enum status status, const char *sentence);
/* Opens the folder for the command line, or complains. */
enum exit_code settings_open_folder(const struct settings *settings, struct folder *out);

#endif
