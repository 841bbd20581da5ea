#ifndef ONEVISIT_AGENTS_OPS_ASK_H
#define ONEVISIT_AGENTS_OPS_ASK_H

#include "agents/ops/session.h"

/* Most commands are one question and one answer: open a session, ask, print as
 * JSON or as the command prints it for people, close. */
typedef void ask_print(const struct link_message *answer, const struct settings *settings, void *context);

MUST_CHECK enum exit_code ask_and_print(const struct settings *settings, const struct question *question,
                                        ask_print *print, void *context);

/* The same where nothing but the body is shown: to people by `show`, else as the JSON of its record. */
typedef void ask_show(const void *body);

MUST_CHECK enum exit_code ask_and_show(const struct settings *settings, const struct question *question,
                                       ask_show *show);

#endif
