#ifndef ONEVISIT_BROKER_RULEBOOK_H
#define ONEVISIT_BROKER_RULEBOOK_H

#include "broker/keep/keeper.h"

/* The rule files of the windows and the calendar: read at start, at SIGHUP and
 * when an operator asks. Each file is judged whole; what it says becomes a
 * record of the journal, or it is refused with line and reason and the one
 * before stays in force. A file that goes away changes nothing. */
struct rulebook;

/* `folder` "": no rule files; else each NAME.rules in it is one window's.
 * `calendar` "": the one built in, as long as none with a higher version is in
 * force. Both texts are borrowed. */
MUST_CHECK enum status rulebook_new(struct keeper *keeper, const char *folder, const char *calendar,
                                    struct rulebook **out);
void rulebook_free(struct rulebook **rulebook);

/* Can the folder be read? Touches nothing. */
MUST_CHECK enum status rulebook_judge(const char *folder, char *why);
/* Reads all again; `changed` counts what was journaled. A refused file is no
 * error: it is logged and shown by rulebook_view. */
MUST_CHECK enum status rulebook_load(struct rulebook *rulebook, int64_t now_us, struct effects *effects,
                                     int64_t *changed, char *why);
/* Logs once a day that the calendar in force ends soon. */
void rulebook_warn(struct rulebook *rulebook, int64_t now_us);
/* Logs that a window's agent goes by another rule file than the one in force: its codes may be others. */
void rulebook_warn_of_agent(const struct rulebook *rulebook, struct text window, const struct hello *hello);
enum { RULEBOOK_VIEW_SIZE = WINDOW_LIST_COUNT_MAX * sizeof(struct rules_view) + 64 }; /* of the arena of a view */
/* What is in force and what was refused, of one window where `window` is
 * given; borrows from rulebook, core and arena. */
MUST_CHECK enum status rulebook_view(const struct rulebook *rulebook, struct text window, struct arena *arena,
                                     struct rules_list *out);

#endif
