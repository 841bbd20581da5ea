#ifndef ONEVISIT_AGENTS_OPS_EXPORT_SOURCE_H
#define ONEVISIT_AGENTS_OPS_EXPORT_SOURCE_H

#include "agents/ops/export_out.h"
#include "agents/ops/settings.h"
#include "broker/keep/selection.h"

/* Where exported records come from: a data folder that stands still, or a live
 * broker. Both hand the records that are asked for to the same way out, in
 * order, until the range ends or Ctrl-C. */
struct export_job {
    const struct settings *settings;
    const char *folder; /* NULL: the live broker */
    struct selection selection;
    struct text scope; /* data NULL: masked */
    bool is_compact;
    struct export_out *out; /* opened by the source, when it knows that there is something to read */
    struct export_out_settings out_settings;
    uint64_t looked_at; /* the last record looked at (out) */
    bool is_stopped;    /* by Ctrl-C, before the end (out) */
    char why[KEEPER_WHY_SIZE];
};

/* What went wrong was said. */
MUST_CHECK enum exit_code export_from_folder(struct export_job *job);
MUST_CHECK enum exit_code export_from_broker(struct export_job *job);

/* Says what is wrong; the exit code of it. */
MUST_CHECK enum exit_code export_complain(const struct export_job *job, enum status status);

#endif
