#ifndef ONEVISIT_BROKER_STORE_RULES_JUDGE_H
#define ONEVISIT_BROKER_STORE_RULES_JUDGE_H

#include <libconfig.h>

#include "broker/store/rules_file.h"

/* One rule file being judged; for rules_file.c and rules_judge.c alone. */
struct rules_judgement {
    const char *path;             /* of the file */
    const config_setting_t *root; /* to find lines in; NULL: the file cannot be read as settings */
    char *why;                    /* RULES_WHY_SIZE */
    uint32_t problem_count;
    rules_take_problem *take;
    void *context;
};

/* A problem at a path ("hours/0/opens"): its line is that of the nearest setting that stands there. */
void rules_problem(struct rules_judgement *judgement, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void rules_problem_at(struct rules_judgement *judgement, unsigned line, const char *path, const char *sentence);

/* What the rows of window_rules cannot say. Fields with a problem of their own are absent. */
void rules_judge(struct rules_judgement *judgement, const struct window_rules *rules);

#endif
