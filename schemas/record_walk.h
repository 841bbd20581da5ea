#ifndef ONEVISIT_SCHEMAS_RECORD_WALK_H
#define ONEVISIT_SCHEMAS_RECORD_WALK_H

#include "schemas/json_cursor.h"
#include "schemas/reader.h"
#include "schemas/record.h"

/* Reading a record, whatever it is written in: where the reading stands in the
 * tables, and the judgement of one key or one value against its row. Private
 * to record_decode.c (msgpack) and record_json.c, which bring the keys and the
 * values as tokens, so that both find the same problems at the same paths.
 *
 * A frame is one map or list that is open. It is pushed by walk_open or
 * walk_value and popped by walk_close when its `left` is 0. No recursion: the
 * stack is RECORD_DEPTH_MAX frames deep, which the tables never exceed. */

enum {
    WALK_FIELD_COUNT_MAX = 128, /* fields of one record; test_message counts them */
    WALK_EXTRA_COUNT_MAX = 32,  /* x_ keys of one map that are remembered, to see one twice */
};

struct walk_frame {
    bool is_list;
    const struct record *record; /* of this map, or of the items; NULL for texts */
    const struct field *field;   /* the row being read; NULL between rows. Of a list: the list's own row */
    uint8_t *out;                /* the struct, or the first item */
    uint32_t count;              /* pairs or items */
    uint32_t left;               /* of them still to come */
    uint32_t row;                /* of a map: the row expected next, since keys mostly stand in their order */
    uint32_t index;              /* of a list: the item being read */
    uint64_t seen[WALK_FIELD_COUNT_MAX / 64];
    uint32_t extra_count;
    struct text extras[WALK_EXTRA_COUNT_MAX];
    struct json_cursor cursor; /* set and used by record_json.c only */
};

struct walk {
    bool bytes_are_hex; /* bytes come as texts of lower-case hex digits */
    uint32_t depth;
    struct arena *arena;
    struct problems *problems;
    bool has_problem;
    bool is_full; /* the arena is; nothing more can be read */
    struct walk_frame frames[RECORD_DEPTH_MAX];
};

void walk_init(struct walk *walk, struct arena *arena, struct problems *problems);
/* Opens the record itself from its first token. False when that is no map. */
bool walk_open(struct walk *walk, const struct record *record, const struct token *token, void *out);
/* STATUS_LIMIT, STATUS_BAD_BODY or STATUS_OK. */
enum status walk_status(const struct walk *walk);

static inline struct walk_frame *walk_top(struct walk *walk)
{
    return walk->depth > 0 ? &walk->frames[walk->depth - 1] : NULL;
}

enum walk_key {
    WALK_KEY_KNOWN,   /* its value goes to walk_value */
    WALK_KEY_EXTRA,   /* an x_ key: its value may be anything clean */
    WALK_KEY_REFUSED, /* a problem was noted: read over its value */
};
/* The next key of the map on top. */
enum walk_key walk_key(struct walk *walk, const struct token *key);

/* The value of the key just known, or the next item of the list on top (then
 * walk_item comes first). True when the token was taken: a scalar is stored, a
 * map or list is the new top. False: a problem was noted, or the arena is full;
 * what belongs to the token has to be read over. */
bool walk_value(struct walk *walk, const struct token *token);
void walk_item(struct walk *walk);

/* Pops the top, after noting the required rows that never came. */
void walk_close(struct walk *walk);

/* Notes a problem where the reading stands; `key` is added to the path unless
 * its data is NULL. */
void walk_problem(struct walk *walk, enum problem_kind kind, const struct field *field, struct text key);

#endif
