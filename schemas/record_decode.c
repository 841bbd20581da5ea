#include <string.h>

#include "schemas/record_walk.h"

/* msgpack into the structs: brings the tokens, record_walk.c judges them. */

static const struct text no_key = {NULL, 0};

/* Where nothing more can be read. */
static bool broken(struct walk *walk, const struct field *field, struct text key)
{
    walk_problem(walk, PROBLEM_ENCODING, field, key);
    return false;
}

static bool skip_refused(struct walk *walk, struct reader *reader, const struct token *token)
{
    if (reader_skip(reader, token, RECORD_DEPTH_MAX - walk->depth) != SKIP_BROKEN)
        return true;
    return broken(walk, NULL, no_key);
}

/* The value of an x_ key, or of a key that was refused. */
static bool skip_value(struct walk *walk, struct reader *reader, enum walk_key kind, const struct token *key)
{
    struct token token;
    struct text name = key->type == TOKEN_TEXT && walk_top(walk)->field == NULL ? token_text(key) : no_key;
    if (!reader_next(reader, &token))
        return broken(walk, NULL, name);
    switch (reader_skip(reader, &token, RECORD_DEPTH_MAX - walk->depth)) {
    case SKIP_CLEAN:
        return true;
    case SKIP_FLAWED:
        if (kind == WALK_KEY_EXTRA)
            walk_problem(walk, PROBLEM_ENCODING, NULL, name);
        return true;
    case SKIP_BROKEN:
        break;
    }
    return broken(walk, NULL, name);
}

static bool read_value(struct walk *walk, struct reader *reader)
{
    struct token token;
    if (!reader_next(reader, &token))
        return broken(walk, walk_top(walk)->field, no_key);
    if (walk_value(walk, &token))
        return true;
    return !walk->is_full && skip_refused(walk, reader, &token);
}

static bool read_pair(struct walk *walk, struct reader *reader)
{
    struct token key;
    walk_top(walk)->field = NULL;
    if (!reader_next(reader, &key))
        return broken(walk, NULL, no_key);
    if (key.type == TOKEN_LIST || key.type == TOKEN_MAP)
        return broken(walk, NULL, no_key);
    enum walk_key kind = walk_key(walk, &key);
    return kind == WALK_KEY_KNOWN ? read_value(walk, reader) : skip_value(walk, reader, kind, &key);
}

static bool read_item(struct walk *walk, struct reader *reader)
{
    walk_item(walk);
    return read_value(walk, reader);
}

/* False when the reading had to stop in the middle. */
static bool read_all(struct walk *walk, struct reader *reader)
{
    bool goes_on = true;
    while (goes_on && walk->depth > 0) {
        struct walk_frame *top = walk_top(walk);
        if (top->left == 0)
            walk_close(walk);
        else
            goes_on = top->is_list ? read_item(walk, reader) : read_pair(walk, reader);
    }
    return goes_on;
}

enum status record_decode(const struct record *record, struct bytes bytes, struct arena *arena, void *out,
                          struct problems *problems)
{
    struct walk walk;
    struct reader reader = reader_over(bytes);
    struct token token;
    memset(out, 0, record->struct_size);
    walk_init(&walk, arena, problems);
    if (!reader_next(&reader, &token)) {
        broken(&walk, NULL, no_key);
        return walk_status(&walk);
    }
    if (!walk_open(&walk, record, &token, out))
        return walk_status(&walk);
    if (read_all(&walk, &reader) && reader.at != reader.end)
        walk_problem(&walk, PROBLEM_ENCODING, NULL, no_key);
    return walk_status(&walk);
}
