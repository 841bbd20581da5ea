#ifndef ONEVISIT_TESTS_SIM_RULING_H
#define ONEVISIT_TESTS_SIM_RULING_H

#include "broker/keep/keeper.h"
#include "tests/sim/peer.h"

/* The rule files of the windows, which change while cases run (FEATURE_RULES): a window begins or ceases to ask for one
 * more material; some files are broken or forget to count their version up. What was promised:
 *
 *   an application is judged by the rules in force at its place in the journal, and its case shows their version for
 * ever a version only goes up; a file that is refused leaves the rules before in force */
void ruling_open(void);
void ruling_close(void);
/* An empty folder of rule files. */
MUST_CHECK bool ruling_make_folder(const char *folder);
void ruling_remove_folder(const char *folder);

void ruling_trouble(void); /* a window's file changes */
/* An operator sees a case under the rules of this version. */
void ruling_seen(struct told_case *told, struct number version);
/* The materials of an application, with the one that windows may ask for; lives until the next call. */
struct material_list ruling_materials(const struct material_list *materials);
/* May it be refused for what it lacks? */
bool ruling_may_refuse(const struct filed *filed);

/* At rest: each record of the journal in turn. */
void ruling_judge_record(const struct keeper_origin *origin);

#endif
