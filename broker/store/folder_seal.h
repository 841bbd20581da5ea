#ifndef ONEVISIT_BROKER_STORE_FOLDER_SEAL_H
#define ONEVISIT_BROKER_STORE_FOLDER_SEAL_H

#include "broker/store/journal.h"
#include "broker/store/sm3.h"

/* The seal of a broker's folder: which broker it is, test or production, and the
 * version of the format. It is the last thing made in a new folder: where it is,
 * everything else has to be there too.
 *
 * While a folder is being made it holds a file MAKING with the broker's id; a
 * folder with MAKING and no SEAL has no record yet and is finished at the next start.
 * File: "OVSEAL01", format version, test, broker id, SM3 of it all. */
enum { FOLDER_FORMAT = 1 };

struct folder_seal {
    uint8_t broker_id[BROKER_ID_SIZE];
    bool is_test;
};

/* STATUS_NOT_FOUND, STATUS_NEWER, STATUS_CORRUPT. */
MUST_CHECK enum status folder_seal_read(struct folder_seal *seal, const char *folder, const struct sm3 *sm3, char *why);
/* Makes the folder, draws a broker id (or takes the one of the start that was cut off) and marks the folder as
 * being made; refuses a folder with anything else in it (STATUS_CORRUPT). */
MUST_CHECK enum status folder_seal_begin(struct folder_seal *seal, const char *folder, char *why);
/* Seals the folder as `seal` says and takes the mark away. */
MUST_CHECK enum status folder_seal_finish(const struct folder_seal *seal, const char *folder, const struct sm3 *sm3,
                                          char *why);

#endif
