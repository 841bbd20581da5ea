#ifndef ONEVISIT_BROKER_CORE_SESSION_H
#define ONEVISIT_BROKER_CORE_SESSION_H

#include "broker/core/state.h"

/* Sessions: who is there. One a participant; a second HELLO replaces the first.
 * All of it is volatile; that a window came or went becomes durable as
 * FACT_WINDOW_LINK. */

/* A HELLO was good: opens the session, answers, and sends what is owed. A
 * branch that has more events than were ever given is told BEHIND. */
void session_up(struct turn *turn);
void session_down(struct turn *turn, struct text participant);
/* Something came from the participant. */
void session_hear(struct turn *turn, struct session *session);
/* The session's timer fired: silent for too long, or not. */
void session_timer_fired(struct turn *turn, struct session *session);
/* Tells the branches with open cases at the window how it is. */
void session_tell_branches(struct turn *turn, struct window_file *window);
/* Proposes FACT_WINDOW_LINK where the window's row says otherwise than its session. */
void session_check_link(struct core *core, struct window_file *window);

#endif
