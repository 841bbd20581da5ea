#ifndef ONEVISIT_TESTS_SIM_KEYRING_H
#define ONEVISIT_TESTS_SIM_KEYRING_H

#include "broker/keep/keeper.h"
#include "tests/sim/peer.h"

/* Who has which key, and the directory file that says so. With FEATURE_KEYS participants get new keys while their cases
 * run: the new one is added, taken into use early or late, and the old one revoked; somebody goes on trying the old
 * one. What was promised:
 *
 *   nothing is stored after the record of a directory that came by keys it revokes
 *   once an operator was told that a directory is in force, whoever uses a key it revokes is told nothing but a refusal
 *   a participant goes on where it was, with its new key */
void keyring_open(void);
void keyring_close(void);

/* Each peer's first key, then the directory file. */
void keyring_add(struct peer *peer);
MUST_CHECK bool keyring_write(const char *path);

void keyring_trouble(void); /* a key is replaced, or an old one is tried */
/* A message comes in by a key; another one is about to go out. */
void keyring_sees_received(const char *key, struct bytes envelope);
void keyring_sees_sent(const char *key, const struct bytes *frames);
/* A refusal that concerns the key, not the message: it is still owed. */
bool keyring_is_refusal(struct text code);

/* At rest: each record of the journal in turn. */
void keyring_judge_record(const struct keeper_origin *origin);

#endif
