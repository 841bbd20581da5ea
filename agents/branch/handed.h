#ifndef ONEVISIT_AGENTS_BRANCH_HANDED_H
#define ONEVISIT_AGENTS_BRANCH_HANDED_H

#include <jansson.h>

#include "agents/branch/events.h"
#include "agents/branch/outbox.h"

/* Messages just handed over by a command, and how far each has come: read from
 * the book only, so a word is never ahead of its evidence. */
struct handed {
    const char *file;  /* of a folder, borrowed; NULL: none */
    uint64_t line;     /* of the file; 0: none */
    bool is_held_back; /* id is 0: warnings stand that nobody gave a reason against */
    int64_t id;        /* outbox row; 0: refused before the outbox */
    uint8_t message_id[16];
    enum outbox_state state;
    enum level level;
    bool has_ended; /* nothing more will come of it */
    char case_id[31];
    json_t *warnings; /* of the counter checks, owned by the list; NULL: none */
};

struct handed_list {
    struct handed *items;
    size_t count;
    size_t capacity;
};

void handed_list_fini(struct handed_list *list);
/* NULL when out of memory. */
struct handed *handed_list_add(struct handed_list *list, const struct handed *handed);

/* Reads how far it has come. */
MUST_CHECK enum status handed_look(struct book *book, struct handed *handed);
bool handed_is_settled(const struct handed *handed, enum level level);

/* Waits until all have reached `level` or ended; STATUS_TIMEOUT when that took
 * longer than `timeout_ms`. Looks only when the book has changed. */
MUST_CHECK enum status handed_await(struct book *book, struct handed_list *list, enum level level, int64_t timeout_ms);

struct word handed_word(const struct handed *handed);

#endif
