#include "application.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_SIZE = 1 << 20 };

/* The container that holds the last step of `path`; the step goes to `step`. */
static json_t *container_of(json_t *root, const char *path, char step[64])
{
    json_t *at = root;
    for (;;) {
        size_t size = strcspn(path, "/");
        snprintf(step, 64, "%.*s", (int)size, path);
        if (path[size] == '\0')
            return at;
        at = json_is_array(at) ? json_array_get(at, strtoul(step, NULL, 10)) : json_object_get(at, step);
        cr_assert_not_null(at, "no such path: %s", path);
        path += size + 1;
    }
}

static void remove_at(json_t *root, const char *path)
{
    char step[64];
    json_t *container = container_of(root, path, step);
    int failed = json_is_array(container) ? json_array_remove(container, strtoul(step, NULL, 10))
                                          : json_object_del(container, step);
    cr_assert_eq(failed, 0, "nothing to remove: %s", path);
}

static void set_at(json_t *root, const char *path, json_t *value)
{
    char step[64];
    json_t *container = container_of(root, path, step);
    int failed = json_is_array(container) ? json_array_set_new(container, strtoul(step, NULL, 10), value)
                                          : json_object_set_new(container, step, value);
    cr_assert_eq(failed, 0, "cannot set: %s", path);
}

static void append_at(json_t *root, const char *path, json_t *value)
{
    char step[64];
    json_t *container = container_of(root, path, step);
    json_t *list = json_is_array(container) ? json_array_get(container, strtoul(step, NULL, 10))
                                            : json_object_get(container, step);
    cr_assert_eq(json_array_append_new(list, value), 0, "no list: %s", path);
}

static void mutate(json_t *root, char *line)
{
    if (line[0] == '-') {
        remove_at(root, line + 1);
        return;
    }
    char *equals = strchr(line, '=');
    cr_assert_not_null(equals, "%s", line);
    *equals = '\0';
    json_error_t error;
    json_t *value = json_loads(equals + 1, JSON_DECODE_ANY, &error);
    cr_assert_not_null(value, "%s: %s", equals + 1, error.text);
    if (line[0] == '+')
        append_at(root, line + 1, value);
    else
        set_at(root, line, value);
}

json_t *application_load(const char *name, const char *mutations)
{
    char file[64];
    char lines[4096];
    json_error_t error;
    snprintf(file, sizeof file, "tests/checks/data/%s.json", name);
    json_t *json = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(json, "%s: %s", file, error.text);
    cr_assert_lt(strlen(mutations), sizeof lines);
    snprintf(lines, sizeof lines, "%s", mutations);
    char *rest = NULL;
    for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        mutate(json, line);
    return json;
}

void application_check(const json_t *json, struct date today, struct check_result *out)
{
    const struct check_input known = {.today = today};
    application_check_knowing(json, &known, out);
}

void application_check_knowing(const json_t *json, const struct check_input *known, struct check_result *out)
{
    struct check_input input = *known;
    struct case_submit application;
    struct problems *problems = calloc(1, sizeof *problems);
    void *memory = malloc(ARENA_SIZE);
    struct arena arena = arena_over(memory, ARENA_SIZE);
    enum status status = record_from_json(&record_case_submit, json, &arena, &application, problems);
    cr_assert_eq(status == STATUS_OK, problems->count == 0, "%s", status_code(status));
    input.application = &application;
    input.problems = problems;
    check_application(&input, out);
    free(memory);
    free(problems);
}

const char *result_show(const struct check_result *result, char *out)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t index = 0; index < result->count && used < APPLICATION_TEXT_SIZE; index++) {
        const struct finding_row *row = finding_row(result->items[index].name);
        used += (size_t)snprintf(out + used, APPLICATION_TEXT_SIZE - used, "%s%s %s %s", used ? "\n" : "", row->id,
                                 row->level, result->items[index].path);
    }
    return out;
}
