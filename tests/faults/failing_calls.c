#include "failing_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILE_COUNT_MAX = 1024, PATH_SIZE = 256 };

/* What is wrapped has no place for a context, so this is the process's. */
static struct {
    struct failing_calls plan;
    char *failed;
    atomic_uint count;
    off_t synced_sizes[FILE_COUNT_MAX]; /* by descriptor: what a failing sync leaves */
} wrapped;

void failing_calls_begin(const struct failing_calls *calls, char *failed)
{
    wrapped.failed = failed;
    wrapped.plan = *calls;
}

static bool is_watched(const char *path)
{
    const char *folder = wrapped.plan.folder;
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static bool must_fail(const char *call, const char *path)
{
    if (!is_watched(path))
        return false;
    uint32_t number = atomic_fetch_add(&wrapped.count, 1) + 1;
    if (number < wrapped.plan.number || (number > wrapped.plan.number && !wrapped.plan.is_for_ever))
        return false;
    if (number == wrapped.plan.number)
        snprintf(wrapped.failed, FAILING_CALL_NAME_SIZE, "%s %s", call, path + strlen(wrapped.plan.folder));
    errno = wrapped.plan.error;
    return true;
}

static bool must_fail_on(const char *call, int file)
{
    if (!wrapped.plan.folder)
        return false;
    char link[64], path[PATH_SIZE];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0)
        return false;
    path[size] = '\0';
    return must_fail(call, path);
}

/* ---- opening ---- */

/* What lies in a file that is opened counts as synced. */
static void remember_size(int file)
{
    struct stat about;
    if (file >= 0 && file < FILE_COUNT_MAX && fstat(file, &about) == 0)
        wrapped.synced_sizes[file] = about.st_size;
}

static int open_really(const char *path, int flags, mode_t mode)
{
    bool is_for_writing = (flags & O_ACCMODE) != O_RDONLY;
    if (is_for_writing && must_fail("open", path))
        return -1;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (is_for_writing && is_watched(path))
        remember_size(file);
    return file;
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list arguments;
    va_start(arguments, flags);
    if (flags & O_CREAT)
        mode = va_arg(arguments, mode_t);
    va_end(arguments);
    return open_really(path, flags, mode);
}

int rename(const char *from, const char *to)
{
    return must_fail("rename", to) ? -1 : (int)syscall(SYS_rename, from, to);
}

/* ---- writing ---- */

ssize_t write(int file, const void *data, size_t size)
{
    return must_fail_on("write", file) ? -1 : (ssize_t)syscall(SYS_write, file, data, size);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at)
{
    return must_fail_on("pwrite", file) ? -1 : (ssize_t)syscall(SYS_pwrite64, file, data, size, at);
}

int ftruncate(int file, off_t size)
{
    return must_fail_on("ftruncate", file) ? -1 : (int)syscall(SYS_ftruncate, file, size);
}

int fallocate(int file, int mode, off_t at, off_t size)
{
    return must_fail_on("fallocate", file) ? -1 : (int)syscall(SYS_fallocate, file, mode, at, size);
}

/* ---- syncing ---- */

static int sync_really(const char *call, long number, int file)
{
    bool is_known = wrapped.plan.folder && file >= 0 && file < FILE_COUNT_MAX;
    if (must_fail_on(call, file)) {
        int error = errno;
        if (is_known)
            syscall(SYS_ftruncate, file, wrapped.synced_sizes[file]); /* refused for a folder */
        errno = error;
        return -1;
    }
    int answer = (int)syscall(number, file);
    if (answer == 0 && is_known)
        remember_size(file);
    return answer;
}

int fsync(int file)
{
    return sync_really("fsync", SYS_fsync, file);
}

int fdatasync(int file)
{
    return sync_really("fdatasync", SYS_fdatasync, file);
}
