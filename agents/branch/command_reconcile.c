#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/agent.h"
#include "agents/branch/commands.h"
#include "agents/branch/folder_lock.h"
#include "agents/branch/queries.h"
#include "agents/client/link.h"
#include "agents/client/reconcile.h"
#include "agents/client/reconcile_show.h"
#include "schemas/calendar.h"

enum { KEY_DAY = 0x200, KEY_JSON, WAIT_MS = 60000 };

struct reconcile_arguments {
    struct settings *settings;
    char day[RECON_DAY_SIZE + 1];
    bool is_json;
};

static const struct argp_option reconcile_options[] = {
    {"day", KEY_DAY, "DAY", 0, "business day, as 2026-09-30; yesterday when absent", 0},
    {"json", KEY_JSON, NULL, 0, "one JSON object", 0},
    {0},
};

static void take_day(struct reconcile_arguments *arguments, const char *day, const struct argp_state *state)
{
    struct date date;
    if (!date_parse(text_of(day), &date))
        argp_error(state, "--day: '%s' is not a day as 2026-09-30", day);
    else
        memcpy(arguments->day, day, RECON_DAY_SIZE);
}

static error_t reconcile_parse(int key, char *argument, struct argp_state *state)
{
    struct reconcile_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->settings;
        return 0;
    case KEY_DAY:
        take_day(arguments, argument, state);
        return 0;
    case KEY_JSON:
        arguments->is_json = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "reconcile takes no argument");
        return EINVAL;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child reconcile_children[] = {{&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp reconcile_argp = {
    .options = reconcile_options,
    .parser = reconcile_parse,
    .doc = "Compares what was booked on a day by the book of this folder with what the broker has (对账), through the "
           "`run` of this folder, which does so by itself once a day. Every difference is kept by the broker until it "
           "is made up or two operators decide. Exit code 1: there are differences.\v" EXIT_CODES_TEXT,
    .children = reconcile_children,
};

/* ---- asking ---- */

static enum exit_code reconcile_end(const char *answer, bool is_json)
{
    const int64_t count = reconcile_show(answer, is_json ? NULL : stdout);
    if (is_json)
        puts(answer);
    if (count < 0)
        return complain(STATUS_CORRUPT, "the broker's answer cannot be shown");
    return count == 0 ? EXIT_DONE : EXIT_NO;
}

static enum exit_code reconcile_ask(struct book *book, const struct reconcile_arguments *arguments)
{
    char *answer = NULL;
    char *failure = NULL;
    int64_t id = 0;
    if (!folder_lock_is_held(arguments->settings->data))
        return complain(STATUS_NO_SESSION, "no `onevisit-branch run` works on this folder; start it first");
    enum status status = queries_ask_day(book, arguments->day, clock_now_us(), &id);
    if (status == STATUS_OK)
        status = queries_await(book, id, WAIT_MS, &answer, &failure);
    if (status != STATUS_OK)
        return complain(status, status == STATUS_TIMEOUT ? "no answer in time" : book_why(book));
    enum exit_code code = answer ? reconcile_end(answer, arguments->is_json) : complain(STATUS_TIMEOUT, failure);
    free(answer);
    free(failure);
    return code;
}

enum exit_code command_reconcile(int argc, char **argv, struct settings *settings)
{
    struct reconcile_arguments arguments = {.settings = settings};
    struct book *book = NULL;
    reconcile_day_before(clock_now_us(), 1, arguments.day);
    if (argp_parse(&reconcile_argp, argc, argv, 0, NULL, &arguments) != 0)
        return EXIT_USAGE_WRONG;
    enum exit_code code = settings_open_book(settings, false, &book);
    if (code == EXIT_DONE)
        code = reconcile_ask(book, &arguments);
    book_close(&book);
    return code;
}
