#ifndef ONEVISIT_AGENTS_OPS_EXPORT_OUT_H
#define ONEVISIT_AGENTS_OPS_EXPORT_OUT_H

#include "broker/keep/journal_copy.h"
#include "broker/store/journal_file.h"

/* Where exported records go: JSON Lines to a file or to standard output, or a
 * file of journal records as they are stored. A file is written beside its name
 * and renamed when it is whole; one that is not finished leaves nothing. */
struct export_out;

struct export_out_settings {
    const char *path; /* NULL: standard output, lines only */
    bool is_compact;
    bool is_filtered; /* records may be left out */
    uint64_t first;   /* where the range begins */
};

MUST_CHECK enum status export_out_open(const struct export_out_settings *settings, struct export_out **out, char *why);
/* One line of JSON. */
MUST_CHECK enum status export_out_line(struct export_out *out, const struct journal_copy *copy, char *why);
/* Before the first stored record. */
void export_out_name_broker(struct export_out *out, const uint8_t broker_id[BROKER_ID_SIZE], bool is_test);
MUST_CHECK enum status export_out_stored(struct export_out *out, uint64_t sequence, struct bytes record, char *why);
uint64_t export_out_count(const struct export_out *out);
/* Up to `last` the journal was looked at: all of it is there now, on disk. */
MUST_CHECK enum status export_out_finish(struct export_out *out, uint64_t last, char *why);
void export_out_close(struct export_out **out);

#endif
