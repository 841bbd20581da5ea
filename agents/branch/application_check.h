#ifndef ONEVISIT_AGENTS_BRANCH_APPLICATION_CHECK_H
#define ONEVISIT_AGENTS_BRANCH_APPLICATION_CHECK_H

#include "agents/branch/attach.h"
#include "agents/branch/clerks.h"
#include "agents/branch/lines.h"
#include "schemas/checks/check.h"

/* The counter checks on one line of a file: reads the JSON, looks at its form,
 * runs check_application, and says all findings at once. */
struct application_check;

struct checked_line {
    bool is_ok; /* nothing of level E; warnings alone keep it */
    json_t
        *findings; /* array of {id, level, path, text_zh, text_en, fix_zh, fix_en, fix}; owned, see checked_line_fini */
    uint32_t error_count;
    uint32_t warning_count;
    json_t *application;          /* as it was read; owned likewise; NULL when it cannot be */
    const struct attached *files; /* that go with it, valid until the next check */
    uint32_t file_count;
    bool has_bad_file; /* which the broker cannot know of */
    struct bytes body; /* the msgpack of CASE_SUBMIT, valid until the next check; data NULL when it cannot be made */
};

MUST_CHECK enum status application_check_new(struct application_check **out);
void application_check_free(struct application_check **check);

/* From now on bank/clerk is judged by this list, which is borrowed; NULL: it is not. */
void application_check_use_clerks(struct application_check *check, const struct clerks *clerks);

/* From now on the files that materials name are looked for in this folder, which is borrowed (attach.h). */
void application_check_use_files(struct application_check *check, const char *folder);

/* STATUS_OK with the findings, or STATUS_NO_MEMORY. */
MUST_CHECK enum status application_check_line(struct application_check *check, const struct line *line,
                                              struct date today, struct checked_line *out);
/* The msgpack of an application read before, as it stands now; STATUS_LIMIT when it became too large. Valid until the
 * next check. */
MUST_CHECK enum status application_check_encode(struct application_check *check, const json_t *application,
                                                struct bytes *out);
void checked_line_fini(struct checked_line *line);

#endif
