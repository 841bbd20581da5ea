#include "agents/client/material_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status file_status(void)
{
    if (errno == ENOENT)
        return STATUS_NOT_FOUND;
    return errno == ENOSPC || errno == EDQUOT ? STATUS_DISK_FULL : STATUS_IO;
}

static bool make_path(const char *data, const uint8_t sm3[SM3_SIZE], const char *suffix, char out[MATERIAL_PATH_SIZE])
{
    char hex[SM3_HEX_SIZE];
    hex_show(bytes_of(sm3, SM3_SIZE), hex, sizeof hex);
    return snprintf(out, MATERIAL_PATH_SIZE, "%s/materials/%s%s", data, hex, suffix) < MATERIAL_PATH_SIZE;
}

bool material_file_path(const char *data, const uint8_t sm3[SM3_SIZE], char out[MATERIAL_PATH_SIZE])
{
    return make_path(data, sm3, "", out);
}

bool material_file_is_there(const char *data, const uint8_t sm3[SM3_SIZE])
{
    char path[MATERIAL_PATH_SIZE];
    return material_file_path(data, sm3, path) && access(path, F_OK) == 0;
}

/* The folder of `path`, synced into its parent's own listing. */
static enum status folder_sync(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum status status = folder >= 0 && fsync(folder) == 0 ? STATUS_OK : file_status();
    if (folder >= 0)
        close(folder);
    return status;
}

static enum status folder_make(const char *data, char path[MATERIAL_PATH_SIZE])
{
    if (snprintf(path, MATERIAL_PATH_SIZE, "%s/materials", data) >= MATERIAL_PATH_SIZE)
        return STATUS_CONFIG;
    if (mkdir(path, 0700) == 0)
        return folder_sync(data);
    return errno == EEXIST ? STATUS_OK : file_status();
}

/* ---- gathering ---- */

int64_t material_file_gathered(const char *data, const uint8_t sm3[SM3_SIZE])
{
    char path[MATERIAL_PATH_SIZE];
    struct stat about;
    if (!make_path(data, sm3, ".part", path) || stat(path, &about) != 0)
        return 0;
    return about.st_size / MESSAGE_CHUNK_SIZE_MAX * MESSAGE_CHUNK_SIZE_MAX;
}

static enum status put_all(int file, int64_t offset, struct bytes bytes)
{
    for (uint32_t written = 0; written < bytes.size;) {
        ssize_t count = pwrite(file, bytes.data + written, bytes.size - written, offset + written);
        if (count < 0 && errno != EINTR)
            return file_status();
        if (count > 0)
            written += (uint32_t)count;
    }
    return STATUS_OK;
}

enum status material_file_put(const char *data, const uint8_t sm3[SM3_SIZE], int64_t offset, struct bytes piece)
{
    char path[MATERIAL_PATH_SIZE];
    enum status status = folder_make(data, path);
    if (status != STATUS_OK)
        return status;
    if (!make_path(data, sm3, ".part", path))
        return STATUS_CONFIG;
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return file_status();
    status = put_all(file, offset, piece);
    if (close(file) != 0 && status == STATUS_OK)
        status = file_status();
    return status;
}

/* ---- the whole ---- */

static enum status read_piece(int file, int64_t offset, uint8_t *out, uint32_t size_max, uint32_t *size)
{
    *size = 0;
    while (*size < size_max) {
        ssize_t count = pread(file, out + *size, size_max - *size, offset + *size);
        if (count < 0 && errno != EINTR)
            return file_status();
        if (count == 0)
            break;
        if (count > 0)
            *size += (uint32_t)count;
    }
    return STATUS_OK;
}

static enum status judge_whole(int file, const uint8_t sm3[SM3_SIZE], int64_t size, struct digest *digest)
{
    uint32_t used = 0;
    struct stat about;
    if (fstat(file, &about) != 0)
        return STATUS_IO;
    if (about.st_size != size || size <= 0 || size > MATERIAL_SIZE_MAX)
        return STATUS_DIGEST;
    uint8_t *whole = malloc((size_t)size);
    if (!whole)
        return STATUS_NO_MEMORY;
    enum status status = read_piece(file, 0, whole, (uint32_t)size, &used);
    if (status == STATUS_OK && !digest_holds(digest, bytes_of(whole, used), bytes_of(sm3, SM3_SIZE)))
        status = STATUS_DIGEST;
    free(whole);
    return status == STATUS_OK && fsync(file) != 0 ? file_status() : status;
}

enum status material_file_finish(const char *data, const uint8_t sm3[SM3_SIZE], int64_t size, struct digest *digest)
{
    char part[MATERIAL_PATH_SIZE];
    char path[MATERIAL_PATH_SIZE];
    char folder[MATERIAL_PATH_SIZE];
    if (!make_path(data, sm3, ".part", part) || !make_path(data, sm3, "", path))
        return STATUS_CONFIG;
    int file = open(part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return file_status();
    enum status status = judge_whole(file, sm3, size, digest);
    close(file);
    if (status == STATUS_DIGEST)
        (void)!unlink(part);
    if (status == STATUS_OK && rename(part, path) != 0)
        status = file_status();
    if (status == STATUS_OK)
        status = folder_make(data, folder);
    return status == STATUS_OK ? folder_sync(folder) : status;
}

enum status material_file_piece(const char *data, const uint8_t sm3[SM3_SIZE], int64_t offset, uint8_t *out,
                                uint32_t *size)
{
    char path[MATERIAL_PATH_SIZE];
    if (!material_file_path(data, sm3, path))
        return STATUS_CONFIG;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return file_status();
    enum status status = read_piece(file, offset, out, MESSAGE_CHUNK_SIZE_MAX, size);
    close(file);
    return status;
}

/* ---- names ---- */

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool material_sm3(struct text hex, uint8_t out[SM3_SIZE])
{
    if (!hex.data || hex.size != (uint32_t)2 * SM3_SIZE)
        return false;
    for (uint32_t i = 0; i < SM3_SIZE; i++) {
        int high = hex_value(hex.data[2 * i]);
        int low = hex_value(hex.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
