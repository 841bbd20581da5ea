#include "agents/ops/file_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/ops/gauge.h"
#include "broker/store/small_file.h"

enum { BLOCK_SIZE = 1 << 20, TAIL_SIZE = 64 << 10 };

/* One file read through once. `to` is -1 where nothing is written. */
struct copying {
    int from;
    int to;
    const char *from_path;
    const char *to_path;
    EVP_MD_CTX *context;
    uint8_t *block;
    char *why;
};

static enum status write_all(const struct copying *copying, size_t size)
{
    for (size_t written = 0; written < size;) {
        const ssize_t count = write(copying->to, copying->block + written, size - written);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return file_error(errno, copying->to_path, "cannot write", copying->why);
        written += (size_t)count;
    }
    return STATUS_OK;
}

static enum status copy_blocks(const struct copying *copying, uint64_t *size)
{
    enum status status = STATUS_OK;

    *size = 0;
    while (status == STATUS_OK) {
        if (gauge_is_stopped())
            return STATUS_TIMEOUT;
        const ssize_t count = read(copying->from, copying->block, BLOCK_SIZE);
        if (count == 0)
            break;
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return file_error(errno, copying->from_path, "cannot read", copying->why);
        if (EVP_DigestUpdate(copying->context, copying->block, (size_t)count) != 1)
            return STATUS_NO_MEMORY;
        *size += (uint64_t)count;
        if (copying->to >= 0)
            status = write_all(copying, (size_t)count);
    }
    if (status == STATUS_OK && copying->to >= 0 && fsync(copying->to) != 0)
        status = file_error(errno, copying->to_path, "cannot sync", copying->why);
    return status;
}

static enum status run(struct copying *copying, struct file_sum *out)
{
    struct sm3 sm3;
    enum status status = sm3_init(&sm3);

    if (status != STATUS_OK)
        return status;
    copying->context = sm3.context;
    copying->block = malloc(BLOCK_SIZE);
    if (copying->block == NULL || EVP_DigestInit_ex(sm3.context, sm3.algorithm, NULL) != 1)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = copy_blocks(copying, &out->size);
    if (status == STATUS_OK && EVP_DigestFinal_ex(sm3.context, out->digest, NULL) != 1)
        status = STATUS_NO_MEMORY;
    free(copying->block);
    sm3_fini(&sm3);
    return status;
}

static enum status open_from(struct copying *copying)
{
    copying->from = open(copying->from_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return copying->from >= 0 ? STATUS_OK : file_error(errno, copying->from_path, "cannot open", copying->why);
}

enum status file_copy(const char *from, const char *to, struct file_sum *out, char *why)
{
    struct copying copying = {.from = -1, .to = -1, .from_path = from, .to_path = to, .why = why};
    enum status status = open_from(&copying);

    if (status == STATUS_OK) {
        copying.to = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (copying.to < 0)
            status = file_error(errno, to, "cannot make", why);
    }
    if (status == STATUS_OK)
        status = run(&copying, out);
    if (copying.to >= 0 && close(copying.to) != 0 && status == STATUS_OK)
        status = file_error(errno, to, "cannot close", why);
    if (copying.from >= 0)
        close(copying.from);
    return status;
}

enum status file_sum(const char *path, struct file_sum *out, char *why)
{
    struct copying copying = {.from = -1, .to = -1, .from_path = path, .why = why};
    enum status status = open_from(&copying);

    if (status != STATUS_OK)
        return status;
    (void)posix_fadvise(copying.from, 0, 0, POSIX_FADV_DONTNEED);
    status = run(&copying, out);
    close(copying.from);
    return status;
}

/* The last bytes of a file, and its size. */
static enum status read_tail(const char *path, uint8_t *tail, size_t *count, off_t *size, char *why)
{
    struct stat about;
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (file < 0)
        return file_error(errno, path, "cannot open", why);
    enum status status = fstat(file, &about) == 0 ? STATUS_OK : file_error(errno, path, "cannot look at", why);
    if (status == STATUS_OK) {
        *size = about.st_size;
        *count = about.st_size < TAIL_SIZE ? (size_t)about.st_size : TAIL_SIZE;
        const ssize_t got = pread(file, tail, *count, about.st_size - (off_t)*count);
        if (got != (ssize_t)*count)
            status = file_error(got < 0 ? errno : EIO, path, "cannot read", why);
    }
    close(file);
    return status;
}

enum status file_looks_same(const char *one, const char *other, bool *out, char *why)
{
    uint8_t *tails = malloc((size_t)2 * TAIL_SIZE);
    size_t one_count = 0;
    size_t other_count = 0;
    off_t one_size = 0;
    off_t other_size = 0;

    *out = false;
    if (tails == NULL)
        return STATUS_NO_MEMORY;
    enum status status = read_tail(one, tails, &one_count, &one_size, why);
    if (status == STATUS_OK)
        status = read_tail(other, tails + TAIL_SIZE, &other_count, &other_size, why);
    if (status == STATUS_OK)
        *out = one_size == other_size && memcmp(tails, tails + TAIL_SIZE, one_count) == 0;
    free(tails);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}
