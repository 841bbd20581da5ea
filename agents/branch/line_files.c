#include "agents/branch/line_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_line_file(const char *name)
{
    static const char ending[] = ".jsonl";
    size_t size = strlen(name);
    return name[0] != '.' && size >= sizeof ending && strcmp(name + size - (sizeof ending - 1), ending) == 0;
}

static bool files_make_room(struct line_files *files)
{
    if (files->count < files->capacity)
        return true;
    size_t capacity = files->capacity ? files->capacity * 2 : 16;
    char **paths = realloc(files->paths, capacity * sizeof *paths);
    if (!paths)
        return false;
    files->paths = paths;
    files->capacity = capacity;
    return true;
}

static enum status files_add(struct line_files *files, const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = files_make_room(files) ? malloc(size) : NULL;
    if (!path)
        return STATUS_NO_MEMORY;
    snprintf(path, size, "%s/%s", folder, name);
    files->paths[files->count++] = path;
    return STATUS_OK;
}

static int compare_paths(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static enum status files_list(DIR *directory, const char *folder, struct line_files *out)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry)
            return errno == 0 ? STATUS_OK : STATUS_IO;
        if (is_line_file(entry->d_name))
            status = files_add(out, folder, entry->d_name);
    }
    return status;
}

enum status line_files_read(const char *folder, struct line_files *out)
{
    memset(out, 0, sizeof *out);
    DIR *directory = opendir(folder);
    if (!directory)
        return STATUS_IO;
    enum status status = files_list(directory, folder, out);
    closedir(directory);
    if (status != STATUS_OK)
        line_files_fini(out);
    else if (out->count > 1)
        qsort(out->paths, out->count, sizeof *out->paths, compare_paths);
    return status;
}

void line_files_fini(struct line_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->paths[i]);
    free(files->paths);
    memset(files, 0, sizeof *files);
}
