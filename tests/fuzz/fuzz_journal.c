#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "broker/store/journal_record.h"

/* A stored record may be any bytes: raw, and with a checksum that fits, so that
 * what lies behind the checksum is met too. What is read lies within the record. */

enum { CRC_SIZE = 4, AT_SEQUENCE = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void lies_within(const void *data, size_t size, struct bytes record)
{
    const uint8_t *start = data;
    assert(size == 0 || (start >= record.data && start + size <= record.data + record.size));
}

static void read_one(const struct crc32c *crc, struct bytes bytes)
{
    struct journal_record record;
    char why[STORE_WHY_SIZE];
    uint64_t sequence = 0;

    for (uint32_t i = 0; i < 8 && AT_SEQUENCE + i < bytes.size; i++)
        sequence = sequence << 8 | bytes.data[AT_SEQUENCE + i];
    if (journal_record_read(crc, sequence, bytes, &record, why) != STATUS_OK)
        return;
    assert(record.chunk_count <= MESSAGE_CHUNK_COUNT_MAX);
    lies_within(record.sender.data, record.sender.size, bytes);
    lies_within(record.state.data, record.state.size, bytes);
    lies_within(record.envelope.data, record.envelope.size, bytes);
    lies_within(record.clear.data, record.clear.size, bytes);
    lies_within(record.sealed.data, record.sealed.size, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct crc32c crc;
    uint8_t *copy = malloc(size + 1);

    assert(copy != NULL);
    crc32c_init(&crc);
    memcpy(copy, data, size);
    read_one(&crc, bytes_of(copy, size));
    if (size >= CRC_SIZE) {
        journal_record_put_crc(&crc, copy, (uint32_t)size);
        read_one(&crc, bytes_of(copy, size));
    }
    free(copy);
    return 0;
}
