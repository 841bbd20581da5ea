#include "agents/window/rule_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "broker/store/rules_file.h"

static bool is_served(const struct window_names *served, struct text window)
{
    for (uint32_t i = 0; i < served->count; i++)
        if (text_is(window, served->items[i]))
            return true;
    return false;
}

static enum status judge(const char *path, struct rule_file *out, char *why, size_t why_size)
{
    char reason[RULES_WHY_SIZE];
    out->memory = malloc(RULES_ARENA_SIZE);
    if (out->memory == NULL) {
        snprintf(why, why_size, "%s", status_english(STATUS_NO_MEMORY));
        return STATUS_NO_MEMORY;
    }
    struct arena arena = arena_over(out->memory, RULES_ARENA_SIZE);
    enum status status = rules_file_judge(path, &arena, &out->fact, reason, NULL, NULL);
    if (status != STATUS_OK)
        snprintf(why, why_size, "%s", reason);
    return status;
}

static enum status keep(struct rule_files *files, const struct rule_file *file, const char *path, char *why,
                        size_t why_size)
{
    struct text window = file->fact.rules.window;
    if (rule_files_of(files, window) != NULL) {
        snprintf(why, why_size, "%s: another file has the rules of %.*s already", path, TEXT_ARGS(window));
        return STATUS_CONFIG;
    }
    struct rule_file *items = realloc(files->items, (files->count + 1) * sizeof *items);
    if (items == NULL) {
        snprintf(why, why_size, "%s", status_english(STATUS_NO_MEMORY));
        return STATUS_NO_MEMORY;
    }
    files->items = items;
    files->items[files->count++] = *file;
    return STATUS_OK;
}

static enum status read_one(struct rule_files *files, const char *path, const struct window_names *served,
                            bool is_of_folder, char *why, size_t why_size)
{
    struct rule_file file = {.memory = NULL};
    enum status status = judge(path, &file, why, why_size);
    bool is_ours = status == STATUS_OK && is_served(served, file.fact.rules.window);
    if (status == STATUS_OK && !is_ours && !is_of_folder) {
        snprintf(why, why_size, "%s: %.*s is not served here", path, TEXT_ARGS(file.fact.rules.window));
        status = STATUS_CONFIG;
    }
    if (is_ours)
        status = keep(files, &file, path, why, why_size);
    if (!is_ours || status != STATUS_OK)
        free(file.memory);
    return status;
}

static int is_rule_file(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot != NULL && strcmp(dot, ".rules") == 0;
}

static enum status read_folder(struct rule_files *files, const char *path, const struct window_names *served, char *why,
                               size_t why_size)
{
    struct dirent **entries = NULL;
    enum status status = STATUS_OK;
    int count = scandir(path, &entries, is_rule_file, alphasort);
    if (count < 0) {
        snprintf(why, why_size, "%s: %s", path, status_english(STATUS_NOT_FOUND));
        return STATUS_NOT_FOUND;
    }
    for (int i = 0; i < count; i++) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (status == STATUS_OK)
            status = read_one(files, file, served, true, why, why_size);
        free(entries[i]);
    }
    free(entries);
    return status;
}

enum status rule_files_read(struct rule_files *files, const char *path, const struct window_names *served, char *why,
                            size_t why_size)
{
    struct stat about;
    bool is_folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    return is_folder ? read_folder(files, path, served, why, why_size)
                     : read_one(files, path, served, false, why, why_size);
}

void rule_files_free(struct rule_files *files)
{
    for (uint32_t i = 0; i < files->count; i++)
        free(files->items[i].memory);
    free(files->items);
    *files = (struct rule_files){0};
}

const struct window_rules *rule_files_of(const struct rule_files *files, struct text window)
{
    for (uint32_t i = 0; files != NULL && i < files->count; i++)
        if (text_equal(files->items[i].fact.rules.window, window))
            return &files->items[i].fact.rules;
    return NULL;
}
