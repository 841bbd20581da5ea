#ifndef ONEVISIT_BROKER_KEEP_IMPORT_H
#define ONEVISIT_BROKER_KEEP_IMPORT_H

#include "broker/keep/keeper.h"

/* A broker's folder made of a whole journal in a file (broker/store/journal_file.h) and the keys kept apart from it:
 * the same seal and broker id, the same records and chain, the same keys, the rows made anew. A broker that opens it
 * goes on from there and gives the same answers to messages that come again.
 *
 * The file is read twice: judged as a whole, then taken. The folder is made under another name beside its own and
 * renamed when it is whole; whatever stops the import leaves nothing. Memory is that of the cases that are open. */
struct import_settings {
    const char *file;
    const char *keys;        /* folder with day-YYYYMMDD and mac: a copy of a broker's keys/ */
    const char *folder;      /* not there yet, or empty */
    const char *head_folder; /* likewise; NULL: folder/head */
};

struct import_result {
    uint64_t records;
    uint8_t broker_id[BROKER_ID_SIZE];
    bool is_test;
    bool is_stopped; /* `goes_on` said so */
};

/* Asked now and then: `done` of `all` bytes, both readings together. False stops the import. */
typedef bool import_goes_on(uint64_t done, uint64_t all, void *context);

/* STATUS_USAGE: the file leaves records out, or the folder is not empty; STATUS_NO_KEY: keys are missing, `why` names
 * the days; STATUS_CORRUPT, STATUS_NEWER, STATUS_IO ... as they come, with a sentence. */
MUST_CHECK enum status import_run(const struct import_settings *settings, import_goes_on *goes_on, void *context,
                                  struct import_result *out, char *why);

#endif
