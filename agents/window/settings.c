#include "agents/window/settings.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_DATA = 0x100, KEY_TEST };

static const struct argp_option options[] = {
    {"data", KEY_DATA, "DIR", 0, "folder of inbox, outbox and docket (ONEVISIT_DATA)", 10},
    {"test", KEY_TEST, NULL, 0, "a test window; test and production never share a folder", 10},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct settings *settings = state->input;
    if (key == KEY_DATA)
        settings->data = argument;
    else if (key == KEY_TEST)
        settings->is_test = true;
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

const struct argp settings_argp = {.options = options, .parser = parse};

void settings_init(struct settings *settings)
{
    const char *test = getenv("ONEVISIT_TEST");
    *settings = (struct settings){.data = getenv("ONEVISIT_DATA"), .is_test = test && strcmp(test, "1") == 0};
}

enum exit_code exit_code_of(enum status status)
{
    return status == STATUS_WRONG_STATE || status == STATUS_UNKNOWN_CASE ? EXIT_NO : exit_code_usual(status);
}

enum exit_code complain(enum status status, const char *sentence)
{
    complain_as("onevisit-window", status, sentence);
    return exit_code_of(status);
}

enum exit_code settings_open_folder(const struct settings *settings, struct folder *out)
{
    char why[512];
    if (!settings->data)
        return complain(STATUS_USAGE, "say which folder with --data DIR or ONEVISIT_DATA");
    enum status status = folder_open(out, settings->data, FOLDER_AS_IT_IS, why, sizeof why);
    return status == STATUS_OK ? EXIT_DONE : complain(status, why);
}
