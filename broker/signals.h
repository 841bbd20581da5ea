#ifndef ONEVISIT_BROKER_SIGNALS_H
#define ONEVISIT_BROKER_SIGNALS_H

#include <stdbool.h>

#include "schemas/status.h"

/* What an operator says with a signal: SIGTERM and SIGINT stop the broker, SIGHUP
 * makes it read its files again. They wait in a file descriptor until they are taken. */
enum signal_said { SIGNAL_NONE, SIGNAL_STOP, SIGNAL_READ_AGAIN };

/* `*out` is the descriptor to poll. SIGPIPE is ignored from now on. */
MUST_CHECK enum status signals_open(int *out);
void signals_close(int *signals);
/* The next one that waits. */
enum signal_said signals_take(int signals);

#endif
