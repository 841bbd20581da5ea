#include "broker/store/day_keys.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <unistd.h>

#include "broker/store/small_file.h"
#include "broker/store/why.h"
#include "schemas/calendar.h"

enum { MAGIC_SIZE = 8, KEY_FILE_SIZE = MAGIC_SIZE + KEY_SIZE + SM3_SIZE, NAME_SIZE = 32 };

static const char MAGIC[MAGIC_SIZE + 1] = "OVKEY001";

enum status day_keys_init(struct day_keys *keys, const char *folder, const struct sm3 *sm3, char *why)
{
    *keys = (struct day_keys){.sm3 = sm3};
    return small_file_path(keys->folder, folder, "keys", why);
}

void day_keys_fini(struct day_keys *keys)
{
    OPENSSL_cleanse(keys, sizeof *keys);
}

uint32_t day_of_time(int64_t time_us)
{
    struct date date = date_of_time(time_us);
    return (uint32_t)date.year * 10000 + (uint32_t)date.month * 100 + (uint32_t)date.day;
}

static void write_checksum(const struct day_keys *keys, uint8_t *file, uint8_t *out)
{
    sm3_of(keys->sm3, bytes_of(file, MAGIC_SIZE + KEY_SIZE), (struct bytes){0}, out);
}

static enum status read_key(const struct day_keys *keys, const char *path, uint8_t out[KEY_SIZE], char *why)
{
    uint8_t file[KEY_FILE_SIZE], checksum[SM3_SIZE];
    size_t size;
    enum status status = small_file_read(path, file, sizeof file, &size, why);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_NO_KEY : status;
    write_checksum(keys, file, checksum);
    bool is_good = size == sizeof file && memcmp(file, MAGIC, MAGIC_SIZE) == 0 &&
                   memcmp(file + MAGIC_SIZE + KEY_SIZE, checksum, sizeof checksum) == 0;
    if (is_good)
        memcpy(out, file + MAGIC_SIZE, KEY_SIZE);
    else
        why_set(why, "%s: no key file, or a damaged one", path);
    OPENSSL_cleanse(file, sizeof file);
    return is_good ? STATUS_OK : STATUS_CORRUPT;
}

static enum status make_key(const struct day_keys *keys, const char *name, uint8_t out[KEY_SIZE], char *why)
{
    uint8_t file[KEY_FILE_SIZE];
    memcpy(file, MAGIC, MAGIC_SIZE);
    if (getentropy(file + MAGIC_SIZE, KEY_SIZE) != 0) {
        why_set(why, "%s/%s: no random bytes to be had", keys->folder, name);
        return STATUS_IO;
    }
    write_checksum(keys, file, file + MAGIC_SIZE + KEY_SIZE);
    memcpy(out, file + MAGIC_SIZE, KEY_SIZE);
    enum status status = small_file_write(keys->folder, name, bytes_of(file, sizeof file), why);
    OPENSSL_cleanse(file, sizeof file);
    return status;
}

static enum status read_or_make(const struct day_keys *keys, const char *name, bool may_make, uint8_t out[KEY_SIZE],
                                char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    enum status status = small_file_path(path, keys->folder, name, why);
    if (status != STATUS_OK)
        return status;
    status = read_key(keys, path, out, why);
    return status == STATUS_NO_KEY && may_make ? make_key(keys, name, out, why) : status;
}

enum status day_keys_find(struct day_keys *keys, uint32_t day, bool may_make, const uint8_t **out, char *why)
{
    *out = NULL;
    for (int i = 0; i < DAY_KEYS_KEPT; i++) {
        if (keys->kept[i].day == day && day != 0) {
            *out = keys->kept[i].bytes;
            return STATUS_OK;
        }
    }
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "day-%08u", day);
    struct day_key found = {.day = day};
    enum status status = read_or_make(keys, name, may_make, found.bytes, why);
    if (status == STATUS_OK) {
        keys->kept[keys->oldest] = found;
        *out = keys->kept[keys->oldest].bytes;
        keys->oldest = (keys->oldest + 1) % DAY_KEYS_KEPT;
    }
    OPENSSL_cleanse(&found, sizeof found);
    return status;
}

enum status day_keys_mac(struct day_keys *keys, bool may_make, uint8_t out[KEY_SIZE], char *why)
{
    return read_or_make(keys, "mac", may_make, out, why);
}
