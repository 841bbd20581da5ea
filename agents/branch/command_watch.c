#include <stdio.h>
#include <unistd.h>

#include "agents/branch/commands.h"
#include "agents/branch/show.h"

enum { KEY_SINCE = 0x200, KEY_FOLLOW, KEY_JSON, LOOK_US = 50000 };

struct watch {
    struct settings *settings;
    int64_t since;
    bool is_following;
    bool is_json;
    bool is_failed;
};

static const struct argp_option watch_options[] = {
    {"since", KEY_SINCE, "N", 0, "events after number N of the first column (0: all)", 0},
    {"follow", KEY_FOLLOW, NULL, 0, "go on as they come, until Ctrl-C", 0},
    {"json", KEY_JSON, NULL, 0, "one JSON object a line, with the window's message", 0},
    {0},
};

static error_t watch_parse(int key, char *argument, struct argp_state *state)
{
    struct watch *watch = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = watch->settings;
        return 0;
    case KEY_SINCE:
        if (!number_parse(argument, 0, INT64_MAX, &watch->since))
            argp_error(state, "--since takes the number of an event");
        return 0;
    case KEY_FOLLOW:
        watch->is_following = true;
        return 0;
    case KEY_JSON:
        watch->is_json = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "watch takes no argument");
        return EINVAL;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child watch_children[] = {{&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp watch_argp = {
    .options = watch_options,
    .parser = watch_parse,
    .doc = "Events of this branch's cases, oldest first, from its own book; `run` brings them.\v" EXIT_CODES_TEXT,
    .children = watch_children,
};

static bool watch_take(const struct event_row *event, void *context)
{
    struct watch *watch = context;
    watch->since = event->id;
    if (watch->is_json) {
        watch->is_failed = !show_json(stdout, event_json(event, true));
    } else {
        show_event(stdout, event);
        show_event_notes(stdout, event);
        watch->is_failed = ferror(stdout) != 0;
    }
    return !watch->is_failed;
}

static enum status watch_once(struct book *book, struct watch *watch)
{
    enum status status = events_each(book, (struct text){NULL, 0}, watch->since, watch_take, watch);
    if (watch->is_failed || fflush(stdout) != 0)
        return STATUS_IO;
    return status;
}

enum exit_code command_watch(int argc, char **argv, struct settings *settings)
{
    struct watch watch = {.settings = settings};
    struct book *book = NULL;
    if (argp_parse(&watch_argp, argc, argv, 0, NULL, &watch) != 0)
        return EXIT_USAGE_WRONG;
    enum exit_code code = settings_open_book(settings, false, &book);
    if (code != EXIT_DONE)
        return code;
    int64_t since = watch.since;
    book_has_changed(book);
    enum status status = watch_once(book, &watch);
    if (status == STATUS_OK && watch.since == since && !watch.is_following)
        fprintf(stderr, "onevisit-branch: 尚无事件 no event yet; --follow waits for them\n");
    while (status == STATUS_OK && watch.is_following) {
        usleep(LOOK_US);
        if (book_has_changed(book))
            status = watch_once(book, &watch);
    }
    if (status != STATUS_OK)
        code = complain(status, "the events cannot be read or printed");
    book_close(&book);
    return code;
}
