#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/client/reconcile_show.h"
#include "agents/window/clerk.h"
#include "agents/window/comparing.h"
#include "agents/window/settings.h"
#include "schemas/calendar.h"

/* reconcile: the books of a day against the broker's, through the `run` of the folder. */

enum { KEY_WINDOW = 0x500, KEY_DAY, KEY_JSON, LOOK_US = 20000, WAIT_MS = 60000 };

struct arguments {
    struct settings settings;
    const char *window;
    char day[RECON_DAY_SIZE + 1];
    bool is_json;
};

static const struct argp_option reconcile_options[] = {
    {"window", KEY_WINDOW, "W", 0, "the window whose book is compared", 1},
    {"day", KEY_DAY, "DAY", 0, "business day, as 2026-09-30; yesterday when absent", 1},
    {"json", KEY_JSON, NULL, 0, "one JSON object", 1},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct date date;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->settings;
        return 0;
    case KEY_WINDOW:
        arguments->window = argument;
        return 0;
    case KEY_DAY:
        if (!date_parse(text_of(argument), &date))
            argp_error(state, "--day: \"%s\" is no day as 2026-09-30", argument);
        else
            memcpy(arguments->day, argument, RECON_DAY_SIZE);
        return 0;
    case KEY_JSON:
        arguments->is_json = true;
        return 0;
    case ARGP_KEY_END:
        if (!arguments->window)
            argp_error(state, "say --window");
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

/* Waits for the daemon; false when it did not answer in time. */
static bool await(struct base *base, int64_t id, char **answer, char **failure)
{
    const int64_t end_us = clock_now_us() + (int64_t)WAIT_MS * 1000;
    while (!comparing_answer(base, id, answer, failure)) {
        if (base->status != STATUS_OK || clock_now_us() >= end_us)
            return false;
        usleep(LOOK_US);
    }
    return true;
}

static enum exit_code show(const struct arguments *arguments, const char *answer, const char *failure)
{
    if (!answer)
        return complain(STATUS_TIMEOUT, failure ? failure : "no answer");
    const int64_t count = reconcile_show(answer, arguments->is_json ? NULL : stdout);
    if (arguments->is_json)
        puts(answer);
    if (count < 0)
        return complain(STATUS_CORRUPT, "the broker's answer cannot be shown");
    return count == 0 ? EXIT_DONE : EXIT_NO;
}

static enum exit_code ask(struct folder *folder, const struct arguments *arguments)
{
    char *answer = NULL;
    char *failure = NULL;
    struct base *base = &folder->base;
    base_begin(base);
    const int64_t id = comparing_ask(base, text_of(arguments->window), arguments->day, clock_now_us());
    if (base_commit(base) != STATUS_OK)
        return complain(base->status, book_why(base->book));
    if (!await(base, id, &answer, &failure))
        return complain(STATUS_TIMEOUT, "no `onevisit-window run` of this folder answers");
    enum exit_code code = show(arguments, answer, failure);
    free(answer);
    free(failure);
    return code;
}

int clerk_reconcile(int argc, char **argv)
{
    static const struct argp_child children[] = {{&settings_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        reconcile_options,
        parse,
        "",
        "Compares what the window said it booked on a day with what the broker has (对账), through the `run` of the "
        "folder, which does so by itself once a day. The broker keeps every difference until it is made up or two "
        "operators decide. Exit code 1: there are differences.\v" EXIT_CODES_TEXT,
        children,
        NULL,
        NULL};
    struct arguments arguments = {.window = NULL};
    struct folder folder;
    reconcile_day_before(clock_now_us(), 1, arguments.day);
    settings_init(&arguments.settings);
    argp_parse(&argp, argc, argv, 0, NULL, &arguments);
    enum exit_code code = settings_open_folder(&arguments.settings, &folder);
    if (code != EXIT_DONE)
        return (int)code;
    code = ask(&folder, &arguments);
    folder_close(&folder);
    return (int)code;
}
