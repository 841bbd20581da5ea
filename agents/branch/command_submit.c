#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/application_check.h"
#include "agents/branch/commands.h"
#include "agents/branch/contests.h"
#include "agents/branch/file_options.h"
#include "agents/branch/folder_lock.h"
#include "agents/branch/group_name.h"
#include "agents/branch/handed.h"
#include "agents/branch/outbox_lane.h"
#include "agents/branch/owed_files.h"
#include "agents/branch/precheck_answer.h"
#include "agents/branch/show.h"
#include "agents/branch/wait_options.h"
#include "agents/client/digest.h"
#include "agents/client/link.h"

enum { KEY_GROUP = 0x500, KEY_PRECHECK, KEY_CONTEST, KEY_BULK, SUBMIT_BATCH_COUNT_MAX = 256 };

struct submit {
    struct settings *settings;
    struct wait_options wait;
    struct file_options file;
    struct text group; /* of all lines; data NULL: none */
    bool is_bulk;      /* no citizen waits for them */
    bool asks_first;   /* --precheck */
    struct contests contests;

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
    {"precheck", KEY_PRECHECK, NULL, 0,
     "ask the broker first what it finds; hand in what has no error, under the digest of what was seen", 0},
    {"contest", KEY_CONTEST, "CHECK=REASON", 0,
     "with --precheck: why the warnings of this check do not hold; may be given for several checks", 0},
    {"bulk", KEY_BULK, NULL, 0,
     "no citizen waits for these, as with cancellations at the end of a month: cases from a counter go first", 0},
    {0},
};

static error_t submit_parse(int key, char *argument, struct argp_state *state)
{
    struct submit *submit = state->input;
    char why[160];
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
    case KEY_BULK:
        submit->is_bulk = true;
        return 0;
    case KEY_PRECHECK:
        submit->asks_first = true;
        return 0;
    case KEY_CONTEST:
        if (!contests_take(&submit->contests, argument, why, sizeof why))
            argp_error(state, "--contest: %s", why);
        return 0;
    case ARGP_KEY_END:
        if (submit->contests.count > 0 && !submit->asks_first)
            argp_error(state, "--contest needs --precheck; without it the reasons stand in the field contest");
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
    .args_doc = "FILE.jsonl|FOLDER|-",
    .doc =
        "Checks each line of FILE and puts the applications without errors into the outbox, from where `run` takes "
        "them to the broker. What is printed as 已存于网点 (in outbox) is on this branch's disk and no further. Needs "
        "--data.\vOf a FOLDER all *.jsonl files are taken, in the order of their names. With --precheck an application "
        "that has warnings without a reason is held back, with all of them shown.\n" EXIT_CODES_TEXT,
    .children = submit_children,
};

/* ---- showing ---- */

static bool submit_show_json(const struct handed *handed, json_t *findings)
{
    char mid[33];
    struct word word = handed_word(handed);
    return show_json(
        stdout,
        json_pack("{s:o*, s:I, s:b, s:o*, s:o*, s:o*, s:s, s:s, s:o*, s:O*}", "file", file_json(handed->file), "line",
                  (json_int_t)handed->line, "ok", handed->id != 0 && handed->state != OUTBOX_REJECTED, "local",
                  handed->id ? json_integer(handed->id) : NULL, "mid",
                  handed->id ? json_string(hex_show(bytes_of(handed->message_id, 16), mid, sizeof mid)) : NULL, "case",
                  handed->case_id[0] ? json_string(handed->case_id) : NULL, "state", word.english, "state_zh",
                  word.chinese, "held_back", handed->is_held_back ? json_true() : NULL, "findings", findings));
}

static const char *first_warning(const json_t *findings)
{
    size_t index;
    json_t *finding;
    json_array_foreach((json_t *)findings, index, finding)
    {
        const char *id = json_string_value(json_object_get(finding, "id"));
        if (id && strcmp(json_string_value(json_object_get(finding, "level")), "W") == 0)
            return id;
    }
    return "";
}

