#ifndef ONEVISIT_BROKER_SETTINGS_H
#define ONEVISIT_BROKER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/status.h"

/* What the daemon is told: command line for places and modes, an optional file
 * in libconfig form for the numbers of settings.def. */
enum { SETTINGS_WHY_SIZE = 256, SETTINGS_PATH_SIZE = 512 };

struct settings {
    char data[SETTINGS_PATH_SIZE];
    char head[SETTINGS_PATH_SIZE]; /* "" for DATA/head */
    char keys[SETTINGS_PATH_SIZE];
    char directory[SETTINGS_PATH_SIZE];
    char rules[SETTINGS_PATH_SIZE];    /* folder of rule files; "" for none */
    char calendar[SETTINGS_PATH_SIZE]; /* "" for the one built in */
    char listen[SETTINGS_PATH_SIZE];
    bool is_test;
    bool accept_loss;
    bool take_over;
#define SETTING(name, standard, minimum, maximum, sentence) int64_t name;
#include "broker/settings.def"
#undef SETTING
};

/* Every number at its default, every place empty. */
void settings_init(struct settings *out);
/* Reads the numbers from a file; a name nobody knows or a number out of its
 * range is STATUS_CONFIG with line and reason in `why` (SETTINGS_WHY_SIZE). */
MUST_CHECK enum status settings_read(struct settings *out, const char *path, char *why);
/* Prints the settings with default, range and sentence, for --help-settings. */
void settings_describe(void);

#endif
