#ifndef ONEVISIT_BROKER_STORE_RULES_FILE_H
#define ONEVISIT_BROKER_STORE_RULES_FILE_H

#include "broker/store/store.h"
#include "schemas/message.h"

/* The rule file of one window, in libconfig form; its settings are those of the
 * record window_rules:
 *
 *   window = "W:370102";
 *   version = 3;
 *   materials = ( { kind = "M01"; codes = ["JHZM"]; } );
 *   translations = ( { dictionary = "qllx"; code = "37"; local = "23"; } );
 *
 * The file is judged as a whole: one fault and nothing of it is taken. Beyond
 * the rows' own rules: the window is one of the 136; kinds, fields, dictionaries
 * and codes are known; opening hours end after they begin and do not overlap;
 * no day stands twice; a translation is one-to-one. */

enum {
    RULES_FILE_SIZE_MAX = 1 << 18, /* bytes */
    RULES_ARENA_SIZE = 1 << 20,    /* enough for any file within that */
    RULES_WHY_SIZE = STORE_WHY_SIZE,
};

/* Told once per problem: line, path in the file ("hours/0/opens") and a sentence. Valid during the call. */
typedef void rules_take_problem(unsigned line, const char *path, const char *sentence, void *context);

/* Fills `out` from the file; everything lives in `arena`, the digest is the SM3
 * of the file's bytes. STATUS_NOT_FOUND, STATUS_CONFIG (a rule is broken; then
 * out->rules.window may stand there for whoever lists the faults),
 * STATUS_LIMIT, STATUS_NO_MEMORY, STATUS_IO; `why` (RULES_WHY_SIZE) is "file:
 * line N: reason" of the first problem. `take` may be NULL. */
MUST_CHECK enum status rules_file_judge(const char *path, struct arena *arena, struct fact_rules *out, char *why,
                                        rules_take_problem *take, void *context);
/* The line of its version, for a fault that shows only beside the rules in force; 1 where none can be found. */
unsigned rules_file_version_line(const char *path);

#endif
