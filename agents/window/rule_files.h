#ifndef ONEVISIT_AGENTS_WINDOW_RULE_FILES_H
#define ONEVISIT_AGENTS_WINDOW_RULE_FILES_H

#include "agents/window/windows_file.h"
#include "schemas/message.h"

/* The rule files of the windows served: the very files that the broker reads
 * (docs/rules.md), judged as there. From them the agent knows what a window
 * calls the codes of the house, and whether its registry books only after the
 * fee is paid. They are read once, at start. */
struct rule_file {
    struct fact_rules fact;
    uint8_t *memory; /* behind it */
};

struct rule_files {
    struct rule_file *items;
    uint32_t count;
};

/* `path` is one file, or a folder whose files of windows not served here are left aside. STATUS_NOT_FOUND,
 * STATUS_CONFIG (a rule is broken, a window not served, or two files of one window), STATUS_NO_MEMORY; `why` says
 * file, line and reason. */
MUST_CHECK enum status rule_files_read(struct rule_files *files, const char *path, const struct window_names *served,
                                       char *why, size_t why_size);
void rule_files_free(struct rule_files *files);
/* NULL: the window has no rule file. Valid as long as `files`, which may be NULL. */
const struct window_rules *rule_files_of(const struct rule_files *files, struct text window);

#endif
