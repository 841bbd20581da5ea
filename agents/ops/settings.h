#ifndef ONEVISIT_AGENTS_OPS_SETTINGS_H
#define ONEVISIT_AGENTS_OPS_SETTINGS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "agents/ops/complaint.h"
#include "agents/ops/exit_code.h"

/* What every command shares: whom to speak to, as whom, and how to print.
 * From the command line, else from the environment (ONEVISIT_ENDPOINT,
 * ONEVISIT_KEYS, ONEVISIT_AS, ONEVISIT_DIRECTORY), else the default. Texts are
 * borrowed from the command line or the environment. */
struct settings {
    const char *endpoint;  /* tcp://127.0.0.1:7136 */
    const char *keys;      /* folder of key files; NULL: not said */
    const char *as;        /* "O:<name>"; NULL: not said */
    const char *directory; /* the directory file; NULL: not said */
    int64_t timeout_ms;    /* for the session and for each answer */
    bool is_test;
    bool is_json;
};

void settings_init(struct settings *settings);

/* argp children: a command lists those it understands, and hands on its
 * settings to all of them at ARGP_KEY_INIT with settings_hand_on. */
extern const struct argp settings_broker_argp;    /* --endpoint --keys --as --test --timeout */
extern const struct argp settings_keys_argp;      /* --keys, for commands that ask no broker */
extern const struct argp settings_directory_argp; /* --directory */
extern const struct argp settings_json_argp;      /* --json */

extern const struct argp_child settings_ask_children[]; /* broker and json: for commands that ask the broker */
void settings_hand_on(struct settings *settings, const struct argp_child *children, struct argp_state *state);

/* A number within minimum..maximum, or argp_error with the name of the option. */
int64_t settings_number(const char *text, int64_t minimum, int64_t maximum, const char *option,
                        const struct argp_state *state);

#endif