static bool submit_show_text(const struct handed *handed, const json_t *findings)
{
    char mid[33] = "-";
    size_t index;
    json_t *finding;
    if (handed->id)
        hex_show(bytes_of(handed->message_id, 16), mid, sizeof mid);
    show_line_place(stdout, handed->file, handed->line);
    printf(" local %-8" PRId64 " %-32s  ", handed->id, mid);
    show_word(stdout, handed_word(handed), 30);
    printf("%s\n", handed->case_id);
    json_array_foreach(findings, index, finding)
    {
        const char *id = "";
        const char *level = "";
        const char *path = "";
        const char *chinese = "";
        const char *fix = "";
        if (json_unpack(finding, "{s:s, s:s, s:s, s:s, s:s}", "id", &id, "level", &level, "path", &path, "text_zh",
                        &chinese, "fix", &fix) == 0)
            printf("    %s %s %s: %s；%s\n", id, level, path, chinese, fix);
    }
    if (handed->is_held_back)
        printf("    请先核实；提示确不成立的，用 --contest %s=理由 或申请内的 contest 说明后再提交"
               " (give a reason for each warning that does not hold)\n",
               first_warning(findings));
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

/* Before the transaction, which others wait for. */
static enum status submit_copy_files(struct submit *submit, const struct checked_line *checked)
{
    struct digest *digest = NULL;
    if (checked->file_count == 0)
        return STATUS_OK;
    enum status status = submit_commit(submit);
    if (status == STATUS_OK)
        status = digest_new(&digest);
    for (uint32_t i = 0; i < checked->file_count && status == STATUS_OK; i++)
        status = owed_file_copy(submit->settings->data, digest, &checked->files[i]);
    digest_free(&digest);
    return status;
}

static enum status submit_enter_lanes(struct book *book, int64_t id, const json_t *application)
{
    enum status status = STATUS_OK;
    size_t index;
    json_t *unit;
    json_array_foreach(json_object_get(application, "units"), index, unit)
    {
        const char *number = json_string_value(json_object_get(unit, "bdcdyh"));
        if (status == STATUS_OK && number != NULL)
            status = outbox_enter_lane(book, id, text_of(number));
    }
    return status == STATUS_OK ? outbox_hurry_before(book, id) : status;
}

/* Warnings do not stop an application, but the clerk must see them beside it. */
static enum status submit_hand_over(struct submit *submit, const struct line *line, struct checked_line *checked)
{
    struct handed handed = {.file = line->file,
                            .line = line->number,
                            .warnings = json_array_size(checked->findings) > 0 ? checked->findings : NULL};
    enum status status = submit_copy_files(submit, checked);
    if (status == STATUS_OK && !book_is_writing(submit->book))
        status = book_begin(submit->book);
    if (status == STATUS_OK)
        status = outbox_add(submit->book, MESSAGE_CASE_SUBMIT, (struct text){NULL, 0}, checked->body, clock_now_us(),
                            &handed.id, handed.message_id);
    for (uint32_t i = 0; i < checked->file_count && status == STATUS_OK; i++)
        status = owed_files_add(submit->book, handed.id, &checked->files[i]);
    if (status == STATUS_OK && submit->group.data)
        status = outbox_set_group(submit->book, handed.id, submit->group);
    if (status == STATUS_OK && submit->is_bulk)
        status = outbox_set_priority(submit->book, handed.id, PRIORITY_BULK);
    if (status == STATUS_OK)
        status = submit_enter_lanes(submit->book, handed.id, checked->application);
    if (status == STATUS_OK && !handed_list_add(&submit->handed, &handed))
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        json_incref(handed.warnings);
    return status;
}

static enum status submit_refuse(struct submit *submit, const struct line *line, json_t *findings, bool is_held_back)
{
    const struct handed handed = {.file = line->file, .line = line->number, .is_held_back = is_held_back};
    submit->has_refused = true;
    enum status status = submit_commit(submit); /* in the order of the lines */
    if (status == STATUS_OK && !submit_show(submit, &handed, findings))
        status = STATUS_IO;
    return status;
}

/* The application as it is filed: under the digest of what the clerk sees, each warning with its reason. */
static enum status submit_complete(struct submit *submit, const struct precheck_answer *answer,
                                   struct checked_line *checked, bool *is_complete)
{
    enum status status = contests_add(&submit->contests, answer->findings, checked->application, is_complete);
    if (status != STATUS_OK || !*is_complete)
        return status;
    if (json_object_set_new(checked->application, "precheck", json_string(answer->digest)) != 0)
        return STATUS_NO_MEMORY;
    return application_check_encode(submit->check, checked->application, &checked->body);
}

/* What the broker finds stands in the place of what this counter found, which is part of it. */
static enum status submit_ask_first(struct submit *submit, struct checked_line *checked, bool *is_held_back)
{
    struct precheck_answer answer;
    bool is_complete = true;
    enum status status = submit_commit(submit); /* the question must be seen, and the answers come in order */
    if (status == STATUS_OK)
        status = precheck_ask(submit->book, checked, submit->group, &answer);
    if (status != STATUS_OK)
        return status;
    if (answer.is_ok)
        status = submit_complete(submit, &answer, checked, &is_complete);
    json_decref(checked->findings);
    checked->findings = json_incref(answer.findings);
    checked->is_ok = answer.is_ok && is_complete;
    *is_held_back = answer.is_ok && !is_complete;
    precheck_answer_fini(&answer);
    return status;
}

static enum status submit_line(struct submit *submit, const struct line *line)
{
    struct checked_line checked;
    bool is_held_back = false;
    submit->line_count++;
    enum status status = application_check_line(submit->check, line, submit->file.today, &checked);
    if (status != STATUS_OK)
        return status;
    if (submit->asks_first && checked.body.data && !checked.has_bad_file)
        status = submit_ask_first(submit, &checked, &is_held_back);
    if (status == STATUS_OK && checked.is_ok)
        status = submit_hand_over(submit, line, &checked);
    else if (status == STATUS_OK)
        status = submit_refuse(submit, line, checked.findings, is_held_back);
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

static const char *submit_why(const struct submit *submit, enum status status, bool was_all_read)
{
    if (status == STATUS_TIMEOUT && !was_all_read)
        return "the broker did not answer; what was handed in before stays in the outbox, the rest was not";
    if (status == STATUS_TIMEOUT)
        return "not all of it came so far in time; it stays in the outbox";
    return status == STATUS_LIMIT ? "the application is too large" : book_why(submit->book);
}

static enum exit_code submit_run(struct submit *submit)
{
    bool was_all_read = false;
    if (submit->asks_first && !folder_lock_is_held(submit->settings->data))
        return complain(STATUS_NO_SESSION, "--precheck asks through `onevisit-branch run`; start it first");
    enum status status = lines_open(submit->file.path, &submit->lines);
    if (status == STATUS_NOT_FOUND || status == STATUS_IO)
        return complain_of_file(status, submit->file.path);
    enum exit_code code = file_options_open_check(&submit->file, &submit->check);
    if (code != EXIT_DONE)
        return code;
    if (status == STATUS_OK)
        status = submit_all(submit);
    was_all_read = status == STATUS_OK;
    if (status == STATUS_OK)
        status = submit_await(submit);
    if (status != STATUS_OK)
        return complain(status, submit_why(submit, status, was_all_read));
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
