#include "agents/branch/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int lock_open(const char *data, int flags)
{
    char path[512];
    if (snprintf(path, sizeof path, "%s/run.lock", data) >= (int)sizeof path)
        return -1;
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static void lock_read_holder(int file, char *holder, size_t size)
{
    ssize_t count = pread(file, holder, size - 1, 0);
    holder[count > 0 ? count : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
}

enum status folder_lock_take(const char *data, const char *participant, int *file, char *why, size_t why_size)
{
    char holder[128];
    *file = lock_open(data, O_RDWR | O_CREAT);
    if (*file < 0) {
        snprintf(why, why_size, "%s/run.lock cannot be opened: %s", data, strerror(errno));
        return STATUS_IO;
    }
    if (flock(*file, LOCK_EX | LOCK_NB) == 0) {
        int size = snprintf(holder, sizeof holder, "process %ld, %s\n", (long)getpid(), participant);
        if (ftruncate(*file, 0) == 0 && pwrite(*file, holder, (size_t)size, 0) == size)
            return STATUS_OK;
        snprintf(why, why_size, "%s/run.lock cannot be written: %s", data, strerror(errno));
        close(*file);
        return STATUS_IO;
    }
    lock_read_holder(*file, holder, sizeof holder);
    close(*file);
    snprintf(why, why_size, "%s is in use by another `onevisit-branch run`: %s", data, holder);
    return STATUS_IN_USE;
}

bool folder_lock_is_held(const char *data)
{
    int file = lock_open(data, O_RDONLY);
    if (file < 0)
        return false;
    bool is_held = flock(file, LOCK_SH | LOCK_NB) != 0;
    close(file);
    return is_held;
}
