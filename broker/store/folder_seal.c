#include "broker/store/folder_seal.h"

#include <unistd.h>

#include "broker/store/big_endian.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

enum {
    MAGIC_SIZE = 8,
    AT_FORMAT = MAGIC_SIZE,
    AT_TEST = AT_FORMAT + 4,
    AT_BROKER = AT_TEST + 1,
    AT_CHECKSUM = AT_BROKER + BROKER_ID_SIZE,
    SEAL_SIZE = AT_CHECKSUM + SM3_SIZE,
    SEAL_SIZE_MAX = 4096, /* of any later version */
};

static const char MAGIC[MAGIC_SIZE + 1] = "OVSEAL01";

static void write_checksum(const struct sm3 *sm3, const uint8_t *file, uint8_t *out)
{
    sm3_of(sm3, bytes_of(file, AT_CHECKSUM), (struct bytes){0}, out);
}

/* Magic and version stay where they are in every version, so that a newer one is told from damage. */
static enum status judge(const struct sm3 *sm3, const uint8_t *file, size_t size, const char *path, char *why)
{
    uint8_t checksum[SM3_SIZE];
    if (size < AT_TEST || memcmp(file, MAGIC, MAGIC_SIZE) != 0) {
        why_set(why, "%s: not the seal of a broker's folder, or damaged", path);
        return STATUS_CORRUPT;
    }
    uint32_t format = be32_get(file + AT_FORMAT);
    if (format > FOLDER_FORMAT) {
        why_set(why, "%s: format version %u, this program knows %d", path, format, FOLDER_FORMAT);
        return STATUS_NEWER;
    }
    write_checksum(sm3, file, checksum);
    if (size == SEAL_SIZE && format > 0 && file[AT_TEST] <= 1 && memcmp(file + AT_CHECKSUM, checksum, SM3_SIZE) == 0)
        return STATUS_OK;
    why_set(why, "%s: the seal is damaged", path);
    return STATUS_CORRUPT;
}

enum status folder_seal_read(struct folder_seal *seal, const char *folder, const struct sm3 *sm3, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    uint8_t file[SEAL_SIZE_MAX] = {0};
    size_t size;
    enum status status = small_file_path(path, folder, "SEAL", why);
    if (status != STATUS_OK)
        return status;
    status = small_file_read(path, file, sizeof file, &size, why);
    if (status != STATUS_OK)
        return status;
    status = judge(sm3, file, size, path, why);
    if (status != STATUS_OK)
        return status;
    seal->is_test = file[AT_TEST] == 1;
    memcpy(seal->broker_id, file + AT_BROKER, BROKER_ID_SIZE);
    return STATUS_OK;
}

/* Only a folder that is empty, or that a start before began, is made into a broker's. The keys may lie there already:
 * with those of a lost folder its receipts are known for what they are. */
static enum status check_is_ours(const char *folder, const char *mark, char *why)
{
    char started[SMALL_FILE_PATH_SIZE];
    bool is_empty;
    enum status status = small_file_path(started, folder, "MAKING.new", why);
    if (status == STATUS_OK)
        status = folder_is_empty_but(folder, "keys", &is_empty, why);
    if (status != STATUS_OK || is_empty || small_file_is_there(mark) || small_file_is_there(started))
        return status;
    why_set(why, "%s: not empty, but SEAL is missing: another folder, or a damaged one", folder);
    return STATUS_CORRUPT;
}

static enum status mark_folder(struct folder_seal *seal, const char *folder, char *why)
{
    if (getentropy(seal->broker_id, BROKER_ID_SIZE) != 0) {
        why_set(why, "%s: no random bytes to be had", folder);
        return STATUS_IO;
    }
    return small_file_write(folder, "MAKING", bytes_of(seal->broker_id, BROKER_ID_SIZE), why);
}

enum status folder_seal_begin(struct folder_seal *seal, const char *folder, char *why)
{
    char mark[SMALL_FILE_PATH_SIZE];
    enum status status = small_file_path(mark, folder, "MAKING", why);
    if (status == STATUS_OK)
        status = folder_make(folder, why);
    if (status == STATUS_OK)
        status = check_is_ours(folder, mark, why);
    if (status != STATUS_OK)
        return status;
    size_t size;
    status = small_file_read(mark, seal->broker_id, BROKER_ID_SIZE, &size, why);
    if (status == STATUS_NOT_FOUND)
        return mark_folder(seal, folder, why);
    if (status == STATUS_OK && size != BROKER_ID_SIZE) {
        why_set(why, "%s: damaged", mark);
        return STATUS_CORRUPT;
    }
    return status;
}

enum status folder_seal_finish(const struct folder_seal *seal, const char *folder, const struct sm3 *sm3, char *why)
{
    uint8_t file[SEAL_SIZE];
    memcpy(file, MAGIC, MAGIC_SIZE);
    be32_put(file + AT_FORMAT, FOLDER_FORMAT);
    file[AT_TEST] = seal->is_test;
    memcpy(file + AT_BROKER, seal->broker_id, BROKER_ID_SIZE);
    write_checksum(sm3, file, file + AT_CHECKSUM);
    enum status status = small_file_write(folder, "SEAL", bytes_of(file, sizeof file), why);
    return status == STATUS_OK ? small_file_remove(folder, "MAKING", why) : status;
}
