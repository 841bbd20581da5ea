#include <assert.h>
#include <stdlib.h>

#include "schemas/message.h"

/* A line of a file from a loan system. The first byte picks the message. What
 * is taken as JSON must be taken as msgpack, with the same value. */

enum { ROOM_SIZE = 1 << 18 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct room {
    uint8_t first[ROOM_SIZE];
    uint8_t second[ROOM_SIZE];
    uint8_t body[ROOM_SIZE];
    struct problems problems;
};

static void judge(const struct record *record, const json_t *json, struct room *room, void *value, void *again)
{
    struct arena first = arena_over(room->first, sizeof room->first);
    struct arena second = arena_over(room->second, sizeof room->second);
    size_t size = 0;
    if (record_from_json(record, json, &first, value, &room->problems) != STATUS_OK)
        return;
    assert(record_encode(record, value, room->body, sizeof room->body, &size) == STATUS_OK);
    assert(record_decode(record, bytes_of(room->body, size), &second, again, &room->problems) == STATUS_OK);
    assert(record_equal(record, value, again, NULL));
}

/* Any object goes to msgpack and comes back as it was, as far as JSON can say it. */
static void there_and_back(const json_t *json, struct room *room)
{
    size_t size = 0;
    json_t *again;
    if (json_to_msgpack(json, room->body, sizeof room->body, &size) != STATUS_OK)
        return;
    assert(msgpack_to_json(bytes_of(room->body, size), &again) == STATUS_OK);
    assert(json_equal(json, again));
    json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct record *record = message_kind((enum message_type)(data[0] % MESSAGE_COUNT))->record;
    json_t *json = json_loadb((const char *)data + 1, size - 1, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    if (json == NULL)
        return 0;
    struct room *room = malloc(sizeof *room);
    void *value = malloc(record->struct_size);
    void *again = malloc(record->struct_size);
    assert(room != NULL && value != NULL && again != NULL);
    judge(record, json, room, value, again);
    there_and_back(json, room);
    free(again);
    free(value);
    free(room);
    json_decref(json);
    return 0;
}
