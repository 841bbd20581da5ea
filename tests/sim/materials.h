#ifndef ONEVISIT_TESTS_SIM_MATERIALS_H
#define ONEVISIT_TESTS_SIM_MATERIALS_H

#include "tests/sim/peer.h"

/* Files of materials: branches send them in pieces before the application that names them, windows fetch them before
 * they take the delivery; both go on where they stood when the connection breaks. What was promised:
 *
 *   of a file the broker holds every piece it gave a receipt for, and none that was not sent
 *   a file is whole only when it is what its name says
 *   the window of the case gets the very bytes, and nobody else gets any
 *   when the trouble is over, every case that carries files is at its window with them */
enum { CARRYING_COUNT_MAX = 24 };

void materials_open(void);
void materials_close(void);

/* The application carries some of its materials from now on; `room` holds its list. True when a file is still to be
 * sent. */
bool materials_carry(struct peer *branch, struct case_submit *application, struct material room[CARRYING_COUNT_MAX]);
/* A piece was refused for good; false where that cannot be fair. */
bool materials_may_refuse(struct peer *branch, const struct owed *owed, struct text code);
/* Has the window all files this delivery carries? Where not they are fetched, and registry_takes is called once more.
 */
bool materials_are_there(struct peer *window, const struct envelope *envelope, const struct parcel *parcel,
                         const struct case_deliver *deliver);
/* Has its window begun to fetch a file of the case? Then it has the case in hand. */
bool materials_is_fetched(struct text case_id);

#endif
