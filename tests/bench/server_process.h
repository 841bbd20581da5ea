#ifndef ONEVISIT_TESTS_BENCH_SERVER_PROCESS_H
#define ONEVISIT_TESTS_BENCH_SERVER_PROCESS_H

#include <sys/types.h>

#include "tests/bench/crowd.h"

/* A server of its own for each measurement, in a folder of its own under build/bench. */
enum { SERVER_PATH_SIZE = 512 };

struct server_process {
    pid_t pid;
    char endpoint[64];
    char folder[SERVER_PATH_SIZE];
    char public_key[41];
    char secret_key[41];
};

/* The program, or the bare loop where it is NULL, with the keys of the crowd. */
bool server_start(struct server_process *server, const struct crowd *crowd, const char *program);
/* The two halves of it: folder and keys; then the process, as often as wanted on the same folder. */
bool server_prepare(struct server_process *server, const struct crowd *crowd);
bool server_launch(struct server_process *server, const char *program);
/* Resident now. */
double server_memory_mib(const struct server_process *server);
/* CPU seconds and peak memory of the server, from the system's own accounting; false unless it stopped cleanly. */
bool server_stop(const struct server_process *server, double *cpu, double *memory_mib);

#endif
