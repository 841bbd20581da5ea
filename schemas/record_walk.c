#include "schemas/record_walk.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "schemas/record_member.h"

static const struct text no_key = {NULL, 0};

void walk_init(struct walk *walk, struct arena *arena, struct problems *problems)
{
    walk->bytes_are_hex = false;
    walk->depth = 0;
    walk->arena = arena;
    walk->problems = problems;
    walk->has_problem = false;
    walk->is_full = false;
    problems->count = 0;
    problems->has_more = false;
}

enum status walk_status(const struct walk *walk)
{
    if (walk->is_full)
        return STATUS_LIMIT;
    return walk->has_problem ? STATUS_BAD_BODY : STATUS_OK;
}

/* ---- paths and problems ---- */

/* Cuts at the start of a character and says so. */
static void path_cut(char *path)
{
    static const char dots[] = "...";
    size_t at = RECORD_PATH_SIZE_MAX - sizeof dots;
    while (at > 0 && ((unsigned char)path[at] & 0xc0) == 0x80)
        at--;
    memcpy(path + at, dots, sizeof dots);
}

/* Adds one step; false once the path is full. */
static bool path_append(char *path, size_t *used, struct text step)
{
    size_t room = RECORD_PATH_SIZE_MAX - *used;
    int size = snprintf(path + *used, room, "%s%.*s", *used > 0 ? "/" : "", TEXT_ARGS(step));
    if (size < 0 || (size_t)size >= room) {
        path_cut(path);
        return false;
    }
    *used += (size_t)size;
    return true;
}

/* A key from outside may look like a path or be no text at all. */
static struct text path_step_of_key(struct text key)
{
    bool is_fit = key.size > 0 && text_is_clean(key) && memchr(key.data, '/', key.size) == NULL;
    return is_fit ? key : text_of("?");
}

static bool path_append_frame(const struct walk_frame *frame, char *path, size_t *used)
{
    if (!frame->is_list)
        return frame->field == NULL || path_append(path, used, text_of(frame->field->key));
    char index[12];
    snprintf(index, sizeof index, "%u", frame->index);
    return path_append(path, used, text_of(index));
}

void walk_problem(struct walk *walk, enum problem_kind kind, const struct field *field, struct text key)
{
    struct problems *problems = walk->problems;
    walk->has_problem = true;
    if (problems->count == RECORD_PROBLEM_COUNT_MAX) {
        problems->has_more = true;
        return;
    }
    struct problem *problem = &problems->items[problems->count++];
    *problem = (struct problem){.kind = kind, .field = field};
    size_t used = 0;
    bool has_room = true;
    for (uint32_t i = 0; i < walk->depth && has_room; i++)
        has_room = path_append_frame(&walk->frames[i], problem->path, &used);
    if (has_room && key.data != NULL)
        path_append(problem->path, &used, path_step_of_key(key));
}

/* ---- maps and lists ---- */

static struct walk_frame *frame_push(struct walk *walk, const struct record *record, uint8_t *out, uint32_t left)
{
    assert(walk->depth < RECORD_DEPTH_MAX);
    struct walk_frame *frame = &walk->frames[walk->depth++];
    frame->is_list = false;
    frame->record = record;
    frame->field = NULL;
    frame->out = out;
    frame->count = left;
    frame->left = left;
    frame->row = 0;
    frame->index = 0;
    frame->extra_count = 0;
    memset(frame->seen, 0, sizeof frame->seen);
    return frame;
}

static void record_open(struct walk *walk, const struct record *record, uint8_t *out, uint32_t left)
{
    assert(record->field_count <= WALK_FIELD_COUNT_MAX);
    bool *is_present = (bool *)(out + record->presence_offset);
    *is_present = true;
    frame_push(walk, record, out, left);
}

bool walk_open(struct walk *walk, const struct record *record, const struct token *token, void *out)
{
    if (token->type != TOKEN_MAP) {
        walk_problem(walk, token->type == TOKEN_NIL ? PROBLEM_NULL : PROBLEM_TYPE, NULL, no_key);
        return false;
    }
    if (!token->is_canonical)
        walk_problem(walk, PROBLEM_ENCODING, NULL, no_key);
    record_open(walk, record, out, token->count);
    return true;
}

