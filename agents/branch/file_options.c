#include "agents/branch/file_options.h"

#include "agents/client/link.h"
#include "schemas/text.h"

enum { KEY_TODAY = 0x400 };

static const struct argp_option file_options_list[] = {
    {"today", KEY_TODAY, "YYYY-MM-DD", 0, "the date to check against, instead of the clock's", 0},
    {0},
};

static error_t file_parse(int key, char *argument, struct argp_state *state)
{
    struct file_options *options = state->input;
    switch (key) {
    case KEY_TODAY:
        if (!date_parse(text_of(argument), &options->today))
            argp_error(state, "--today takes a date YYYY-MM-DD");
        return 0;
    case ARGP_KEY_ARG:
        if (options->path)
            argp_error(state, "one FILE only");
        options->path = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "say which FILE, or - for standard input");
        return EINVAL;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp file_argp = {.options = file_options_list, .parser = file_parse};

void file_options_init(struct file_options *options)
{
    *options = (struct file_options){.today = date_of_time(clock_now_us())};
}
