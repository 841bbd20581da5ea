#ifndef ONEVISIT_TESTS_SIM_BUSINESS_H
#define ONEVISIT_TESTS_SIM_BUSINESS_H

#include "tests/sim/peer.h"

/* Something peers do besides filing and deciding, in a file of its own. Each is asked about every peer, whatever its
 * role, and keeps what it knows in the world. */
struct business {
    void (*wakes)(struct peer *peer);
    int64_t (*next_us)(const struct peer *peer); /* INT64_MAX for never */
    void (*dies)(struct peer *peer);             /* what was not on its disk is gone */
    /* A message of the broker; most are somebody else's. */
    void (*takes)(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel);
    /* Something owed has its receipt; true: it stays owed until more has come. */
    bool (*keeps)(struct peer *peer, struct owed *owed, const struct receipt *receipt);
};

extern const struct business titles_business;    /* titles.c */
extern const struct business desk_business;      /* desk.c */
extern const struct business alerts_business;    /* alerts.c */
extern const struct business books_business;     /* books.c */
extern const struct business fixes_business;     /* fixes.c */
extern const struct business keyring_business;   /* keyring.c */
extern const struct business ruling_business;    /* ruling.c */
extern const struct business materials_business; /* materials.c */
extern const struct business twin_business;      /* twin.c */
extern const struct business words_business;     /* words.c */

#endif
