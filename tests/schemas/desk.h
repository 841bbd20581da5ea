#ifndef ONEVISIT_TESTS_SCHEMAS_DESK_H
#define ONEVISIT_TESTS_SCHEMAS_DESK_H

#include <criterion/criterion.h>
#include <stdlib.h>

#include "schemas/message.h"

/* What the tests of the interpreter share: bytes written as hex, JSON written
 * with single quotes, and a desk with all the room a decoding needs. */

enum { DESK_ARENA_SIZE = 1 << 18, DESK_VALUE_SIZE = 1 << 12, DESK_BODY_SIZE = 1 << 18 };

struct desk {
    uint8_t memory[DESK_ARENA_SIZE];
    struct arena arena;
    struct problems problems;
    _Alignas(max_align_t) uint8_t value[DESK_VALUE_SIZE];
    uint8_t body[DESK_BODY_SIZE];
    size_t body_size;
};

struct desk *desk_new(void);
void desk_free(struct desk **desk);

/* A heap copy of exactly this size, so that ASan sees every step outside. */
struct bytes bytes_copy(const void *data, size_t size);
void bytes_free(struct bytes *bytes);
/* "81 a1 61 c0"; blanks are free. On the heap, of exactly its size. */
struct bytes bytes_of_hex(const char *hex);
/* ' stands for ". */
json_t *json_of(const char *text);

enum status desk_decode(struct desk *desk, const struct record *record, struct bytes bytes);
enum status desk_from_json(struct desk *desk, const struct record *record, const json_t *json);
/* desk->value of that record into desk->body. */
enum status desk_encode(struct desk *desk, const struct record *record, const void *value);

/* "MISSING units/0/bdcdyh, TYPE test": what was found, for a message of a test. */
const char *problems_show(const struct problems *problems, char *out, size_t size);

#endif
