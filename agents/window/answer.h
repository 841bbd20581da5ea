#ifndef ONEVISIT_AGENTS_WINDOW_ANSWER_H
#define ONEVISIT_AGENTS_WINDOW_ANSWER_H

#include "agents/client/digest.h"
#include "agents/window/adapter.h"

/* Turns what somebody wrote as JSON into an answer that may go out: validated
 * with the tables of the contract, encoded, and with its certificate file. */

enum { ANSWER_FILE_SIZE_MAX = MESSAGE_CHUNK_SIZE_MAX, ANSWER_WHY_SIZE_MAX = ADAPTER_WHY_SIZE_MAX };

struct answer_maker {
    struct digest *digest;            /* borrowed */
    struct arena scratch;             /* for validating; reset by each call */
    struct arena kept;                /* what answers point at; reset by the owner */
    const struct window_rules *rules; /* whose codes the JSON speaks; borrowed; NULL: those of the house */
};

MUST_CHECK enum status answer_maker_init(struct answer_maker *maker, struct digest *digest, size_t kept_size);
void answer_maker_fini(struct answer_maker *maker);

/* The type of an answer a window may give about a case; MESSAGE_COUNT for none. */
enum message_type answer_type_of(struct text name);
/* {"type": "CERT_ISSUED", "body": {...}, "file": "/path"}. STATUS_BAD_BODY (also for a code that the rules do not
 * list), STATUS_NOT_FOUND (the file),
 * STATUS_TOO_LARGE, STATUS_LIMIT, with the path and the reason in `why`. Leaves the position alone. */
MUST_CHECK enum status answer_from_json(struct answer_maker *maker, const json_t *json, struct adapter_answer *out,
                                        char why[ANSWER_WHY_SIZE_MAX]);
/* A struct of the type's record, validated as if it had come as JSON. */
MUST_CHECK enum status answer_from_struct(struct answer_maker *maker, enum message_type type, const void *body,
                                          struct adapter_answer *out, char why[ANSWER_WHY_SIZE_MAX]);
/* Reads a certificate file into the kept arena: its digest, size and kind are put into `body`. */
MUST_CHECK enum status answer_read_file(struct answer_maker *maker, const char *path, struct bytes *out,
                                        char why[ANSWER_WHY_SIZE_MAX]);
/* "application/pdf", "image/jpeg" or "image/png" by the first bytes; NULL for none of them. */
const char *answer_file_kind(struct bytes file);

#endif
