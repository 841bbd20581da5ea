#include "broker/store/rules_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "broker/store/journal.h"
#include "broker/store/rules_judge.h"
#include "broker/store/sm3.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

/* ---- problems ---- */

void rules_problem_at(struct rules_judgement *judgement, unsigned line, const char *path, const char *sentence)
{
    if (judgement->problem_count++ == 0)
        why_set(judgement->why, "%s: line %u: %s%s%s", judgement->path, line, path, *path ? ": " : "", sentence);
    if (judgement->take)
        judgement->take(line, path, sentence, judgement->context);
}

static const config_setting_t *setting_below(const config_setting_t *setting, const char *step)
{
    char *end = NULL;
    unsigned long index = strtoul(step, &end, 10);
    if (config_setting_is_group(setting))
        return config_setting_get_member(setting, step);
    return *end == '\0' && config_setting_is_aggregate(setting) ? config_setting_get_elem(setting, (unsigned)index)
                                                                : NULL;
}

/* The line of the deepest setting on the way. */
static unsigned line_of(const config_setting_t *root, const char *path)
{
    const config_setting_t *setting = root;
    unsigned line = 1;
    while (setting && *path) {
        char step[RECORD_PATH_SIZE_MAX];
        size_t size = strcspn(path, "/");
        (void)snprintf(step, sizeof step, "%.*s", (int)size, path);
        path += size + (path[size] == '/');
        setting = setting_below(setting, step);
        if (setting)
            line = config_setting_source_line(setting);
    }
    return line;
}

void rules_problem(struct rules_judgement *judgement, const char *path, const char *format, ...)
{
    char sentence[RULES_WHY_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    rules_problem_at(judgement, judgement->root ? line_of(judgement->root, path) : 1, path, sentence);
}

/* ---- settings become JSON, which the records know how to read ---- */

static json_t *json_of_setting(const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_GROUP:
        return json_object();
    case CONFIG_TYPE_ARRAY:
    case CONFIG_TYPE_LIST:
        return json_array();
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return json_integer(config_setting_get_int64(setting));
    case CONFIG_TYPE_BOOL:
        return json_boolean(config_setting_get_bool(setting));
    case CONFIG_TYPE_STRING:
        return json_string(config_setting_get_string(setting)); /* NULL: not UTF-8 */
    }
    return json_real(config_setting_get_float(setting));
}

struct level {
    const config_setting_t *setting;
    json_t *json;
    int next;
};

static void put(const struct level *level, const config_setting_t *child, json_t *json)
{
    if (config_setting_is_group(level->setting))
        (void)json_object_set_new(level->json, config_setting_name(child), json);
    else
        (void)json_array_append_new(level->json, json);
}

/* NULL when a value is no text or the settings are nested deeper than any rule; `line` says where. */
static json_t *json_of_settings(const config_setting_t *root, unsigned *line)
{
    struct level levels[RECORD_DEPTH_MAX] = {{root, json_object(), 0}};
    int depth = 1;
    while (depth > 0) {
        struct level *level = &levels[depth - 1];
        if (level->next == config_setting_length(level->setting)) {
            depth--;
            continue;
        }
        const config_setting_t *child = config_setting_get_elem(level->setting, (unsigned)level->next++);
        bool is_nested = config_setting_is_aggregate(child);
        json_t *json = is_nested && depth == RECORD_DEPTH_MAX ? NULL : json_of_setting(child);
        if (!json) {
            *line = config_setting_source_line(child);
            json_decref(levels[0].json);
            return NULL;
        }
        put(level, child, json);
        if (is_nested)
            levels[depth++] = (struct level){child, json, 0};
    }
    return levels[0].json;
}

/* ---- the whole ---- */

static void add_form(struct rules_judgement *judgement, const struct problem *problem)
{
    char sentence[RULES_WHY_SIZE];
    if (problem->kind == PROBLEM_RULE && problem->field)
        rules_problem(judgement, problem->path, "not %s", rule_english(problem->field->rule));
    else
        rules_problem(judgement, problem->path, "%s", problem_english(problem, sentence, sizeof sentence));
}

