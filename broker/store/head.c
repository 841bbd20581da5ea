#include "broker/store/head.h"

#include <stdio.h>

#include "broker/store/big_endian.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

enum {
    MAGIC_SIZE = 8,
    AT_BROKER = MAGIC_SIZE,
    AT_TURN = AT_BROKER + BROKER_ID_SIZE,
    AT_SEQUENCE = AT_TURN + 8,
    AT_CHAIN = AT_SEQUENCE + 8,
    AT_CHECKSUM = AT_CHAIN + CHAIN_SIZE,
    SLOT_SIZE = AT_CHECKSUM + SM3_SIZE,
    SLOT_COUNT = 2,
};

static const char MAGIC[MAGIC_SIZE + 1] = "OVHEAD01";

static enum status slot_path(const struct head *head, uint64_t turn, char *out, char *why)
{
    return small_file_path(out, head->folder, turn % SLOT_COUNT == 0 ? "HEAD.0" : "HEAD.1", why);
}

static bool slot_is_good(const struct head *head, uint8_t *slot, size_t size)
{
    uint8_t checksum[SM3_SIZE];
    if (size != SLOT_SIZE || memcmp(slot, MAGIC, MAGIC_SIZE) != 0)
        return false;
    sm3_of(head->sm3, bytes_of(slot, AT_CHECKSUM), (struct bytes){0}, checksum);
    return memcmp(slot + AT_CHECKSUM, checksum, sizeof checksum) == 0;
}

/* A slot that is missing, cut or damaged counts as none: the other one decides. */
static enum status read_slot(struct head *head, uint64_t index, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    uint8_t slot[SLOT_SIZE];
    size_t size;
    enum status status = slot_path(head, index, path, why);
    if (status != STATUS_OK)
        return status;
    status = small_file_read(path, slot, sizeof slot, &size, why);
    if (status == STATUS_NOT_FOUND || status == STATUS_CORRUPT)
        return STATUS_OK;
    if (status != STATUS_OK || !slot_is_good(head, slot, size))
        return status;
    if (memcmp(slot + AT_BROKER, head->broker_id, BROKER_ID_SIZE) != 0) {
        why_set(why, "%s: the HEAD of another broker's folder", path);
        return STATUS_CORRUPT;
    }
    if (be64_get(slot + AT_TURN) <= head->turn)
        return STATUS_OK;
    head->turn = be64_get(slot + AT_TURN);
    head->sequence = be64_get(slot + AT_SEQUENCE);
    memcpy(head->chain, slot + AT_CHAIN, CHAIN_SIZE);
    return STATUS_OK;
}

enum status head_read(struct head *head, const char *folder, const struct sm3 *sm3,
                      const uint8_t broker_id[BROKER_ID_SIZE], char *why)
{
    *head = (struct head){.sm3 = sm3};
    memcpy(head->broker_id, broker_id, BROKER_ID_SIZE);
    int size = snprintf(head->folder, sizeof head->folder, "%s", folder);
    if (size < 0 || (size_t)size >= sizeof head->folder) {
        why_set(why, "the path of the HEAD folder is too long");
        return STATUS_CONFIG;
    }
    for (uint64_t index = 0; index < SLOT_COUNT; index++) {
        enum status status = read_slot(head, index, why);
        if (status != STATUS_OK)
            return status;
    }
    if (head->turn > 0)
        return STATUS_OK;
    why_set(why, "%s: no good HEAD, so nobody can tell whether records are missing", folder);
    return STATUS_NOT_FOUND;
}

enum status head_write(struct head *head, uint64_t sequence, const uint8_t chain[CHAIN_SIZE], char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    uint8_t slot[SLOT_SIZE];
    enum status status = slot_path(head, head->turn + 1, path, why);
    if (status != STATUS_OK)
        return status;
    memcpy(slot, MAGIC, MAGIC_SIZE);
    memcpy(slot + AT_BROKER, head->broker_id, BROKER_ID_SIZE);
    be64_put(slot + AT_TURN, head->turn + 1);
    be64_put(slot + AT_SEQUENCE, sequence);
    memcpy(slot + AT_CHAIN, chain, CHAIN_SIZE);
    sm3_of(head->sm3, bytes_of(slot, AT_CHECKSUM), (struct bytes){0}, slot + AT_CHECKSUM);
    bool is_new = !small_file_is_there(path);
    status = small_file_overwrite(path, bytes_of(slot, sizeof slot), why);
    if (status == STATUS_OK && is_new)
        status = folder_sync(head->folder, why);
    if (status != STATUS_OK)
        return status;
    head->turn++;
    head->sequence = sequence;
    memcpy(head->chain, chain, CHAIN_SIZE);
    return STATUS_OK;
}
