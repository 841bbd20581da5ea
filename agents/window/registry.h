#ifndef ONEVISIT_AGENTS_WINDOW_REGISTRY_H
#define ONEVISIT_AGENTS_WINDOW_REGISTRY_H

#include "agents/window/adapter.h"
#include "agents/window/rule_files.h"
#include "schemas/failure.h"

/* A stand-in registry with a store of its own (DATA/registry.db, apart from the
 * agent's): it files, accepts, asks for supplements, refuses, books and
 * certifies, with set shares and delays, for any number of windows, and answers
 * title queries from its book.
 *
 * It never files a case twice: (window, case) is unique, and so is the content
 * of what is in work or in force (units, mortgagee, kind, method, contract).
 * Each attempt to do so is counted in its table `attempt`. What it decides
 * depends on the seed and the case id alone, its timers stand in the store. */
struct registry;

struct registry_settings {
    uint64_t seed;
    /* shares in 1/100 of a percent */
    uint32_t not_accepted;
    uint32_t supplement;
    uint32_t refuse;
    uint32_t failed[FAILURE_COUNT]; /* applications that cannot be handed over, by class */
    uint32_t fee;                   /* told of a fee, of the cases that have one */
    uint32_t withhold;              /* a proof is kept back until it was asked for so often; 0: it is told by itself */
    int64_t accept_ms;
    int64_t book_ms;
    int64_t certify_ms;
    int64_t archive_ms;             /* after the bank has checked the proof */
    const struct rule_files *rules; /* borrowed; NULL: none. Who books only after payment stands there. */
};

enum { REGISTRY_NEWS_COUNT_MAX = 512 };

/* A case that has new answers from this position on. */
struct registry_news {
    char window[33];
    char case_id[31];
    int64_t position;
};

MUST_CHECK enum status registry_open(const char *path, const struct registry_settings *settings, struct registry **out,
                                     char *why, size_t why_size);
void registry_close(struct registry **registry);

/* How handing over the task fails, now: FAILURE_COUNT for not at all. Of a share set for `transient` and `busy` the
 * first attempts fail, of the others all. Nothing is taken then. */
enum failure registry_fails(const struct registry_settings *settings, const struct adapter_task *task);
/* Takes a delivery into the open group: ADAPTER_TAKEN, or ADAPTER_CANNOT with `why`. */
enum adapter_outcome registry_hand(struct registry *registry, const struct adapter_task *task, int64_t now_us,
                                   char why[ADAPTER_WHY_SIZE_MAX]);
/* The case is asked about: what was kept back may come. Into the open group; true when it does. */
bool registry_asked(struct registry *registry, struct text window, struct text case_id, int64_t now_us);
/* Does it have the case, and up to which delivery? */
bool registry_knows(struct registry *registry, struct text window, struct text case_id, int64_t *number_last);
/* The answers from a position on; valid until the next call. */
uint32_t registry_answers(struct registry *registry, struct text window, struct text case_id, int64_t from,
                          struct adapter_answer out[ADAPTER_ANSWER_COUNT_MAX]);
/* Does what is due into the open group; the cases with news. */
uint32_t registry_work(struct registry *registry, int64_t now_us, struct registry_news out[REGISTRY_NEWS_COUNT_MAX]);
/* When something is due next; INT64_MAX for never. */
int64_t registry_due_at(struct registry *registry);
MUST_CHECK enum status registry_commit(struct registry *registry);

/* Answers a title query from the book: a TITLE_RESULT into `body` (MESSAGE_SIZE_MAX bytes). */
MUST_CHECK enum status registry_look(struct registry *registry, const struct adapter_question *question, int64_t now_us,
                                     uint8_t *body, size_t *size);
/* The window has told an alert: the book of the sandbox in this folder says the same from now on. Nothing where the
 * folder has no sandbox. */
MUST_CHECK enum status registry_tell(const char *data_path, const struct risk_alert *alert, char *why, size_t why_size);

#endif
