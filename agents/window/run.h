#ifndef ONEVISIT_AGENTS_WINDOW_RUN_H
#define ONEVISIT_AGENTS_WINDOW_RUN_H

/* The command `run`: reads its options, opens the folder, the adapter and a
 * link a window, and runs the daemon until SIGTERM or SIGINT. Returns the exit code. */
int run_command(int argc, char **argv);

#endif
