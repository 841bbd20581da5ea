#include "broker/store/small_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/store/why.h"

enum { FOLDERS_OPEN_MAX = 16 /* while a folder is removed */ };

enum status file_error(int error, const char *path, const char *what, char *why)
{
    why_set(why, "%s: %s: %s", path, what, strerror(error));
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return STATUS_DISK_FULL;
    case ENOENT:
        return STATUS_NOT_FOUND;
    default:
        return STATUS_IO;
    }
}

enum status small_file_path(char *out, const char *folder, const char *name, char *why)
{
    int size = snprintf(out, SMALL_FILE_PATH_SIZE, "%s/%s", folder, name);
    if (size > 0 && size < SMALL_FILE_PATH_SIZE)
        return STATUS_OK;
    why_set(why, "the path of %s is longer than %d bytes", name, SMALL_FILE_PATH_SIZE - 1);
    return STATUS_CONFIG;
}

enum status small_file_read(const char *path, uint8_t *out, size_t capacity, size_t *size, char *why)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return file_error(errno, path, "cannot open", why);
    enum status status = STATUS_OK;
    ssize_t got = 0;
    uint8_t beyond;
    *size = 0;
    do {
        bool is_full = *size == capacity;
        got = read(file, is_full ? &beyond : out + *size, is_full ? 1 : capacity - *size);
        if (got < 0 && errno != EINTR) {
            status = file_error(errno, path, "cannot read", why);
        } else if (got > 0 && is_full) {
            why_set(why, "%s: more than %zu bytes, so it is damaged", path, capacity);
            status = STATUS_CORRUPT;
        } else if (got > 0) {
            *size += (size_t)got;
        }
    } while (status == STATUS_OK && got != 0);
    close(file);
    return status;
}

static enum status write_all(int file, const char *path, struct bytes bytes, char *why)
{
    uint32_t done = 0;
    while (done < bytes.size) {
        ssize_t written = write(file, bytes.data + done, bytes.size - done);
        if (written < 0 && errno != EINTR)
            return file_error(errno, path, "cannot write", why);
        if (written > 0)
            done += (uint32_t)written;
    }
    if (fsync(file) != 0)
        return file_error(errno, path, "cannot sync", why);
    return STATUS_OK;
}

static enum status write_file(const char *path, int flags, struct bytes bytes, char *why)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    if (file < 0)
        return file_error(errno, path, "cannot open for writing", why);
    enum status status = write_all(file, path, bytes, why);
    if (close(file) != 0 && status == STATUS_OK)
        status = file_error(errno, path, "cannot close", why);
    return status;
}

enum status small_file_write(const char *folder, const char *name, struct bytes bytes, char *why)
{
    char path[SMALL_FILE_PATH_SIZE], fresh[SMALL_FILE_PATH_SIZE];
    enum status status = small_file_path(path, folder, name, why);
    if (status != STATUS_OK)
        return status;
    int size = snprintf(fresh, sizeof fresh, "%s.new", path);
    if (size < 0 || (size_t)size >= sizeof fresh) {
        why_set(why, "the path of %s is too long", name);
        return STATUS_CONFIG;
    }
    status = write_file(fresh, O_TRUNC, bytes, why);
    if (status != STATUS_OK)
        return status;
    if (rename(fresh, path) != 0)
        return file_error(errno, path, "cannot rename into place", why);
    return folder_sync(folder, why);
}

enum status small_file_overwrite(const char *path, struct bytes bytes, char *why)
{
    return write_file(path, 0, bytes, why);
}

enum status small_file_remove(const char *folder, const char *name, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    enum status status = small_file_path(path, folder, name, why);
    if (status != STATUS_OK)
        return status;
    if (unlink(path) != 0)
        return errno == ENOENT ? STATUS_OK : file_error(errno, path, "cannot remove", why);
    return folder_sync(folder, why);
}

bool small_file_is_there(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

/* The new folder's own entry must be on disk too, so its parent is synced. */
static enum status sync_parent(const char *folder, char *why)
{
    char parent[SMALL_FILE_PATH_SIZE];
    enum status status = small_file_path(parent, folder, "..", why);
    return status == STATUS_OK ? folder_sync(parent, why) : status;
}

enum status folder_make(const char *folder, char *why)
{
    if (mkdir(folder, 0700) == 0)
        return sync_parent(folder, why);
    if (errno != EEXIST)
        return file_error(errno, folder, "cannot make the folder", why);
    struct stat about;
    if (stat(folder, &about) != 0)
        return file_error(errno, folder, "cannot look at", why);
    if (S_ISDIR(about.st_mode))
        return STATUS_OK;
    why_set(why, "%s: is no folder", folder);
    return STATUS_IO;
}

enum status folder_sync(const char *folder, char *why)
{
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return file_error(errno, folder, "cannot open the folder", why);
    enum status status = STATUS_OK;
    if (fsync(file) != 0)
        status = file_error(errno, folder, "cannot sync the folder", why);
    close(file);
    return status;
}

static bool counts(const char *name)
{
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, "lost+found") != 0;
}

enum status folder_is_empty(const char *folder, bool *is_empty, char *why)
{
    return folder_is_empty_but(folder, "", is_empty, why);
}

enum status folder_is_empty_but(const char *folder, const char *except, bool *is_empty, char *why)
{
    *is_empty = true;
    DIR *directory = opendir(folder);
    if (!directory)
        return errno == ENOENT ? STATUS_OK : file_error(errno, folder, "cannot read the folder", why);
    const struct dirent *entry;
    while (*is_empty && (entry = readdir(directory)))
        *is_empty = !counts(entry->d_name) || strcmp(entry->d_name, except) == 0;
    closedir(directory);
    return STATUS_OK;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

enum status folder_remove(const char *folder, char *why)
{
    if (nftw(folder, remove_one, FOLDERS_OPEN_MAX, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return STATUS_OK;
    return file_error(errno, folder, "cannot remove the folder", why);
}
