#ifndef ONEVISIT_SCHEMAS_RECORD_H
#define ONEVISIT_SCHEMAS_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/arena.h"
#include "schemas/rule.h"
#include "schemas/status.h"
#include "schemas/text.h"

/* The one interpreter of records.
 *
 * A record is a msgpack map with string keys. Its C struct and its field table
 * are expanded from the same rows of a .def file (see records_expand.h), and
 * the functions here walk the table: encode, decode, print as JSON, read from
 * JSON, compare. Nobody writes a codec by hand.
 *
 * Rules of the wire that hold for every record (DOMAIN 6.2):
 *  - integers in their shortest form, keys unique, no null, no float, no ext;
 *  - text is UTF-8 without control characters;
 *  - depth at most RECORD_DEPTH_MAX; sizes and counts as the row says;
 *  - a key nobody knows is a problem with its path, unless it starts with
 *    "x_": such a value is skipped (there null and floats may stand too).
 * Decoding never allocates: texts and bytes point into the received bytes,
 * list items live in the caller's arena.
 */

enum { RECORD_DEPTH_MAX = 8, RECORD_PATH_SIZE_MAX = 96, RECORD_PROBLEM_COUNT_MAX = 64 };

enum field_type {
    FIELD_TEXT,    /* struct text; minimum..maximum bytes; rule */
    FIELD_INTEGER, /* struct number; minimum..maximum */
    FIELD_FEN,     /* struct number; money in fen */
    FIELD_TIME,    /* struct number; UTC microseconds */
    FIELD_BOOLEAN, /* struct number, 0 or 1 */
    FIELD_BYTES,   /* struct bytes; minimum..maximum bytes; lower-case hex in JSON */
    FIELD_TEXTS,   /* struct text_list; minimum..maximum items of 1..TEXTS_ITEM_SIZE_MAX bytes */
    FIELD_RECORD,  /* struct X with is_present; minimum, maximum unused */
    FIELD_RECORDS, /* struct X_list; minimum..maximum items */
};

enum { TEXTS_ITEM_SIZE_MAX = 256 };

struct text_list {
    struct text *items;
    uint32_t count;
    bool is_present;
};

struct record;

struct field {
    const char *key;    /* on the wire */
    const char *member; /* in C */
    enum field_type type;
    bool is_required;
    int64_t minimum;
    int64_t maximum;
    enum rule rule;              /* RULE_FREE for all but FIELD_TEXT(S) */
    const struct record *nested; /* FIELD_RECORD(S) only */
    size_t offset;
    const char *sentence; /* for the docs */
};

struct record {
    const char *name;
    const struct field *fields;
    uint32_t field_count;
    size_t struct_size;
    size_t presence_offset; /* of the bool is_present every record struct ends with */
    const char *sentence;
};

enum problem_kind {
    PROBLEM_MISSING,  /* a required key is absent */
    PROBLEM_NULL,     /* null stands where a value is meant */
    PROBLEM_TYPE,     /* another type than the row's */
    PROBLEM_SIZE,     /* too short, too long, too few or too many */
    PROBLEM_RANGE,    /* a number outside minimum..maximum */
    PROBLEM_RULE,     /* the row's rule does not hold */
    PROBLEM_UNKNOWN,  /* a key nobody knows */
    PROBLEM_REPEATED, /* a key that stands twice */
    PROBLEM_ENCODING, /* not canonical msgpack, not UTF-8, a control character, too deep, cut off */
};

struct problem {
    enum problem_kind kind;
    const struct field *field;       /* NULL where no row is concerned */
    char path[RECORD_PATH_SIZE_MAX]; /* "units/0/bdcdyh"; "" for the whole; cut with "..." when longer */
};

/* All that was found, not only the first. `count` stops at
 * RECORD_PROBLEM_COUNT_MAX; `has_more` says that others were left out. */
struct problems {
    struct problem items[RECORD_PROBLEM_COUNT_MAX];
    uint32_t count;
    bool has_more;
};

/* One sentence: what is wrong and what the row asks for. Returns `out`. */
const char *problem_english(const struct problem *problem, char *out, size_t size);
const char *problem_chinese(const struct problem *problem, char *out, size_t size);
/* Does a problem stand at exactly this path (or above it)? */
bool problems_name(const struct problems *problems, const char *path);

/* Fills `out` (a struct of record->struct_size bytes, zeroed first) from one
 * msgpack map that must end exactly at bytes.size. A field with a problem is
 * left absent; all others are filled, so that checks can go on.
 * STATUS_OK without problems, STATUS_BAD_BODY with some, STATUS_LIMIT when the
 * arena is full. `out` borrows from `bytes` and `arena`. */
MUST_CHECK enum status record_decode(const struct record *record, struct bytes bytes, struct arena *arena, void *out,
                                     struct problems *problems);

/* Appends the msgpack map of `in` to `buffer` at *used, in the order of the
 * rows, absent fields left out. STATUS_LIMIT when `capacity` is too small;
 * *used is then unchanged. Does not validate. */
MUST_CHECK enum status record_encode(const struct record *record, const void *in, uint8_t *buffer, size_t capacity,
                                     size_t *used);

/* Same problems and paths as record_decode, from a JSON object. Texts borrow
 * from `json`, which must outlive `out`; bytes are un-hexed into the arena. */
MUST_CHECK enum status record_from_json(const struct record *record, const json_t *json, struct arena *arena, void *out,
                                        struct problems *problems);

/* A new JSON object in the order of the rows; NULL when out of memory.
 * Bytes are lower-case hex, booleans true/false. The caller owns it. */
json_t *record_to_json(const struct record *record, const void *in);

/* Any JSON object as canonical msgpack, keys in the order they stand, for
 * bodies that must keep what nobody here knows (x_ keys). Floats and null are
 * kept (the reader takes them under x_ keys only). STATUS_LIMIT when it does
 * not fit, STATUS_BAD_BODY deeper than RECORD_DEPTH_MAX. */
MUST_CHECK enum status json_to_msgpack(const json_t *json, uint8_t *buffer, size_t capacity, size_t *used);
/* The other way; bytes become lower-case hex. For showing a body verbatim. */
MUST_CHECK enum status msgpack_to_json(struct bytes bytes, json_t **out);

/* Are all members equal? Absent equals absent only. On a difference the path
 * of the first one is written to `path` (RECORD_PATH_SIZE_MAX) unless NULL. */
bool record_equal(const struct record *record, const void *a, const void *b, char *path);

#endif