/* text_list and the X_list of every record are one shape. */
static bool list_open(struct walk *walk, const struct field *field, uint32_t count, struct text_list *list)
{
    size_t item_size = field->type == FIELD_TEXTS ? sizeof(struct text) : field->nested->struct_size;
    void *items = NULL;
    if (count > 0 && (items = arena_take(walk->arena, item_size * count)) == NULL) {
        walk->is_full = true;
        return false;
    }
    *list = (struct text_list){items, count, true};
    struct walk_frame *frame = frame_push(walk, field->nested, items, count);
    frame->is_list = true;
    frame->field = field;
    return true;
}

void walk_close(struct walk *walk)
{
    struct walk_frame *frame = walk_top(walk);
    frame->field = frame->is_list ? frame->field : NULL;
    for (uint32_t row = 0; !frame->is_list && row < frame->record->field_count; row++) {
        const struct field *field = &frame->record->fields[row];
        if (field->is_required && (frame->seen[row / 64] >> row % 64 & 1) == 0)
            walk_problem(walk, PROBLEM_MISSING, field, text_of(field->key));
    }
    walk->depth--;
}

/* ---- keys ---- */

static bool key_is(const char *key, struct text text)
{
    return text.size > 0 && key[0] == text.data[0] && text_is(text, key);
}

/* The row of a key, field_count for none; looks first where the last one ended. */
static uint32_t row_find(const struct walk_frame *frame, struct text key)
{
    uint32_t count = frame->record->field_count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = frame->row + i < count ? frame->row + i : frame->row + i - count;
        if (key_is(frame->record->fields[row].key, key))
            return row;
    }
    return count;
}

static enum walk_key key_extra(struct walk *walk, struct text key)
{
    struct walk_frame *frame = walk_top(walk);
    for (uint32_t i = 0; i < frame->extra_count; i++) {
        if (text_equal(frame->extras[i], key)) {
            walk_problem(walk, PROBLEM_REPEATED, NULL, key);
            return WALK_KEY_REFUSED;
        }
    }
    if (frame->extra_count < WALK_EXTRA_COUNT_MAX)
        frame->extras[frame->extra_count++] = key;
    return WALK_KEY_EXTRA;
}

static enum walk_key key_of_row(struct walk *walk, uint32_t row, const struct token *key)
{
    struct walk_frame *frame = walk_top(walk);
    const struct field *field = &frame->record->fields[row];
    uint64_t bit = (uint64_t)1 << row % 64;
    bool is_repeated = (frame->seen[row / 64] & bit) != 0;
    frame->field = field;
    frame->row = row + 1;
    frame->seen[row / 64] |= bit;
    if (key->is_canonical && !is_repeated)
        return WALK_KEY_KNOWN;
    /* which of the two was meant nobody can say: neither counts */
    memset(frame->out + field->offset, 0, member_size(field));
    walk_problem(walk, is_repeated ? PROBLEM_REPEATED : PROBLEM_ENCODING, field, no_key);
    return WALK_KEY_REFUSED;
}

enum walk_key walk_key(struct walk *walk, const struct token *token)
{
    struct walk_frame *frame = walk_top(walk);
    struct text key = token_text(token);
    frame->field = NULL;
    frame->left--;
    if (token->type != TOKEN_TEXT) {
        walk_problem(walk, PROBLEM_TYPE, NULL, text_of("?"));
        return WALK_KEY_REFUSED;
    }
    uint32_t row = row_find(frame, key);
    if (row < frame->record->field_count)
        return key_of_row(walk, row, token);
    if (!token->is_canonical || !text_is_clean(key)) {
        walk_problem(walk, PROBLEM_ENCODING, NULL, key);
        return WALK_KEY_REFUSED;
    }
    if (key.size >= 2 && memcmp(key.data, "x_", 2) == 0)
        return key_extra(walk, key);
    walk_problem(walk, PROBLEM_UNKNOWN, NULL, key);
    return WALK_KEY_REFUSED;
}

void walk_item(struct walk *walk)
{
    struct walk_frame *frame = walk_top(walk);
    frame->index = frame->count - frame->left;
    frame->left--;
}

/* ---- values ---- */

static bool refuse(struct walk *walk, enum problem_kind kind)
{
    walk_problem(walk, kind, walk_top(walk)->field, no_key);
    return false;
}

static bool take_text(struct walk *walk, struct text text, int64_t minimum, int64_t maximum, struct text *slot)
{
    enum rule rule = walk_top(walk)->field->rule;
    if (!text_is_clean(text))
        return refuse(walk, PROBLEM_ENCODING);
    if (text.size < minimum || text.size > maximum)
        return refuse(walk, PROBLEM_SIZE);
    if (rule != RULE_FREE && !rule_holds(rule, text))
        return refuse(walk, PROBLEM_RULE);
    *slot = text;
    return true;
}

