#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/store/directory_file.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

static bool write_row(FILE *file, const struct directory_row *row, bool is_last)
{
    json_t *json = record_to_json(&record_directory_row, row);
    char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
    bool is_written = line && fprintf(file, "%s%s\n", line, is_last ? "" : ",") > 0;
    free(line);
    json_decref(json);
    return is_written;
}

static bool write_rows(FILE *file, const struct fact_directory *directory)
{
    if (fprintf(file, "{\"version\":%d,\"participants\":[\n", DIRECTORY_VERSION) < 0)
        return false;
    for (uint32_t i = 0; i < directory->rows.count; i++)
        if (!write_row(file, &directory->rows.items[i], i + 1 == directory->rows.count))
            return false;
    return fprintf(file, "]}\n") > 0 && fflush(file) == 0;
}

static enum status sync_folder_of(const char *path, char *why)
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy) {
        why_set(why, "%s: the path is too long", path);
        return STATUS_USAGE;
    }
    memcpy(copy, path, strlen(path) + 1);
    return folder_sync(dirname(copy), why);
}

enum status directory_file_write(const char *path, const struct fact_directory *directory, char *why)
{
    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof temporary, "%s.new-XXXXXX", path);
    if (length < 0 || (size_t)length >= sizeof temporary) {
        why_set(why, "the path of the directory file is too long");
        return STATUS_USAGE;
    }
    int descriptor = mkostemp(temporary, O_CLOEXEC);
    if (descriptor < 0)
        return file_error(errno, path, "cannot write beside", why);
    enum status status = STATUS_OK;
    FILE *file = fdopen(descriptor, "w");
    if (!file)
        close(descriptor);
    if (!file || fchmod(descriptor, 0644) != 0 || !write_rows(file, directory) || fsync(descriptor) != 0)
        status = file_error(errno, temporary, "cannot write", why);
    if (file && fclose(file) != 0 && status == STATUS_OK)
        status = file_error(errno, temporary, "cannot close", why);
    if (status == STATUS_OK && rename(temporary, path) != 0)
        status = file_error(errno, path, "cannot replace", why);
    if (status != STATUS_OK) {
        unlink(temporary);
        return status == STATUS_NOT_FOUND ? STATUS_IO : status;
    }
    return sync_folder_of(path, why);
}

enum status directory_file_lock(const char *path, int *out_lock, char *why)
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy) {
        why_set(why, "%s: the path is too long", path);
        return STATUS_USAGE;
    }
    memcpy(copy, path, strlen(path) + 1);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return file_error(errno, path, "cannot open the folder of", why);
    int result;
    do
        result = flock(folder, LOCK_EX);
    while (result != 0 && errno == EINTR);
    if (result != 0) {
        enum status status = file_error(errno, path, "cannot lock the folder of", why);
        close(folder);
        return status;
    }
    *out_lock = folder;
    return STATUS_OK;
}

void directory_file_unlock(int *lock)
{
    if (*lock >= 0)
        close(*lock);
    *lock = -1;
}
