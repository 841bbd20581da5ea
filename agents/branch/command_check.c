#include <stdio.h>

#include "agents/branch/application_check.h"
#include "agents/branch/commands.h"
#include "agents/branch/file_options.h"
#include "agents/branch/show.h"

struct check_arguments {
    struct settings *settings;
    struct file_options file;
};

static error_t check_parse(int key, char *argument, struct argp_state *state)
{
    struct check_arguments *arguments = state->input;
    (void)argument;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = &arguments->file;
    state->child_inputs[1] = arguments->settings;
    return 0;
}

static const struct argp_child check_children[] = {
    {&file_argp, 0, NULL, 0}, {&settings_argp, 0, "Options of all commands (not needed here):", 10}, {0}};
static const struct argp check_argp = {
    .parser = check_parse,
    .args_doc = "FILE.jsonl|FOLDER|-",
    .doc = "The counter checks on each line of FILE: one JSON object a line with line, ok and all findings. Needs no "
           "broker.\v" EXIT_CODES_TEXT,
    .children = check_children,
};

static enum status check_one(struct application_check *check, const struct line *line, struct date today, bool *is_ok)
{
    struct checked_line checked;
    enum status status = application_check_line(check, line, today, &checked);
    if (status != STATUS_OK)
        return status;
    *is_ok = checked.is_ok;
    json_t *json = json_pack("{s:o*, s:I, s:b, s:O}", "file", file_json(line->file), "line", (json_int_t)line->number,
                             "ok", checked.is_ok, "findings", checked.findings);
    checked_line_fini(&checked);
    return show_json(stdout, json) ? STATUS_OK : STATUS_IO;
}

static enum status check_all(struct lines *lines, struct application_check *check, struct date today, size_t *count,
                             bool *all_ok)
{
    struct line line;
    enum status status = lines_next(lines, &line);
    while (status == STATUS_OK) {
        bool is_ok = true;
        if (!line.is_blank)
            status = check_one(check, &line, today, &is_ok);
        *count += !line.is_blank;
        *all_ok = *all_ok && is_ok;
        if (status == STATUS_OK)
            status = lines_next(lines, &line);
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum exit_code command_check(int argc, char **argv, struct settings *settings)
{
    struct check_arguments arguments = {.settings = settings};
    struct application_check *check = NULL;
    struct lines *lines = NULL;
    size_t count = 0;
    bool all_ok = true;
    file_options_init(&arguments.file);
    if (argp_parse(&check_argp, argc, argv, 0, NULL, &arguments) != 0)
        return EXIT_USAGE_WRONG;
    enum status status = lines_open(arguments.file.path, &lines);
    if (status == STATUS_NOT_FOUND || status == STATUS_IO)
        return complain_of_file(status, arguments.file.path);
    enum exit_code code = file_options_open_check(&arguments.file, &check);
    if (code == EXIT_DONE && status == STATUS_OK)
        status = check_all(lines, check, arguments.file.today, &count, &all_ok);
    application_check_free(&check);
    file_options_fini(&arguments.file);
    lines_close(&lines);
    if (code != EXIT_DONE)
        return code;
    if (status != STATUS_OK)
        return complain(status, status_english(status));
    if (count == 0)
        return complain(STATUS_NOT_FOUND, "no application: every line is blank, or there is none");
    return all_ok ? EXIT_DONE : EXIT_NO;
}
