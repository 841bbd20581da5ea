#include "agents/branch/wait_options.h"

#include "agents/branch/settings.h"

enum { KEY_WAIT = 0x300, KEY_TIMEOUT, KEY_JSON, TIMEOUT_S_MAX = 30 * 86400 };

static const struct argp_option wait_options_list[] = {
    {"wait", KEY_WAIT, "LEVEL", 0, "wait until it is stored, delivered, accepted, booked or certified", 0},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0, "wait no longer than this (60); then exit code 3", 0},
    {"json", KEY_JSON, NULL, 0, "one JSON object a line", 0},
    {0},
};

static error_t wait_parse(int key, char *argument, struct argp_state *state)
{
    struct wait_options *options = state->input;
    int64_t seconds = 0;
    switch (key) {
    case KEY_WAIT:
        options->level = level_of_name(argument);
        if (options->level == LEVEL_COUNT)
            argp_error(state, "--wait takes stored, delivered, accepted, booked or certified");
        return 0;
    case KEY_TIMEOUT:
        if (!number_parse(argument, 1, TIMEOUT_S_MAX, &seconds))
            argp_error(state, "--timeout takes 1 to %d seconds", TIMEOUT_S_MAX);
        options->timeout_ms = seconds * 1000;
        return 0;
    case KEY_JSON:
        options->is_json = true;
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp wait_argp = {.options = wait_options_list, .parser = wait_parse};

void wait_options_init(struct wait_options *options)
{
    *options = (struct wait_options){.level = LEVEL_OUTBOX, .timeout_ms = 60000};
}
