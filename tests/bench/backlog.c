#include "tests/bench/backlog.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/fill.h"
#include "tests/bench/server_process.h"

enum { OPEN_SECONDS_MAX = 300, OPEN_POLL_US = 1000, START_COUNT = 3 };

static bool door_is_open(const char *endpoint)
{
    const char *colon = strrchr(endpoint, ':');
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)strtol(colon + 1, NULL, 10)),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int handle = socket(AF_INET, SOCK_STREAM, 0);
    const bool is_open = handle >= 0 && connect(handle, (const struct sockaddr *)&address, sizeof address) == 0;
    if (handle >= 0)
        close(handle);
    return is_open;
}

/* Seconds until the door was open; below 0 when it never was. */
static double start_once(struct server_process *server, const char *program)
{
    const int64_t start_us = clock_now_us();
    int result = 0;

    if (!server_launch(server, program))
        return -1;
    while (!door_is_open(server->endpoint)) {
        if (waitpid(server->pid, &result, WNOHANG) != 0 || clock_now_us() - start_us > OPEN_SECONDS_MAX * 1000000LL)
            return -1;
        usleep(OPEN_POLL_US);
    }
    return (double)(clock_now_us() - start_us) / 1e6;
}

static void kill_now(const struct server_process *server)
{
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
}

static double seconds_max(uint32_t case_count)
{
    return case_count > BACKLOG_SMALL ? 5 : 2;
}

/* The quickest of the starts: what the machine does besides only adds. */
static bool measure(struct server_process *server, const char *program, double *seconds, double *mib)
{
    *seconds = OPEN_SECONDS_MAX;
    for (int i = 0; i < START_COUNT; i++) {
        const double once = start_once(server, program);
        if (once < 0)
            return false;
        *mib = server_memory_mib(server);
        *seconds = once < *seconds ? once : *seconds;
        kill_now(server);
    }
    return true;
}

bool backlog_run(const char *program, uint32_t case_count)
{
    struct server_process server;
    struct crowd crowd;
    char data[SERVER_PATH_SIZE + 64];
    double seconds[2] = {0};
    double mib[2] = {0};

    bool is_good = crowd_new(0, crowd_place_evenly, &crowd) && server_prepare(&server, &crowd);
    snprintf(data, sizeof data, "%s/data", server.folder);
    is_good = is_good && fill_folder(data, &crowd, 1) && measure(&server, program, &seconds[0], &mib[0]);
    is_good = is_good && fill_folder(data, &crowd, case_count) && measure(&server, program, &seconds[1], &mib[1]);
    crowd_free(&crowd);
    if (!is_good) {
        fprintf(stderr, "bench: backlog: the daemon did not start (look at %s)\n", server.folder);
        return false;
    }
    printf("%8u open cases: %5.0f MiB resident, %4.0f bytes a case; start after kill -9 %.2f s (one case: %.0f MiB, "
           "%.2f s)\n",
           case_count, mib[1], (mib[1] - mib[0]) * 1048576.0 / case_count, seconds[1], mib[0], seconds[0]);
    return mib[1] <= BACKLOG_MIB_MAX && seconds[1] <= seconds_max(case_count);
}
