#include "schemas/checks/counter.h"

#include <stdarg.h>
#include <stdio.h>

static void path_cut(struct path *path, int size)
{
    if (size >= (int)sizeof path->text)
        memcpy(path->text + sizeof path->text - 4, "...", 4);
}

struct path path_of(const char *format, ...)
{
    struct path path;
    va_list arguments;
    va_start(arguments, format);
    path_cut(&path, vsnprintf(path.text, sizeof path.text, format, arguments));
    va_end(arguments);
    return path;
}

/* The place for one more finding; NULL when there is no more room. */
static struct found *found_new(struct counter *counter, enum finding_name name, const char *path)
{
    struct check_result *out = counter->out;
    if (finding_row(name)->level[0] == 'E')
        out->error_count++;
    if (out->count == CHECK_FOUND_COUNT_MAX) {
        out->has_more = true;
        return NULL;
    }
    struct found *found = &out->items[out->count++];
    memset(found, 0, sizeof *found);
    found->name = name;
    snprintf(found->path, sizeof found->path, "%s", path);
    return found;
}

void counter_add(struct counter *counter, enum finding_name name, const char *path)
{
    found_new(counter, name, path);
}

void counter_add_detail(struct counter *counter, enum finding_name name, const char *path, const char *format, ...)
{
    struct found *found = found_new(counter, name, path);
    if (!found)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(found->detail, sizeof found->detail, format, arguments);
    va_end(arguments);
}

void counter_add_rule(struct counter *counter, const char *path, enum rule rule)
{
    struct found *found = found_new(counter, FINDING_F02_VALUE, path);
    if (found)
        found->rule = rule;
}

bool counter_was_named(const struct counter *counter, const char *path)
{
    return problems_name(counter->problems, path);
}

const struct problem *counter_problem(const struct counter *counter, const char *path)
{
    for (uint32_t index = 0; index < counter->problems->count; index++)
        if (strcmp(counter->problems->items[index].path, path) == 0)
            return &counter->problems->items[index];
    return NULL;
}

bool counter_lacks(const struct counter *counter, struct text value, const char *path)
{
    return !value.data && !counter_was_named(counter, path);
}
