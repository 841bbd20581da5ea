#include "agents/branch/file_options.h"

#include "agents/client/link.h"
#include "schemas/text.h"

enum { KEY_TODAY = 0x400, KEY_CLERKS, KEY_MATERIALS };

static const struct argp_option file_options_list[] = {
    {"today", KEY_TODAY, "YYYY-MM-DD", 0, "the date to check against, instead of the clock's", 0},
    {"clerks", KEY_CLERKS, "LIST.json", 0, "which clerk may file which kinds; bank/clerk is checked against it", 0},
    {"materials", KEY_MATERIALS, "FOLDER", 0,
     "the scanned files: a material that names one in \"file\" is checked with it, and goes with it to the window", 0},
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
    case KEY_CLERKS:
        options->clerks_path = argument;
        return 0;
    case KEY_MATERIALS:
        options->files_path = argument;
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

void file_options_fini(struct file_options *options)
{
    clerks_free(&options->clerks);
}

enum exit_code file_options_open_check(struct file_options *options, struct application_check **out)
{
    char why[640];
    enum status status = application_check_new(out);
    if (status != STATUS_OK)
        return complain(status, status_english(status));
    application_check_use_files(*out, options->files_path);
    if (!options->clerks_path)
        return EXIT_DONE;
    status = clerks_read(options->clerks_path, &options->clerks, why, sizeof why);
    if (status == STATUS_NOT_FOUND)
        status = STATUS_CONFIG; /* a setting that points at nothing */
    if (status != STATUS_OK)
        return complain(status, why);
    application_check_use_clerks(*out, options->clerks);
    return EXIT_DONE;
}
