#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/agent.h"
#include "agents/branch/application_check.h"
#include "agents/branch/branch_book.h"
#include "agents/branch/commands.h"
#include "agents/branch/file_options.h"
#include "agents/branch/folder_lock.h"
#include "agents/branch/queries.h"
#include "agents/branch/show.h"
#include "agents/client/link.h"

enum { KEY_JSON = 0x200, WAIT_MS = AGENT_QUERY_MS_MAX + 2000 };

struct precheck {
    struct settings *settings;
    struct file_options file;
    bool is_json;

    struct book *book;
    struct lines *lines;
    struct application_check *check;
    size_t line_count; /* that are not blank */
    bool has_errors;
};

static const struct argp_option precheck_options[] = {
    {"json", KEY_JSON, NULL, 0, "one JSON object a line", 0},
    {0},
};

static error_t precheck_parse(int key, char *argument, struct argp_state *state)
{
    struct precheck *precheck = state->input;
    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &precheck->file;
        state->child_inputs[1] = precheck->settings;
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
    .args_doc = "FILE.jsonl|-",
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
static enum status precheck_show(const struct precheck *precheck, uint64_t line, const json_t *findings,
                                 const char *digest, bool is_ok)
{
    size_t index;
    json_t *finding;
    if (precheck->is_json)
        return show_json(stdout, json_pack("{s:I, s:b, s:s*, s:O}", "line", (json_int_t)line, "ok", is_ok, "digest",
                                           digest, "findings", findings))
                   ? STATUS_OK
                   : STATUS_IO;
    printf("line %-6" PRIu64 " %s  %s\n", line, is_ok ? "可提交 may be filed" : "有错误 has errors",
           digest ? digest : "-");
    json_array_foreach((json_t *)findings, index, finding) show_finding(finding, digest ? "fix" : "fix_zh");
    return ferror(stdout) ? STATUS_IO : STATUS_OK;
}

/* The list of clerks is the branch's own, so its finding (B02) stands behind the broker's; true when there is one. */
static bool findings_add_clerk(json_t *findings, const json_t *own)
{
    size_t index;
    json_t *finding;
    json_array_foreach((json_t *)own, index, finding)
    {
        const char *id = json_string_value(json_object_get(finding, "id"));
        if (id && strcmp(id, "B02") == 0)
            return json_array_append(findings, finding) == 0;
    }
    return false;
}

static enum status precheck_show_answer(struct precheck *precheck, uint64_t line, const json_t *own, const char *answer)
{
    json_t *json = json_loads(answer, 0, NULL);
    const char *digest = json_string_value(json_object_get(json, "digest"));
    json_t *findings = json_object_get(json, "findings");
    enum status status = STATUS_CORRUPT;
    if (digest && json_is_array(findings)) {
        bool is_ok = json_integer_value(json_object_get(json, "errors")) == 0;
        is_ok = !findings_add_clerk(findings, own) && is_ok;
        precheck->has_errors = precheck->has_errors || !is_ok;
        status = precheck_show(precheck, line, findings, digest, is_ok);
    }
    json_decref(json);
    return status;
}

static enum status precheck_ask(struct precheck *precheck, uint64_t line, const struct checked_line *checked)
{
    char *answer = NULL;
    char *failure = NULL;
    int64_t id = 0;
    enum status status = queries_ask_body(precheck->book, MESSAGE_PRECHECK, checked->body, clock_now_us(), &id);
    if (status == STATUS_OK)
        status = queries_await(precheck->book, id, WAIT_MS, &answer, &failure);
    if (status == STATUS_OK && failure) {
        fprintf(stderr, "onevisit-branch: %s\n", failure);
        status = STATUS_TIMEOUT;
    } else if (status == STATUS_OK) {
        status = precheck_show_answer(precheck, line, checked->findings, answer);
    }
    free(answer);
    free(failure);
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
        status = precheck_ask(precheck, line->number, &checked);
    } else {
        precheck->has_errors = true;
        status = precheck_show(precheck, line->number, checked.findings, NULL, false);
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
