#include <stdio.h>
#include <string.h>

#include "broker/store/small_file.h"
#include "tests/sim/disk.h"

/* The small files of the broker's folder, on the simulated disk: each is whole
 * or not there. */

static struct disk_file *find(const char *path)
{
    struct disk *disk = disk_inserted();
    for (uint32_t i = 0; i < disk->file_count; i++)
        if (strcmp(disk->files[i].path, path) == 0)
            return &disk->files[i];
    return NULL;
}

static enum status refuse(const char *path, const char *what, enum status status, char *why)
{
    if (why != NULL)
        snprintf(why, STORE_WHY_SIZE, "%.120s: %.100s", path, what);
    return status;
}

static enum status put(const char *path, struct bytes bytes, bool is_folder, char *why)
{
    struct disk *disk = disk_inserted();
    struct disk_file *file = find(path);

    if (!disk_effect(disk))
        return refuse(path, "the simulated disk failed", STATUS_IO, why);
    if (file == NULL && disk->file_count < DISK_FILE_COUNT_MAX)
        file = &disk->files[disk->file_count++];
    if (file == NULL || bytes.size > sizeof file->data || strlen(path) >= sizeof file->path)
        return refuse(path, "does not fit the simulated disk", STATUS_DISK_FULL, why);
    snprintf(file->path, sizeof file->path, "%s", path);
    if (bytes.size > 0)
        memcpy(file->data, bytes.data, bytes.size);
    file->size = bytes.size;
    file->is_folder = is_folder;
    return STATUS_OK;
}

enum status small_file_path(char *out, const char *folder, const char *name, char *why)
{
    const int size = snprintf(out, SMALL_FILE_PATH_SIZE, "%s/%s", folder, name);
    return size < SMALL_FILE_PATH_SIZE ? STATUS_OK : refuse(folder, "too long", STATUS_CONFIG, why);
}

/* What operators write lies on the real disk. */
static enum status read_outside(const char *path, uint8_t *out, size_t capacity, size_t *size, char *why)
{
    FILE *file = fopen(path, "r");

    if (file == NULL)
        return refuse(path, "not there", STATUS_NOT_FOUND, why);
    *size = fread(out, 1, capacity, file);
    fclose(file);
    return *size < capacity ? STATUS_OK : refuse(path, "too large", STATUS_CORRUPT, why);
}

enum status small_file_read(const char *path, uint8_t *out, size_t capacity, size_t *size, char *why)
{
    const struct disk_file *file = find(path);

    *size = 0;
    if (strncmp(path, "/sim/", 5) != 0)
        return read_outside(path, out, capacity, size, why);
    if (file == NULL || file->is_folder)
        return refuse(path, "not there", STATUS_NOT_FOUND, why);
    if (file->size > capacity)
        return refuse(path, "too large", STATUS_CORRUPT, why);
    memcpy(out, file->data, file->size);
    *size = file->size;
    return STATUS_OK;
}

enum status small_file_write(const char *folder, const char *name, struct bytes bytes, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    const enum status status = small_file_path(path, folder, name, why);
    return status == STATUS_OK ? put(path, bytes, false, why) : status;
}

enum status small_file_overwrite(const char *path, struct bytes bytes, char *why)
{
    return put(path, bytes, false, why);
}

enum status small_file_remove(const char *folder, const char *name, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    struct disk *disk = disk_inserted();
    const enum status status = small_file_path(path, folder, name, why);
    struct disk_file *file = status == STATUS_OK ? find(path) : NULL;

    if (!disk_effect(disk))
        return refuse(path, "the simulated disk failed", STATUS_IO, why);
    if (file != NULL)
        *file = disk->files[--disk->file_count];
    return status;
}

bool small_file_is_there(const char *path)
{
    return find(path) != NULL;
}

enum status folder_make(const char *folder, char *why)
{
    return find(folder) != NULL ? STATUS_OK : put(folder, (struct bytes){NULL, 0}, true, why);
}

enum status folder_sync(const char *folder, char *why)
{
    (void)folder;
    (void)why;
    return STATUS_OK;
}

/* `path` is what stands behind the folder and its slash. */
static bool is_of_name(const char *path, const char *name)
{
    const size_t size = strlen(name);
    return size > 0 && strncmp(path, name, size) == 0 && (path[size] == '\0' || path[size] == '/');
}

enum status folder_is_empty_but(const char *folder, const char *except, bool *is_empty, char *why)
{
    const struct disk *disk = disk_inserted();
    const size_t size = strlen(folder);

    (void)why;
    *is_empty = true;
    for (uint32_t i = 0; i < disk->file_count; i++)
        if (strncmp(disk->files[i].path, folder, size) == 0 && disk->files[i].path[size] == '/' &&
            !is_of_name(disk->files[i].path + size + 1, except))
            *is_empty = false;
    return STATUS_OK;
}

enum status folder_is_empty(const char *folder, bool *is_empty, char *why)
{
    return folder_is_empty_but(folder, "", is_empty, why);
}

enum status file_error(int error, const char *path, const char *what, char *why)
{
    (void)error;
    return refuse(path, what, STATUS_IO, why);
}

/* There are no folders here to remove. */
enum status folder_remove(const char *folder, char *why)
{
    (void)folder;
    (void)why;
    return STATUS_OK;
}
