#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/application_check.h"
#include "agents/branch/branch_book.h"
#include "agents/branch/commands.h"
#include "agents/branch/file_options.h"
#include "agents/branch/folder_lock.h"
#include "agents/branch/group_name.h"
#include "agents/branch/precheck_answer.h"
#include "agents/branch/show.h"
#include "agents/client/link.h"

enum { KEY_JSON = 0x200, KEY_GROUP };

struct precheck {
    struct settings *settings;
    struct file_options file;
    struct text group; /* the lines are to be filed in; data NULL: none */
    bool is_json;

    struct book *book;
    struct lines *lines;
    struct application_check *check;
    size_t line_count; /* that are not blank */
    bool has_errors;
};

static const struct argp_option precheck_options[] = {
    {"group", KEY_GROUP, "NAME", 0, "the group the applications are to be filed in", 0},
    {"json", KEY_JSON, NULL, 0, "one JSON object a line", 0},
    {0},
};

static error_t precheck_parse(int key, char *argument, struct argp_state *state)
{
    struct precheck *precheck = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &precheck->file;
        state->child_inputs[1] = precheck->settings;
        return 0;
    case KEY_GROUP:
        if (!group_name_judge(argument))
            argp_error(state, "--group takes a name of 1 to 40 bytes in UTF-8");
        precheck->group = text_of(argument);
        return 0;
    case KEY_JSON:
        precheck->is_json = true;
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child precheck_children[] = {
    {&file_argp, 0, NULL, 0}, {&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp precheck_argp = {
    .options = precheck_options,
    .parser = precheck_parse,
    .args_doc = "FILE.jsonl|FOLDER|-",
    .doc = "Asks the broker, through the `run` of this folder, what the counter finds in each line of FILE: all "
           "findings and the digest, which an application may name in its field precheck. Files "
           "nothing.\v" EXIT_CODES_TEXT,
    .children = precheck_children,
};

static void show_finding(const json_t *finding, const char *fix_key)
{
    const char *id = "";
    const char *level = "";
    const char *path = "";
    const char *chinese = "";
    const char *english = "";
    const char *fix = json_string_value(json_object_get(finding, fix_key));
    if (json_unpack((json_t *)finding, "{s:s, s:s, s:s, s:s, s:s}", "id", &id, "level", &level, "path", &path,
                    "text_zh", &chinese, "text_en", &english) == 0)
        printf("    %s %s %s: %s；%s (%s)\n", id, level, path, chinese, fix ? fix : "", english);
}

/* `findings` of the broker, or where the line cannot even be sent those of this counter; `digest` NULL then. */
static enum status precheck_show(const struct precheck *precheck, const struct line *line, const json_t *findings,
                                 const char *digest, bool is_ok)
{
    size_t index;
    json_t *finding;
    if (precheck->is_json)
        return show_json(stdout,
                         json_pack("{s:o*, s:I, s:b, s:s*, s:O}", "file", file_json(line->file), "line",
                                   (json_int_t)line->number, "ok", is_ok, "digest", digest, "findings", findings))
                   ? STATUS_OK
                   : STATUS_IO;
    show_line_place(stdout, line->file, line->number);
    printf(" %s  %s\n", is_ok ? "可提交 may be filed" : "有错误 has errors", digest ? digest : "-");
    json_array_foreach((json_t *)findings, index, finding) show_finding(finding, digest ? "fix" : "fix_zh");
    return ferror(stdout) ? STATUS_IO : STATUS_OK;
}

static enum status precheck_ask_line(struct precheck *precheck, const struct line *line,
                                     const struct checked_line *checked)
{
    struct precheck_answer answer;
    enum status status = precheck_ask(precheck->book, checked, precheck->group, &answer);
    if (status != STATUS_OK)
        return status;
    precheck->has_errors = precheck->has_errors || !answer.is_ok;
    status = precheck_show(precheck, line, answer.findings, answer.digest, answer.is_ok);
    precheck_answer_fini(&answer);
    return status;
}

static enum status precheck_line(struct precheck *precheck, const struct line *line)
{
    struct checked_line checked;
    precheck->line_count++;
    enum status status = application_check_line(precheck->check, line, precheck->file.today, &checked);
    if (status != STATUS_OK)
        return status;
    if (checked.body.data) {
        status = precheck_ask_line(precheck, line, &checked);
    } else {
        precheck->has_errors = true;
        status = precheck_show(precheck, line, checked.findings, NULL, false);
    }
    checked_line_fini(&checked);
    return status;
}

static enum status precheck_all(struct precheck *precheck)
{
    struct line line;
    enum status status = lines_next(precheck->lines, &line);
    while (status == STATUS_OK) {
        if (!line.is_blank)
            status = precheck_line(precheck, &line);
        if (status == STATUS_OK)
            status = lines_next(precheck->lines, &line);
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum exit_code precheck_run(struct precheck *precheck)
{
    if (!folder_lock_is_held(precheck->settings->data))
        return complain(STATUS_NO_SESSION, "no `onevisit-branch run` works on this folder; start it first");
    enum status status = lines_open(precheck->file.path, &precheck->lines);
    if (status == STATUS_NOT_FOUND || status == STATUS_IO)
        return complain_of_file(status, precheck->file.path);
    enum exit_code code = file_options_open_check(&precheck->file, &precheck->check);
    if (code != EXIT_DONE)
        return code;
    if (status == STATUS_OK)
        status = precheck_all(precheck);
    if (status != STATUS_OK)
        return complain(status, status == STATUS_TIMEOUT ? "the broker did not answer" : book_why(precheck->book));
    if (precheck->line_count == 0)
        return complain(STATUS_NOT_FOUND, "no application: every line is blank, or there is none");
    return precheck->has_errors ? EXIT_NO : EXIT_DONE;
}

enum exit_code command_precheck(int argc, char **argv, struct settings *settings)
{
    struct precheck precheck = {.settings = settings};
    file_options_init(&precheck.file);
    if (argp_parse(&precheck_argp, argc, argv, 0, NULL, &precheck) != 0)
        return EXIT_USAGE_WRONG;
    enum exit_code code = settings_open_book(settings, false, &precheck.book);
    if (code != EXIT_DONE)
        return code;
    code = precheck_run(&precheck);
    application_check_free(&precheck.check);
    file_options_fini(&precheck.file);
    lines_close(&precheck.lines);
    book_close(&precheck.book);
    return code;
}
