#ifndef ONEVISIT_BROKER_STORE_DAY_KEYS_H
#define ONEVISIT_BROKER_STORE_DAY_KEYS_H

#include "broker/store/sm3.h"
#include "broker/store/store.h"

/* The keys of a broker's folder: one a day for sealing (keys/day-YYYYMMDD, days
 * of UTC+8) and one for the receipts' MAC (keys/mac).
 *
 * A key is on disk, file and folder, before anything is sealed with it. Deleting
 * the file of a day makes its bodies unreadable for ever: that is what it is for.
 * File: "OVKEY001", 32 random bytes, SM3 of both; 0600. */
enum { KEY_SIZE = 32, DAY_KEYS_KEPT = 4 };

struct day_key {
    uint32_t day; /* YYYYMMDD, 0 for an empty place */
    uint8_t bytes[KEY_SIZE];
};

struct day_keys {
    char folder[1024];
    const struct sm3 *sm3;              /* borrowed */
    struct day_key kept[DAY_KEYS_KEPT]; /* used lately */
    uint32_t oldest;                    /* the place given away next */
};

MUST_CHECK enum status day_keys_init(struct day_keys *keys, const char *folder, const struct sm3 *sm3, char *why);
void day_keys_fini(struct day_keys *keys);

/* YYYYMMDD at UTC+8. */
uint32_t day_of_time(int64_t time_us);
/* `*out` is valid until the next call. STATUS_NO_KEY when there is none and `may_make` is false; STATUS_CORRUPT. */
MUST_CHECK enum status day_keys_find(struct day_keys *keys, uint32_t day, bool may_make, const uint8_t **out,
                                     char *why);
/* The key of the receipts' MAC. */
MUST_CHECK enum status day_keys_mac(struct day_keys *keys, bool may_make, uint8_t out[KEY_SIZE], char *why);

#endif
