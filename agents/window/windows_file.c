#include "agents/window/windows_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/message.h"

enum status window_names_add(struct window_names *names, const char *name, char *why, unsigned why_size)
{
    struct text text = text_of(name);
    if (!rule_holds(RULE_PARTICIPANT, text) || participant_role(text) != ROLE_WINDOW ||
        text.size >= sizeof names->items[0]) {
        snprintf(why, why_size, "\"%s\" is no window: W:<district of 6 digits> is meant, as W:370102", name);
        return STATUS_CONFIG;
    }
    for (uint32_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0) {
            snprintf(why, why_size, "%s stands twice", name);
            return STATUS_CONFIG;
        }
    if (names->count == WINDOWS_FILE_COUNT_MAX) {
        snprintf(why, why_size, "more than %d windows", WINDOWS_FILE_COUNT_MAX);
        return STATUS_CONFIG;
    }
    memcpy(names->items[names->count++], text.data, text.size + 1);
    return STATUS_OK;
}

static int compare_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

void window_names_sort(struct window_names *names)
{
    qsort(names->items, names->count, sizeof names->items[0], compare_name);
}

/* The line without comment and blanks around it. */
static char *line_name(char *line)
{
    line[strcspn(line, "#\r\n")] = 0;
    line += strspn(line, " \t");
    size_t size = strlen(line);
    while (size > 0 && (line[size - 1] == ' ' || line[size - 1] == '\t'))
        line[--size] = 0;
    return line;
}

static enum status read_lines(FILE *file, const char *path, struct window_names *out, char *why, unsigned why_size)
{
    char line[256];
    char reason[192];
    enum status status = STATUS_OK;
    for (int number = 1; status == STATUS_OK && fgets(line, sizeof line, file); number++) {
        const char *name = line_name(line);
        if (name[0])
            status = window_names_add(out, name, reason, sizeof reason);
        if (status != STATUS_OK)
            snprintf(why, why_size, "%s: line %d: %s", path, number, reason);
    }
    return status;
}

enum status windows_file_read(const char *path, struct window_names *out, char *why, unsigned why_size)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        snprintf(why, why_size, "%s: %s", path, strerror(errno));
        return STATUS_NOT_FOUND;
    }
    enum status status = read_lines(file, path, out, why, why_size);
    fclose(file);
    if (status == STATUS_OK && out->count == 0) {
        snprintf(why, why_size, "%s names no window", path);
        status = STATUS_CONFIG;
    }
    window_names_sort(out);
    return status;
}
