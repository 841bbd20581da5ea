#include "agents/window/settings.h"

#include <errno.h>
#include <stdio.h>
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
    if (status == STATUS_OK)
        return EXIT_DONE;
    if (status == STATUS_NOT_FOUND || status == STATUS_WRONG_STATE || status == STATUS_BAD_BODY ||
        status == STATUS_UNKNOWN_CASE)
        return EXIT_NO;
    if (status == STATUS_USAGE || status == STATUS_CONFIG || status == STATUS_IN_USE || status == STATUS_NEWER ||
        status == STATUS_SEALED_OTHERWISE || status == STATUS_NO_KEY)
        return EXIT_USAGE_WRONG;
    return status == STATUS_TIMEOUT || status == STATUS_NO_SESSION ? EXIT_UNREACHABLE : EXIT_DAMAGE;
}

enum exit_code complain(enum status status, const char *sentence)
{
    fprintf(stderr, "onevisit-window: %s (%s)\n", sentence, status_chinese(status));
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

bool number_parse(const char *text, int64_t minimum, int64_t maximum, int64_t *out)
{
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < minimum || number > maximum)
        return false;
    *out = number;
    return true;
}