static bool take_number(struct walk *walk, const struct token *token, struct number *slot)
{
    const struct field *field = walk_top(walk)->field;
    if (token->is_beyond || token->integer < field->minimum || token->integer > field->maximum)
        return refuse(walk, PROBLEM_RANGE);
    *slot = number_of(token->integer);
    return true;
}

static int hex_digit(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

static bool take_hex(struct walk *walk, struct text hex, struct bytes *slot)
{
    const struct field *field = walk_top(walk)->field;
    for (uint32_t i = 0; i < hex.size; i++) {
        if (hex_digit(hex.data[i]) < 0)
            return refuse(walk, PROBLEM_ENCODING);
    }
    if (hex.size % 2 != 0)
        return refuse(walk, PROBLEM_ENCODING);
    uint32_t size = hex.size / 2;
    if (size < field->minimum || size > field->maximum)
        return refuse(walk, PROBLEM_SIZE);
    uint8_t *bytes = arena_take(walk->arena, size);
    if (bytes == NULL) {
        walk->is_full = true;
        return false;
    }
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(hex_digit(hex.data[(size_t)2 * i]) << 4 | hex_digit(hex.data[(size_t)2 * i + 1]));
    *slot = bytes_of(bytes, size);
    return true;
}

static bool take_bytes(struct walk *walk, const struct token *token, struct bytes *slot)
{
    const struct field *field = walk_top(walk)->field;
    if (walk->bytes_are_hex)
        return take_hex(walk, token_text(token), slot);
    if (token->size < field->minimum || token->size > field->maximum)
        return refuse(walk, PROBLEM_SIZE);
    *slot = bytes_of(token->data, token->size);
    return true;
}

static bool take_list(struct walk *walk, const struct token *token, void *slot)
{
    const struct field *field = walk_top(walk)->field;
    if (token->count < field->minimum || token->count > field->maximum)
        return refuse(walk, PROBLEM_SIZE);
    return list_open(walk, field, token->count, slot);
}

static enum token_type token_type_of(const struct walk *walk, enum field_type type)
{
    switch (type) {
    case FIELD_TEXT:
        return TOKEN_TEXT;
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
        return TOKEN_INTEGER;
    case FIELD_BOOLEAN:
        return TOKEN_BOOLEAN;
    case FIELD_BYTES:
        return walk->bytes_are_hex ? TOKEN_TEXT : TOKEN_BYTES;
    case FIELD_TEXTS:
    case FIELD_RECORDS:
        return TOKEN_LIST;
    case FIELD_RECORD:
        return TOKEN_MAP;
    }
    return TOKEN_NIL;
}

static bool take_member(struct walk *walk, const struct token *token, void *slot)
{
    const struct field *field = walk_top(walk)->field;
    switch (field->type) {
    case FIELD_TEXT:
        return take_text(walk, token_text(token), field->minimum, field->maximum, slot);
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
    case FIELD_BOOLEAN:
        return take_number(walk, token, slot);
    case FIELD_BYTES:
        return take_bytes(walk, token, slot);
    case FIELD_TEXTS:
    case FIELD_RECORDS:
        return take_list(walk, token, slot);
    case FIELD_RECORD:
        record_open(walk, field->nested, slot, token->count);
        return true;
    }
    return false;
}

static bool take_item(struct walk *walk, const struct token *token)
{
    struct walk_frame *frame = walk_top(walk);
    if (frame->record == NULL) {
        struct text *slot = (struct text *)(void *)frame->out + frame->index;
        return take_text(walk, token_text(token), 1, TEXTS_ITEM_SIZE_MAX, slot);
    }
    record_open(walk, frame->record, frame->out + (size_t)frame->index * frame->record->struct_size, token->count);
    return true;
}

bool walk_value(struct walk *walk, const struct token *token)
{
    struct walk_frame *frame = walk_top(walk);
    enum token_type wanted = frame->is_list         ? frame->record == NULL ? TOKEN_TEXT : TOKEN_MAP
                             : frame->field == NULL ? TOKEN_NIL
                                                    : token_type_of(walk, frame->field->type);
    if (token->type == TOKEN_NIL)
        return refuse(walk, PROBLEM_NULL);
    if (token->type != wanted)
        return refuse(walk, PROBLEM_TYPE);
    if (!token->is_canonical)
        return refuse(walk, PROBLEM_ENCODING);
    return frame->is_list ? take_item(walk, token) : take_member(walk, token, frame->out + frame->field->offset);
}
