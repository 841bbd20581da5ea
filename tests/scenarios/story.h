#ifndef ONEVISIT_TESTS_SCENARIOS_STORY_H
#define ONEVISIT_TESTS_SCENARIOS_STORY_H

#include <stdio.h>

#include "schemas/checks/check.h"
#include "tests/core/books.h"
#include "tests/core/house.h"

/* A story is a text file of sentences that is played on the real core, see
 * README.md here. Each sentence is one row of a table in acts.c or claims.c. */
enum {
    STORY_WORD_COUNT_MAX = 24,
    STORY_WORD_SIZE = 160,
    STORY_CASE_COUNT_MAX = 16,
    STORY_SENT_COUNT_MAX = 4096,
    STORY_LOADED_COUNT_MAX = 500,
    STORY_WHY_SIZE = 512,
};

struct story_case {
    char name[STORY_WORD_SIZE];
    char id[CASE_ID_SIZE + 1];
    char branch[STORY_WORD_SIZE];
    char unit[STORY_WORD_SIZE];
    char kind[8]; /* "": the example's */
    bool is_bulk;
    uint64_t message_id;
};

/* A delivery as it left the house. */
struct story_sent {
    char case_id[CASE_ID_SIZE + 1];
    char to[33];
    uint64_t number;
};

struct story {
    struct house *house;
    struct story_case cases[STORY_CASE_COUNT_MAX];
    uint32_t case_count;
    struct story_sent sent[STORY_SENT_COUNT_MAX];
    uint32_t sent_count;
    char loaded[STORY_LOADED_COUNT_MAX][CASE_ID_SIZE + 1]; /* cases without a name of their own, handed in as bulk */
    uint32_t loaded_count;
    uint64_t message_count;
    uint64_t query;                                    /* the last title query that was taken, 0: none */
    char problem[RECORD_PATH_SIZE_MAX];                /* where the contract refused it, "" for nowhere */
    struct check_result counter;                       /* of the last application looked at */
    char words[STORY_WORD_COUNT_MAX][STORY_WORD_SIZE]; /* what stands for the stars of the sentence */
    struct own_book book;                              /* somebody's own book of a day */
    uint32_t difference_count;                         /* of the last comparison */
    char why[STORY_WHY_SIZE];                          /* what does not hold */
};

/* One kind of sentence. `form` is its words, * standing for any one. `run` is
 * false where what it claims does not hold, with story->why filled. */
struct sentence {
    const char *form;
    bool (*run)(struct story *story);
};

struct sentences {
    const struct sentence *items;
    size_t count;
};
extern const struct sentences story_acts;       /* what is done */
extern const struct sentences story_claims;     /* what is claimed */
extern const struct sentences story_title_acts; /* both about title queries */
extern const struct sentences story_title_claims;
extern const struct sentences story_time_acts; /* both about days, calendars and clocks */
extern const struct sentences story_time_claims;
extern const struct sentences story_book_acts; /* of the books of a day */
extern const struct sentences story_book_claims;
extern const struct sentences story_counter_acts; /* and about amounts, at the counter and in the book */
extern const struct sentences story_counter_claims;
extern const struct sentences story_file_acts; /* of files that travel before their case */
extern const struct sentences story_file_claims;
extern const struct sentences story_failure_acts, story_failure_claims;

/* ---- the words of a sentence ---- */

int64_t number_in(const char *word);
/* "unit-1" and the other short names; any other word means itself. */
const char *meant(const char *said);
/* Notes why a sentence does not hold; always false. */
bool deny(struct story *story, const char *what, const char *seen);
/* NULL, noted, where no case has the name. */
struct story_case *the_named(struct story *story, const char *name);
/* The id of the case that word `index` names; "" for none: the core knows none of this id. */
const char *id_at(struct story *story, unsigned index);
bool is_known(struct story *story, unsigned index);

/* ---- playing ---- */

/* NULL where no sentence has this form; fills story->words. */
const struct sentence *sentence_find(struct story *story, const char *line);

/* Remembers the deliveries among the effects, before a further act empties them. */
void story_note_deliveries(struct story *story);

/* Plays a story; false at its first sentence that nobody knows or that does not
 * hold, with "name:line: sentence: why" in `why`. `sentence_count` may be 0 only
 * in a story that is false. */
bool story_play(FILE *in, const char *name, char why[STORY_WHY_SIZE], uint32_t *sentence_count);

#endif
