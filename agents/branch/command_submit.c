#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/application_check.h"
#include "agents/branch/commands.h"
#include "agents/branch/file_options.h"
#include "agents/branch/group_name.h"
#include "agents/branch/handed.h"
#include "agents/branch/show.h"
#include "agents/branch/wait_options.h"
#include "agents/client/digest.h"
#include "agents/client/link.h"

enum { KEY_GROUP = 0x500, SUBMIT_BATCH_COUNT_MAX = 256 };

struct submit {
    struct settings *settings;
    struct wait_options wait;
    struct file_options file;
    struct text group; /* of all lines; data NULL: none */

    struct book *book;
    struct lines *lines;
    struct application_check *check;
    struct handed_list handed;
    size_t shown;      /* of handed */
    size_t line_count; /* that are not blank */
    bool has_refused;
};

static const struct argp_option submit_options[] = {
    {"group", KEY_GROUP, "NAME", 0, "the group of all applications of FILE, as when one loan has units in two counties",
     0},
    {0},
};

static error_t submit_parse(int key, char *argument, struct argp_state *state)
{
    struct submit *submit = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &submit->wait;
        state->child_inputs[1] = &submit->file;
        state->child_inputs[2] = submit->settings;
        return 0;
    case KEY_GROUP:
        if (!group_name_judge(argument))
            argp_error(state, "--group takes a name of 1 to 40 bytes in UTF-8");
        submit->group = text_of(argument);
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child submit_children[] = {
    {&wait_argp, 0, NULL, 0}, {&file_argp, 0, NULL, 0}, {&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp submit_argp = {
    .options = submit_options,
    .parser = submit_parse,
    .args_doc = "FILE.jsonl|-",
    .doc =
        "Checks each line of FILE and puts the applications without errors into the outbox, from where `run` takes "
        "them to the broker. What is printed as 已存于网点 (in outbox) is on this branch's disk and no further. Needs "
        "--data.\v" EXIT_CODES_TEXT,
    .children = submit_children,
};

/* ---- showing ---- */

static bool submit_show_json(const struct handed *handed, json_t *findings)
{
    char mid[33];
    struct word word = handed->id ? handed_word(handed) : (struct word){"未提交", "refused at the counter"};
    return show_json(
        stdout, json_pack("{s:I, s:b, s:o*, s:o*, s:o*, s:s, s:s, s:O*}", "line", (json_int_t)handed->line, "ok",
                          handed->id != 0 && handed->state != OUTBOX_REJECTED, "local",
                          handed->id ? json_integer(handed->id) : NULL, "mid",
                          handed->id ? json_string(hex_show(bytes_of(handed->message_id, 16), mid, sizeof mid)) : NULL,
                          "case", handed->case_id[0] ? json_string(handed->case_id) : NULL, "state", word.english,
                          "state_zh", word.chinese, "findings", findings));
}

static bool submit_show_text(const struct handed *handed, const json_t *findings)
{
    char mid[33] = "-";
    size_t index;
    json_t *finding;
    if (handed->id)
        hex_show(bytes_of(handed->message_id, 16), mid, sizeof mid);
    printf("line %-6" PRIu64 " local %-8" PRId64 " %-32s  ", handed->line, handed->id, mid);
    show_word(stdout, handed->id ? handed_word(handed) : (struct word){"未提交", "refused at the counter"}, 30);
    printf("%s\n", handed->case_id);
    json_array_foreach(findings, index, finding)
    {
        const char *id = "";
        const char *level = "";
        const char *path = "";
        const char *chinese = "";
        const char *fix = "";
        if (json_unpack(finding, "{s:s, s:s, s:s, s:s, s:s}", "id", &id, "level", &level, "path", &path, "text_zh",
                        &chinese, "fix_zh", &fix) == 0)
            printf("    %s %s %s: %s；%s\n", id, level, path, chinese, fix);
    }
    return !ferror(stdout);
}

static bool submit_show(const struct submit *submit, const struct handed *handed, json_t *findings)
{
    return submit->wait.is_json ? submit_show_json(handed, findings) : submit_show_text(handed, findings);
}

/* What was put into the outbox is shown after the commit, never before. */
static enum status submit_commit(struct submit *submit)
{
    enum status status = book_is_writing(submit->book) ? book_commit(submit->book) : STATUS_OK;
    if (status != STATUS_OK || submit->wait.level > LEVEL_OUTBOX)
        return status;
    for (; submit->shown < submit->handed.count; submit->shown++)
        if (!submit_show(submit, &submit->handed.items[submit->shown], submit->handed.items[submit->shown].warnings))
            return STATUS_IO;
    return fflush(stdout) == 0 ? STATUS_OK : STATUS_IO;
}

/* ---- handing over ---- */

/* Warnings do not stop an application, but the clerk must see them beside it. */
static enum status submit_hand_over(struct submit *submit, uint64_t line, struct checked_line *checked)
{
    struct handed handed = {.line = line, .warnings = checked->warning_count > 0 ? checked->findings : NULL};
    enum status status = book_is_writing(submit->book) ? STATUS_OK : book_begin(submit->book);
    if (status == STATUS_OK)
        status = outbox_add(submit->book, MESSAGE_CASE_SUBMIT, (struct text){NULL, 0}, checked->body, clock_now_us(),
                            &handed.id, handed.message_id);
    if (status == STATUS_OK && submit->group.data)
        status = outbox_set_group(submit->book, handed.id, submit->group);
    if (status == STATUS_OK && !handed_list_add(&submit->handed, &handed))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        json_incref(handed.warnings);
    return status;
}

static enum status submit_line(struct submit *submit, const struct line *line)
{
    struct checked_line checked;
    submit->line_count++;
    enum status status = application_check_line(submit->check, line, submit->file.today, &checked);
    if (status != STATUS_OK)
        return status;
    if (checked.is_ok) {
        status = submit_hand_over(submit, line->number, &checked);
    } else {
        submit->has_refused = true;
        status = submit_commit(submit); /* in the order of the lines */
        if (status == STATUS_OK && !submit_show(submit, &(struct handed){.line = line->number}, checked.findings))
            status = STATUS_IO;
    }
    checked_line_fini(&checked);
    return status;
}

static enum status submit_all(struct submit *submit)
{
    struct line line;
    enum status status = lines_next(submit->lines, &line);
    while (status == STATUS_OK) {
        if (!line.is_blank)
            status = submit_line(submit, &line);
        if (status == STATUS_OK &&
            (submit->handed.count % SUBMIT_BATCH_COUNT_MAX == 0 || lines_would_wait(submit->lines)))
            status = submit_commit(submit);
        if (status == STATUS_OK)
            status = lines_next(submit->lines, &line);
    }
    if (status != STATUS_NOT_FOUND)
        return status;
    return submit_commit(submit);
}

/* ---- waiting ---- */

static enum status submit_show_reject(struct submit *submit, const struct handed *handed)
{
    struct outbox_row row = {0};
    enum status status = outbox_find(submit->book, handed->id, &row);
    if (status == STATUS_OK)
        show_reject(stdout, row.reject);
    outbox_row_fini(&row);
    return status;
}

static enum status submit_await(struct submit *submit)
{
    if (submit->wait.level == LEVEL_OUTBOX)
        return STATUS_OK;
    enum status waited = handed_await(submit->book, &submit->handed, submit->wait.level, submit->wait.timeout_ms);
    if (waited != STATUS_OK && waited != STATUS_TIMEOUT)
        return waited;
    for (size_t i = 0; i < submit->handed.count; i++) {
        struct handed *handed = &submit->handed.items[i];
        submit->has_refused = submit->has_refused || handed->has_ended;
        if (!submit_show(submit, handed, handed->warnings))
            return STATUS_IO;
        if (handed->state == OUTBOX_REJECTED && !submit->wait.is_json &&
            submit_show_reject(submit, handed) != STATUS_OK)
            return STATUS_IO;
    }
    return waited;
}

static enum exit_code submit_run(struct submit *submit)
{
    enum status status = lines_open(submit->file.path, &submit->lines);
    if (status == STATUS_NOT_FOUND || status == STATUS_IO)
        return complain_of_file(status, submit->file.path);
    enum exit_code code = file_options_open_check(&submit->file, &submit->check);
    if (code != EXIT_DONE)
        return code;
    if (status == STATUS_OK)
        status = submit_all(submit);
    if (status == STATUS_OK)
        status = submit_await(submit);
    if (status != STATUS_OK)
        return complain(status, status == STATUS_TIMEOUT ? "not all of it came so far in time; it stays in the outbox"
                                                         : book_why(submit->book));
    if (submit->line_count == 0)
        return complain(STATUS_NOT_FOUND, "no application: every line is blank, or there is none");
    return submit->has_refused ? EXIT_NO : EXIT_DONE;
}

enum exit_code command_submit(int argc, char **argv, struct settings *settings)
{
    struct submit submit = {.settings = settings};
    file_options_init(&submit.file);
    wait_options_init(&submit.wait);
    if (argp_parse(&submit_argp, argc, argv, 0, NULL, &submit) != 0)
        return EXIT_USAGE_WRONG;
    enum exit_code code = settings_open_outbox(settings, true, &submit.book);
    if (code != EXIT_DONE)
        return code;
    code = submit_run(&submit);
    handed_list_fini(&submit.handed);
    application_check_free(&submit.check);
    file_options_fini(&submit.file);
    lines_close(&submit.lines);
    book_close(&submit.book);
    return code;
}
