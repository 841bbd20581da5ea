#ifndef ONEVISIT_BROKER_CORE_DOOR_H
#define ONEVISIT_BROKER_CORE_DOOR_H

#include "broker/core/state.h"

/* The broker's door: what is judged before the lifecycle table. A refusal
 * stores nothing and is not remembered. */
enum door_answer {
    DOOR_TAKE,     /* it comes in */
    DOOR_ANSWERED, /* refused, known already, or nothing new: effects hold the answer, if any */
};

enum door_answer door_judge(struct turn *turn);
/* Keeps the message's id and digest, so that the same question has the same answer for ever. */
void door_remember(struct turn *turn);
/* The record of a message that was stored before, as far as memory knows; absent for none. */
struct number door_stored(const struct core *core, const struct event *event);
/* Does the core keep an answer for messages of this type? */
bool door_remembers(enum message_type type);

#endif
