#ifndef ONEVISIT_SCHEMAS_READER_H
#define ONEVISIT_SCHEMAS_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/text.h"

/* A bounds-checked cursor over msgpack bytes from anywhere.
 *
 * It reads one token at a time, never past the end, never allocates and never
 * recurses. A count that cannot fit into the bytes left is refused at once, so
 * that "dd ff 00 00 00" costs nothing. What is well-formed but not allowed on
 * our wire (a longer form than needed, an ext) is still a token, marked as
 * such: the caller names the place and reads on. */

enum token_type {
    TOKEN_NIL,
    TOKEN_BOOLEAN,
    TOKEN_INTEGER,
    TOKEN_FLOAT,
    TOKEN_TEXT,
    TOKEN_BYTES,
    TOKEN_LIST,
    TOKEN_MAP,
    TOKEN_EXTENSION,
};

struct token {
    enum token_type type;
    bool is_canonical; /* the shortest form was used */
    bool is_beyond;    /* INTEGER above INT64_MAX; its value is then (uint64_t)integer */
    int64_t integer;   /* INTEGER; 0 or 1 for BOOLEAN */
    double real;       /* FLOAT */
    const void *data;  /* TEXT, BYTES, EXTENSION: borrowed from the bytes read; never NULL */
    uint32_t size;     /* of data in bytes */
    uint32_t count;    /* items of a LIST, pairs of a MAP; they follow as tokens */
};

struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

struct reader reader_over(struct bytes bytes);

/* The next token. False when the bytes are cut off or no msgpack; the reader
 * then stays where it is. */
bool reader_next(struct reader *reader, struct token *out);

enum skip_result {
    SKIP_CLEAN,  /* all of it may stand on our wire under an x_ key */
    SKIP_FLAWED, /* read over, but something in it may not stand there */
    SKIP_BROKEN, /* cut off, no msgpack, or deeper than depth_max: nothing more can be read */
};

/* Reads over what belongs to a token just read (nothing for a scalar). A flaw
 * is a form longer than needed, a text that text_is_clean refuses, an ext, or
 * a map key that is no text. depth_max is at most RECORD_DEPTH_MAX. */
enum skip_result reader_skip(struct reader *reader, const struct token *token, uint32_t depth_max);

/* UTF-8 (no overlong forms, no surrogates, at most U+10FFFF) without control
 * characters (below U+0020, and U+007F). */
bool text_is_clean(struct text text);

static inline struct text token_text(const struct token *token)
{
    return (struct text){token->data, token->size};
}

#endif
