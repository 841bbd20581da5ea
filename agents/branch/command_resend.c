#include <inttypes.h>
#include <stdio.h>

#include "agents/branch/brokers.h"
#include "agents/branch/commands.h"
#include "agents/branch/outbox.h"
#include "agents/branch/since.h"

enum { KEY_SINCE = 0x200 };

struct resend {
    struct settings *settings;
    struct since since;
    bool has_since;
};

static const struct argp_option resend_options[] = {
    {"since", KEY_SINCE, "TIME|SEQUENCE", 0,
     "what was stored at or after this time (UTC+8, 2026-09-30 or 2026-09-30T14:03:07) or journal sequence", 0},
    {0},
};

static error_t resend_parse(int key, char *argument, struct argp_state *state)
{
    struct resend *resend = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = resend->settings;
        return 0;
    case KEY_SINCE:
        if (!since_parse(argument, &resend->since))
            argp_error(state, "--since takes a time as 2026-09-30 or 2026-09-30T14:03:07, or a journal sequence");
        resend->has_since = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "resend takes no argument");
        return EINVAL;
    case ARGP_KEY_END:
        if (!resend->has_since)
            argp_error(state, "say --since");
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child resend_children[] = {{&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp resend_argp = {
    .options = resend_options,
    .parser = resend_parse,
    .doc = "Puts what the broker had stored back into the outbox, same message ids and same bytes, for a broker that "
           "lost its data. A broker that has it answers with the same receipt, and nothing happens "
           "twice.\v" EXIT_CODES_TEXT,
    .children = resend_children,
};

static enum status resend_put_back(struct book *book, const struct since *since, int64_t *count)
{
    enum status status = book_begin(book);
    if (status != STATUS_OK)
        return status;
    status = since->is_time ? outbox_resend_since_time(book, since->value, count)
                            : outbox_resend_since_sequence(book, since->value, count);
    if (status == STATUS_OK)
        status = brokers_mark_lost(book);
    if (status == STATUS_OK)
        return book_commit(book);
    book_rollback(book);
    return status;
}

enum exit_code command_resend(int argc, char **argv, struct settings *settings)
{
    struct resend resend = {.settings = settings};
    struct book *book = NULL;
    int64_t count = 0;
    if (argp_parse(&resend_argp, argc, argv, 0, NULL, &resend) != 0)
        return EXIT_USAGE_WRONG;
    enum exit_code code = settings_open_outbox(settings, false, &book);
    if (code != EXIT_DONE)
        return code;
    enum status status = resend_put_back(book, &resend.since, &count);
    if (status == STATUS_OK)
        printf("%" PRId64 " messages will be sent again\n", count);
    else
        code = complain(status, book_why(book));
    book_close(&book);
    return code;
}