static enum status take_rules(struct rules_judgement *judgement, const json_t *json, struct arena *arena,
                              struct window_rules *out)
{
    struct problems problems = {0};
    uint8_t *buffer = arena_take(arena, RULES_FILE_SIZE_MAX);
    size_t used = 0;
    enum status status = buffer ? json_to_msgpack(json, buffer, RULES_FILE_SIZE_MAX, &used) : STATUS_LIMIT;
    if (status == STATUS_OK)
        status = record_decode(&record_window_rules, bytes_of(buffer, used), arena, out, &problems);
    if (status != STATUS_OK && status != STATUS_BAD_BODY)
        return status;
    for (uint32_t i = 0; i < problems.count; i++)
        add_form(judgement, &problems.items[i]);
    rules_judge(judgement, out);
    return judgement->problem_count > 0 ? STATUS_CONFIG : STATUS_OK;
}

static enum status take_settings(struct rules_judgement *judgement, config_t *config, const char *text,
                                 struct arena *arena, struct window_rules *out)
{
    if (!config_read_string(config, text)) {
        rules_problem_at(judgement, (unsigned)config_error_line(config), "", config_error_text(config));
        return STATUS_CONFIG;
    }
    unsigned line = 1;
    judgement->root = config_root_setting(config);
    json_t *json = json_of_settings(judgement->root, &line);
    if (!json) {
        rules_problem_at(judgement, line, "", "a text that is not UTF-8, or settings nested too deep");
        return STATUS_CONFIG;
    }
    enum status status = take_rules(judgement, json, arena, out);
    json_decref(json);
    return status;
}

/* What another file holds would change without this file's version. */
static bool includes_another(const char *text, unsigned *line)
{
    for (*line = 1; *text != '\0'; (*line)++) {
        if (strncmp(text + strspn(text, " \t\r"), "@include", strlen("@include")) == 0)
            return true;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return false;
}

static enum status take_text(struct rules_judgement *judgement, const char *text, size_t size, struct arena *arena,
                             struct fact_rules *out)
{
    unsigned line = 1;
    if (includes_another(text, &line) || strlen(text) != size) {
        rules_problem_at(judgement, line, "", "an @include or a zero byte here; a rule file is text that stands alone");
        return STATUS_CONFIG;
    }
    config_t config;
    config_init(&config);
    enum status status = take_settings(judgement, &config, text, arena, &out->rules);
    config_destroy(&config);
    uint8_t *digest = arena_take(arena, SM3_SIZE);
    if (!digest)
        return STATUS_LIMIT;
    digest_sm3(bytes_of(text, size), digest);
    out->digest = bytes_of(digest, SM3_SIZE);
    out->is_present = true;
    return status;
}

enum status rules_file_judge(const char *path, struct arena *arena, struct fact_rules *out, char *why,
                             rules_take_problem *take, void *context)
{
    struct rules_judgement judgement = {.path = path, .why = why, .take = take, .context = context};
    size_t size = 0;
    memset(out, 0, sizeof *out);
    why[0] = '\0';
    uint8_t *text = malloc(RULES_FILE_SIZE_MAX + 1);
    if (!text)
        return STATUS_NO_MEMORY;
    enum status status = small_file_read(path, text, RULES_FILE_SIZE_MAX, &size, why);
    if (status == STATUS_OK) {
        text[size] = '\0';
        status = take_text(&judgement, (const char *)text, size, arena, out);
    }
    if (status != STATUS_OK && why[0] == '\0')
        why_set(why, "%s: %s", path, status_english(status));
    free(text);
    return status;
}

unsigned rules_file_version_line(const char *path)
{
    config_t config;
    unsigned line = 1;
    config_init(&config);
    if (config_read_file(&config, path))
        line = line_of(config_root_setting(&config), "version");
    config_destroy(&config);
    return line;
}
