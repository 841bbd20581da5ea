#include <assert.h>
#include <msgpack.h>
#include <stdlib.h>

#include "schemas/message.h"
#include "schemas/reader.h"

/* The first byte picks the message, the rest is its body. What the reader
 * takes must survive every way through the interpreter, and msgpack-c's own
 * unpacker (the oracle, called only behind our reader) must take it too. */

enum { ARENA_SIZE = 1 << 18, BODY_SIZE_MAX = 1 << 17 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct room {
    uint8_t first[ARENA_SIZE];
    uint8_t second[ARENA_SIZE];
    uint8_t body[BODY_SIZE_MAX];
    struct problems problems;
};

static void oracle_takes(struct bytes body)
{
    msgpack_unpacked result;
    size_t end = 0;
    msgpack_unpacked_init(&result);
    assert(msgpack_unpack_next(&result, (const char *)body.data, body.size, &end) == MSGPACK_UNPACK_SUCCESS);
    assert(end == body.size);
    assert(result.data.type == MSGPACK_OBJECT_MAP);
    msgpack_unpacked_destroy(&result);
}

static void problems_read_well(const struct problems *problems)
{
    char sentence[512];
    for (uint32_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->items[i];
        assert(memchr(problem->path, '\0', sizeof problem->path) != NULL);
        assert(text_is_clean(text_of(problem->path)));
        assert(problems_name(problems, problem->path));
        assert(*problem_english(problem, sentence, sizeof sentence) != '\0');
        assert(*problem_chinese(problem, sentence, sizeof sentence) != '\0');
    }
}

static void same_after_msgpack(const struct record *record, const void *value, struct room *room)
{
    struct arena arena = arena_over(room->second, sizeof room->second);
    void *again = malloc(record->struct_size);
    size_t size = 0;
    assert(again != NULL);
    assert(record_encode(record, value, room->body, sizeof room->body, &size) == STATUS_OK);
    uint8_t *body = malloc(size); /* of exactly this size, so that a step outside is seen */
    assert(body != NULL);
    memcpy(body, room->body, size);
    assert(record_decode(record, bytes_of(body, size), &arena, again, &room->problems) == STATUS_OK);
    assert(record_equal(record, value, again, NULL));
    oracle_takes(bytes_of(body, size));
    free(body);
    free(again);
}

static void same_after_json(const struct record *record, const void *value, struct room *room)
{
    struct arena arena = arena_over(room->second, sizeof room->second);
    void *again = malloc(record->struct_size);
    json_t *json = record_to_json(record, value);
    assert(again != NULL && json != NULL);
    assert(record_from_json(record, json, &arena, again, &room->problems) == STATUS_OK);
    assert(record_equal(record, value, again, NULL));
    json_decref(json);
    free(again);
}

static void judge(const struct record *record, struct bytes body, void *value, struct room *room)
{
    struct arena arena = arena_over(room->first, sizeof room->first);
    enum status status = record_decode(record, body, &arena, value, &room->problems);
    assert((status == STATUS_BAD_BODY) == (status != STATUS_LIMIT && room->problems.count > 0));
    problems_read_well(&room->problems);
    if (status != STATUS_OK)
        return;
    oracle_takes(body);
    same_after_msgpack(record, value, room);
    same_after_json(record, value, room);
}

static void show(struct bytes body)
{
    json_t *json;
    if (msgpack_to_json(body, &json) == STATUS_OK)
        json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct record *record = message_kind((enum message_type)(data[0] % MESSAGE_COUNT))->record;
    struct bytes body = bytes_of(data + 1, size - 1);
    struct room *room = malloc(sizeof *room);
    void *value = malloc(record->struct_size);
    assert(room != NULL && value != NULL);
    judge(record, body, value, room);
    show(body);
    free(value);
    free(room);
    return 0;
}
