#ifndef ONEVISIT_BROKER_REFUSAL_H
#define ONEVISIT_BROKER_REFUSAL_H

#include "schemas/checks/check.h"
#include "schemas/status.h"

/* What a REJECT says: its status, the path, and all findings at once, in both
 * languages, each within the limits of its row. */

/* A finding of the counter as the wire has it; its sentences stand in `texts`, which `out` borrows. */
enum { FINDING_TEXT_SIZE = 512 };
struct finding_texts {
    char chinese[FINDING_TEXT_SIZE];
    char english[FINDING_TEXT_SIZE];
};
void finding_fill(const struct found *found, struct finding_texts *texts, struct finding *out);

/* What a REJECT says besides its status. */
struct refusal {
    enum status status;
    const char *path;
    const char *sentence;    /* English, in place of the status's; NULL for that */
    const char *sentence_zh; /* Chinese likewise */
    const char *case_id;
    int64_t retry_ms;
    const struct problems *problems;     /* NULL or the faults of form */
    const struct check_result *findings; /* NULL or the counter's findings */
};

enum { REJECT_TEXT_SIZE_MAX = 512 };

/* Room for the sentences a REJECT points at. */
struct refusal_words {
    struct finding findings[REJECT_FINDING_COUNT_MAX];
    struct finding_texts texts[REJECT_FINDING_COUNT_MAX];
};

/* Valid until the next call with the same words, and as long as `refusal` lives. */
struct reject refusal_body(struct refusal_words *words, const struct refusal *refusal);

#endif
