#include "agents/branch/certificates.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *certificate_judge(struct digest *digest, const struct cert_issued *issued, struct bytes file)
{
    if (!file.data)
        return "the file is missing (缺少证书文件)";
    if (issued->file_size.value != (int64_t)file.size)
        return "the file has another size than the message says (文件大小不符)";
    if (!digest_holds(digest, file, issued->file_digest))
        return "the file has another SM3 than the message says (文件摘要不符)";
    return NULL;
}

/* ---- writing ---- */

static enum status file_status(void)
{
    return errno == ENOSPC || errno == EDQUOT ? STATUS_DISK_FULL : STATUS_IO;
}

static enum status file_fill(int file, struct bytes bytes)
{
    for (size_t written = 0; written < bytes.size;) {
        ssize_t count = write(file, bytes.data + written, bytes.size - written);
        if (count < 0 && errno != EINTR)
            return file_status();
        if (count > 0)
            written += (size_t)count;
    }
    return fsync(file) == 0 ? STATUS_OK : file_status();
}

static bool file_is(int folder, const char *name, struct bytes bytes)
{
    struct stat stat;
    bool is_same = false;
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    uint8_t *found = malloc((size_t)bytes.size + 1);
    if (file >= 0 && found && fstat(file, &stat) == 0 && stat.st_size == (off_t)bytes.size)
        is_same =
            read(file, found, bytes.size) == (ssize_t)bytes.size && bytes_equal(bytes, bytes_of(found, bytes.size));
    free(found);
    if (file >= 0)
        close(file);
    return is_same;
}

static enum status file_write(int folder, const char *name, struct bytes bytes)
{
    static const char temporary[] = ".new"; /* one writer: `run` holds the folder's lock */
    int file = openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return file_status();
    enum status status = file_fill(file, bytes);
    if (close(file) != 0 && status == STATUS_OK)
        status = file_status();
    if (status == STATUS_OK && renameat(folder, temporary, folder, name) != 0)
        status = file_status();
    return status;
}

static const char *file_suffix(struct text mime)
{
    if (text_is(mime, "image/jpeg"))
        return "jpg";
    return text_is(mime, "image/png") ? "png" : "pdf";
}

static int folder_open(const char *data)
{
    char path[512];
    if (snprintf(path, sizeof path, "%s/certificates", data) >= (int)sizeof path)
        return -1;
    if (mkdir(path, 0700) == 0) {
        int parent = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (parent >= 0) {
            fsync(parent);
            close(parent);
        }
    }
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

enum status certificate_write(const char *data, struct text case_id, int64_t number, struct text mime,
                              struct bytes file, char name[CERTIFICATE_NAME_SIZE])
{
    enum status status = STATUS_OK;
    int folder = folder_open(data);
    if (folder < 0)
        return file_status();
    snprintf(name, CERTIFICATE_NAME_SIZE, "%.*s.%s", TEXT_ARGS(case_id), file_suffix(mime));
    if (faccessat(folder, name, F_OK, 0) == 0 && !file_is(folder, name, file))
        snprintf(name, CERTIFICATE_NAME_SIZE, "%.*s-%" PRId64 ".%s", TEXT_ARGS(case_id), number, file_suffix(mime));
    if (!file_is(folder, name, file))
        status = file_write(folder, name, file);
    if (status == STATUS_OK && fsync(folder) != 0)
        status = file_status();
    close(folder);
    return status;
}
