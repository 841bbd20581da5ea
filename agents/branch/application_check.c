#include "agents/branch/application_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/checks/finding_json.h"

struct application_check {
    struct arena arena;
    uint8_t *body;
    struct problems problems;
    struct check_result result;
    struct case_submit application;
    const struct clerks *clerks; /* borrowed; NULL: no list is given */
    struct attach attach;
};

/* The envelope travels beside the body within MESSAGE_SIZE_MAX. */
enum { BODY_SIZE_MAX = MESSAGE_SIZE_MAX - 1024 };

enum status application_check_new(struct application_check **out)
{
    struct application_check *check = calloc(1, sizeof *check);
    *out = NULL;
    if (!check)
        return STATUS_NO_MEMORY;
    uint8_t *memory = malloc(MESSAGE_ARENA_SIZE);
    check->arena = arena_over(memory, memory ? MESSAGE_ARENA_SIZE : 0);
    check->body = malloc(BODY_SIZE_MAX);
    *out = check;
    enum status status = memory && check->body ? attach_init(&check->attach, NULL) : STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        application_check_free(out);
    return status;
}

void application_check_use_clerks(struct application_check *check, const struct clerks *clerks)
{
    check->clerks = clerks;
}

void application_check_use_files(struct application_check *check, const char *folder)
{
    check->attach.folder = folder;
}

void application_check_free(struct application_check **check)
{
    if (!*check)
        return;
    attach_fini(&(*check)->attach);
    free((*check)->arena.memory);
    free((*check)->body);
    free(*check);
    *check = NULL;
}

void checked_line_fini(struct checked_line *line)
{
    json_decref(line->findings);
    json_decref(line->application);
    line->findings = NULL;
    line->application = NULL;
}

/* ---- findings ---- */

/* `finding` is taken. Besides both languages it carries `fix` as the wire's finding does. */
static bool findings_append(struct checked_line *out, json_t *finding)
{
    const char *level = json_string_value(json_object_get(finding, "level"));
    json_t *fix = json_object_get(finding, "fix_zh");
    bool is_error = level && level[0] == 'E';
    out->error_count += is_error ? 1 : 0;
    out->warning_count += is_error ? 0 : 1;
    if (finding && json_object_set(finding, "fix", fix) == 0)
        return json_array_append_new(out->findings, finding) == 0;
    json_decref(finding);
    return false;
}

struct both_languages {
    const char *chinese;
    const char *english;
};

static const struct both_languages fix_line = {"每行必须是一个完整的 JSON 对象，不超过 1 MiB",
                                               "each line is one whole JSON object of at most 1 MiB"};
static const struct both_languages fix_encoding = {"将文件另存为 UTF-8（不带 BOM）",
                                                   "save the file as UTF-8 without a byte order mark"};
static const struct both_languages fix_more = {"改正后再检查一次", "correct them and check again"};

/* What keeps a line from being checked at all. */
static bool findings_add_broken(struct checked_line *out, const char *id, struct both_languages text,
                                struct both_languages fix)
{
    return findings_append(out, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", id, "level", "E", "path", "",
                                          "text_zh", text.chinese, "text_en", text.english, "fix_zh", fix.chinese,
                                          "fix_en", fix.english));
}

static bool findings_add_result(struct checked_line *out, const struct check_result *result)
{
    for (uint32_t i = 0; i < result->count; i++)
        if (!findings_append(out, finding_json(&result->items[i])))
            return false;
    /* More than can be listed: nothing unlisted may pass for checked. */
    return !result->has_more ||
           findings_add_broken(out, "MORE",
                               (struct both_languages){"问题太多，没有全部列出", "more findings than are listed"},
                               fix_more);
}

/* ---- one line ---- */

static bool is_unauthorised(const struct application_check *check)
{
    const struct case_submit *application = &check->application;
    return check->clerks && !clerks_allow(check->clerks, application->bank.clerk, application->kind);
}

static bool check_judge(struct application_check *check, const json_t *json, struct date today,
                        struct checked_line *out)
{
    memset(&check->problems, 0, sizeof check->problems);
    memset(&check->result, 0, sizeof check->result);
    arena_reset(&check->arena);
    enum status status =
        record_from_json(&record_case_submit, json, &check->arena, &check->application, &check->problems);
    if (status != STATUS_OK && status != STATUS_BAD_BODY)
        return findings_add_broken(
            out, "JSON",
            (struct both_languages){"申请内容过多，无法读取", "there is more in this application than can be read"},
            fix_line);
    const struct check_input input = {.application = &check->application,
                                      .problems = &check->problems,
                                      .today = today,
                                      .clerk_is_unauthorised = is_unauthorised(check)};
    check_application(&input, &check->result);
    return findings_add_result(out, &check->result);
}

