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
    if (memory && check->body)
        return STATUS_OK;
    application_check_free(out);
    return STATUS_NO_MEMORY;
}

void application_check_free(struct application_check **check)
{
    if (!*check)
        return;
    free((*check)->arena.memory);
    free((*check)->body);
    free(*check);
    *check = NULL;
}

void checked_line_fini(struct checked_line *line)
{
    json_decref(line->findings);
    line->findings = NULL;
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

/* What keeps a line from being checked at all. */
static bool findings_add_broken(struct checked_line *out, const char *id, const char *chinese, const char *english)
{
    return findings_append(out, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", id, "level", "E", "path", "",
                                          "text_zh", chinese, "text_en", english, "fix_zh",
                                          "每行必须是一个完整的 JSON 对象，不超过 1 MiB", "fix_en",
                                          "each line is one whole JSON object of at most 1 MiB"));
}

static bool findings_add_result(struct checked_line *out, const struct check_result *result)
{
    for (uint32_t i = 0; i < result->count; i++)
        if (!findings_append(out, finding_json(&result->items[i])))
            return false;
    /* More than can be listed: nothing unlisted may pass for checked. */
    return !result->has_more || findings_add_broken(out, "MORE", "问题太多，没有全部列出；请先改正所列问题再检查",
                                                    "more findings than are listed; correct these and check again");
}

/* ---- one line ---- */

static bool check_judge(struct application_check *check, const json_t *json, struct date today,
                        struct checked_line *out)
{
    memset(&check->problems, 0, sizeof check->problems);
    memset(&check->result, 0, sizeof check->result);
    arena_reset(&check->arena);
    enum status status =
        record_from_json(&record_case_submit, json, &check->arena, &check->application, &check->problems);
    if (status != STATUS_OK && status != STATUS_BAD_BODY)
        return findings_add_broken(out, "JSON", "申请内容过多，无法读取",
                                   "there is more in this application than can be read");
    check_application(&check->application, &check->problems, today, &check->result);
    return findings_add_result(out, &check->result);
}

static bool check_encode(struct application_check *check, const json_t *json, struct checked_line *out)
{
    size_t used = 0;
    if (json_to_msgpack(json, check->body, BODY_SIZE_MAX, &used) != STATUS_OK)
        return findings_add_broken(out, "JSON", "申请过大或层次过深", "the application is too large or too deep");
    out->body = bytes_of(check->body, used);
    return true;
}

/* Leaves what is wrong and drops the quotation behind it, which may be a name or an id. */
static void error_shorten(char *text)
{
    char *quotation = strstr(text, " near ");
    if (quotation)
        *quotation = '\0';
}

static bool check_text(struct application_check *check, struct text text, struct date today, struct checked_line *out)
{
    json_error_t error;
    char chinese[256];
    char english[256];
    json_t *json = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, &error);
    bool is_done = false;
    if (!json) {
        error_shorten(error.text);
        snprintf(chinese, sizeof chinese, "第 %d 个字符处 JSON 有误：%s", error.column, error.text);
        snprintf(english, sizeof english, "broken JSON at character %d: %s", error.column, error.text);
        is_done = findings_add_broken(out, "JSON", chinese, english);
    } else if (!json_is_object(json)) {
        is_done = findings_add_broken(out, "JSON", "应为一个 JSON 对象", "a JSON object is meant");
    } else {
        is_done = check_judge(check, json, today, out) && (out->error_count > 0 || check_encode(check, json, out));
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
        is_done = findings_add_broken(out, "JSON", "此行超过 1 MiB", "the line is longer than 1 MiB");
    else if (is_done)
        is_done = check_text(check, line->text, today, out);
    out->is_ok = is_done && out->error_count == 0;
    if (is_done)
        return STATUS_OK;
    checked_line_fini(out);
    return STATUS_NO_MEMORY;
}