enum status application_check_encode(struct application_check *check, const json_t *application, struct bytes *out)
{
    size_t used = 0;
    if (json_to_msgpack(application, check->body, BODY_SIZE_MAX, &used) != STATUS_OK)
        return STATUS_LIMIT;
    *out = bytes_of(check->body, used);
    return STATUS_OK;
}

static bool check_encode(struct application_check *check, const json_t *json, struct checked_line *out)
{
    if (application_check_encode(check, json, &out->body) == STATUS_OK)
        return true;
    return findings_add_broken(
        out, "JSON", (struct both_languages){"申请过大或层次过深", "the application is too large or too deep"},
        fix_line);
}

/* Leaves what is wrong and drops the quotation behind it, which may be a name or an id. */
static void error_shorten(char *text)
{
    char *quotation = strstr(text, " near ");
    if (quotation)
        *quotation = '\0';
}

/* In Chinese, and without the words of the JSON reader. */
static const char *error_chinese(enum json_error_code code)
{
    switch ((int)code) {
    case json_error_premature_end_of_input:
        return "内容不完整";
    case json_error_end_of_input_expected:
        return "对象之后还有多余内容";
    case json_error_duplicate_key:
        return "同一字段出现两次";
    case json_error_numeric_overflow:
        return "数字过大";
    case json_error_stack_overflow:
        return "层次过深";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "含有空字符";
    case json_error_invalid_utf8:
        return "不是 UTF-8 编码";
    default:
        return "不是 JSON 对象的写法";
    }
}

static bool has_byte_order_mark(struct text text)
{
    return text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0;
}

static bool check_add_error(struct text text, json_error_t *error, struct checked_line *out)
{
    char chinese[256];
    char english[256];
    bool is_encoding = json_error_code(error) == json_error_invalid_utf8;
    if (has_byte_order_mark(text))
        return findings_add_broken(
            out, "JSON",
            (struct both_languages){"行首有 BOM（字节顺序标记）", "the line begins with a byte order mark (BOM)"},
            fix_encoding);
    error_shorten(error->text);
    snprintf(chinese, sizeof chinese, "第 %d 个字符处 JSON 有误：%s", error->column,
             error_chinese(json_error_code(error)));
    snprintf(english, sizeof english, "broken JSON at character %d: %s%s", error->column,
             is_encoding ? "not UTF-8, " : "", error->text);
    return findings_add_broken(out, "JSON", (struct both_languages){chinese, english},
                               is_encoding ? fix_encoding : fix_line);
}

static bool check_text(struct application_check *check, struct text text, struct date today, struct checked_line *out)
{
    json_error_t error;
    json_t *json = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, &error);
    bool is_done = false;
    if (!json) {
        is_done = check_add_error(text, &error, out);
    } else if (!json_is_object(json)) {
        is_done = findings_add_broken(
            out, "JSON", (struct both_languages){"应为一个 JSON 对象", "a JSON object is meant"}, fix_line);
    } else {
        is_done = attach_application(&check->attach, json) == STATUS_OK && check_judge(check, json, today, out) &&
                  findings_add_result(out, &check->attach.found) && check_encode(check, json, out);
        out->files = check->attach.files;
        out->file_count = check->attach.count;
        out->has_bad_file = check->attach.found.error_count > 0;
        out->application = json_incref(json);
    }
    json_decref(json);
    return is_done;
}

enum status application_check_line(struct application_check *check, const struct line *line, struct date today,
                                   struct checked_line *out)
{
    memset(out, 0, sizeof *out);
    out->findings = json_array();
    bool is_done = out->findings != NULL;
    if (is_done && line->is_too_long)
        is_done = findings_add_broken(
            out, "JSON", (struct both_languages){"此行超过 1 MiB", "the line is longer than 1 MiB"}, fix_line);
    else if (is_done)
        is_done = check_text(check, line->text, today, out);
    out->is_ok = is_done && out->error_count == 0;
    if (is_done)
        return STATUS_OK;
    checked_line_fini(out);
    return STATUS_NO_MEMORY;
}
