#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/store/directory_file.h"
#include "tests/bench/bare.h"
#include "tests/bench/crowd.h"

/* make bench: OneVisit and the bare loop in turn, the same messages, one run.
 * Ratios count; the absolute figures are this machine's. */

enum { ROUND_COUNT_MAX = 9, PATH_SIZE = 512 };

struct figures {
    double cases_per_second;
    double cpu_per_10000;
    double stored_p50_ms;
    double decided_p50_ms;
    double decided_p99_ms;
    double memory_mib;
};

struct server_process {
    pid_t pid;
    char endpoint[64];
    char folder[PATH_SIZE];
    char public_key[41];
    char secret_key[41];
};

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int handle = socket(AF_INET, SOCK_STREAM, 0);
    int port = -1;

    if (handle >= 0 && bind(handle, (struct sockaddr *)&address, sizeof address) == 0 &&
        getsockname(handle, (struct sockaddr *)&address, &size) == 0)
        port = ntohs(address.sin_port);
    if (handle >= 0)
        close(handle);
    return port;
}

static bool write_text(const char *folder, const char *name, mode_t mode, const char *text)
{
    char path[PATH_SIZE + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    fputs(text, file);
    return fclose(file) == 0 && chmod(path, mode) == 0;
}

static bool write_site(const struct server_process *server, const struct crowd *crowd)
{
    static struct directory_row rows[CROWD_COUNT];
    char path[PATH_SIZE + 64];
    char key[256];
    char why[DIRECTORY_WHY_SIZE];

    for (uint32_t i = 0; i < CROWD_COUNT; i++)
        rows[i] = (struct directory_row){.participant = text_of(crowd->peers[i].keys.participant),
                                         .key = text_of(crowd->peers[i].keys.public_key),
                                         .is_present = true};
    const struct fact_directory directory = {.rows = {rows, CROWD_COUNT, true}, .is_present = true};
    snprintf(key, sizeof key, "participant = \"K\";\npublic_key = \"%s\";\nsecret_key = \"%s\";\n", server->public_key,
             server->secret_key);
    snprintf(path, sizeof path, "%s/directory.json", server->folder);
    return write_text(server->folder, "K.key", 0600, key) && directory_file_write(path, &directory, why) == STATUS_OK;
}

static void run_onevisitd(const struct server_process *server, const char *program)
{
    char data[PATH_SIZE + 64];
    char directory[PATH_SIZE + 64];
    char log[PATH_SIZE + 64];

    snprintf(data, sizeof data, "%s/data", server->folder);
    snprintf(directory, sizeof directory, "%s/directory.json", server->folder);
    snprintf(log, sizeof log, "%s/log", server->folder);
    if (freopen(log, "w", stderr) == NULL)
        _exit(1);
    execl(program, program, "--data", data, "--keys", server->folder, "--directory", directory, "--listen",
          server->endpoint, "--test", (char *)NULL);
    _exit(1);
}

static bool server_start(struct server_process *server, const struct crowd *crowd, const char *program)
{
    snprintf(server->endpoint, sizeof server->endpoint, "tcp://127.0.0.1:%d", free_port());
    snprintf(server->folder, sizeof server->folder, "build/bench/XXXXXX");
    if (mkdtemp(server->folder) == NULL || zmq_curve_keypair(server->public_key, server->secret_key) != 0 ||
        !write_site(server, crowd))
        return false;
    server->pid = fork();
    if (server->pid == 0) {
        if (program != NULL)
            run_onevisitd(server, program);
        char db[PATH_SIZE + 64];
        snprintf(db, sizeof db, "%s/db", server->folder);
        bare_serve(server->endpoint, server->secret_key, db);
    }
    return server->pid > 0;
}

/* CPU seconds and peak memory of the server, from the system's own accounting. */
static bool server_stop(const struct server_process *server, double *cpu, double *memory_mib)
{
    struct rusage usage;
    int status = 0;

    kill(server->pid, SIGTERM);
    if (wait4(server->pid, &status, 0, &usage) != server->pid)
        return false;
    *cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    *memory_mib = (double)usage.ru_maxrss / 1024.0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(double *values, uint32_t count, double share)
{
    qsort(values, count, sizeof *values, compare_numbers);
    return values[(uint32_t)((count - 1) * share)];
}

static void measure_latency(const struct crowd *crowd, struct figures *out)
{
    double *values = malloc(crowd->case_count * sizeof *values);

    if (values == NULL)
        return;
    for (uint32_t i = 0; i < crowd->case_count; i++)
        values[i] = (double)(crowd->cases[i].stored_us - crowd->cases[i].sent_us) / 1000.0;
    out->stored_p50_ms = percentile(values, crowd->case_count, 0.5);
    for (uint32_t i = 0; i < crowd->case_count; i++)
        values[i] = (double)(crowd->cases[i].decided_us - crowd->cases[i].sent_us) / 1000.0;
    out->decided_p50_ms = percentile(values, crowd->case_count, 0.5);
    out->decided_p99_ms = percentile(values, crowd->case_count, 0.99);
    free(values);
}

struct plan {
    uint32_t cases;
    uint32_t rounds;
    uint32_t in_flight;
    uint32_t rate;
    const char *program;
};

static bool measure(struct crowd *crowd, const struct dialect *dialect, const char *program, const struct plan *plan,
                    struct figures *out)
{
    struct server_process server = {.pid = -1};
    double cpu = 0;

    if (!server_start(&server, crowd, program))
        return false;
    double seconds = -1.0;
    if (crowd_connect(crowd, dialect, server.endpoint, server.public_key))
        seconds = crowd_run(crowd, dialect, plan->in_flight, plan->rate);
    crowd_disconnect(crowd);
    const bool is_stopped = server_stop(&server, &cpu, &out->memory_mib);
    if (seconds <= 0 || !is_stopped) {
        fprintf(stderr, "bench: %s: %s (look at %s)\n", dialect->name,
                crowd->trouble != NULL ? crowd->trouble : "the server did not serve or stop cleanly", server.folder);
        return false;
    }
    out->cases_per_second = crowd->case_count / seconds;
    out->cpu_per_10000 = cpu * 10000.0 / crowd->case_count;
    measure_latency(crowd, out);
    return true;
}

static double median(const struct figures *rounds, uint32_t count, size_t offset)
{
    double values[ROUND_COUNT_MAX];
    for (uint32_t i = 0; i < count; i++)
        values[i] = *(const double *)(const void *)((const char *)&rounds[i] + offset);
    return percentile(values, count, 0.5);
}

static void print_row(const char *name, const struct figures *bare, const struct figures *ours, uint32_t count,
                      size_t offset)
{
    const double a = median(bare, count, offset);
    const double b = median(ours, count, offset);
    printf("  %-34s %12.2f %12.2f %8.2f\n", name, a, b, a > 0 ? b / a : 0);
}

static void print_table(const struct plan *plan, size_t application, const struct figures *bare,
                        const struct figures *ours)
{
    printf("\n%u cases, %u in flight%s, application %zu bytes, 8 branches, 136 windows, medians of %u rounds\n",
           plan->cases, plan->in_flight, plan->rate > 0 ? " (paced)" : "", application, plan->rounds);
    printf("  %-34s %12s %12s %8s\n", "", "bare loop", "OneVisit", "ratio");
    print_row("cases a second", bare, ours, plan->rounds, offsetof(struct figures, cases_per_second));
    print_row("submit -> stored p50, ms", bare, ours, plan->rounds, offsetof(struct figures, stored_p50_ms));
    print_row("submit -> decision p50, ms", bare, ours, plan->rounds, offsetof(struct figures, decided_p50_ms));
    print_row("submit -> decision p99, ms", bare, ours, plan->rounds, offsetof(struct figures, decided_p99_ms));
    print_row("server CPU seconds per 10,000 cases", bare, ours, plan->rounds, offsetof(struct figures, cpu_per_10000));
    print_row("server peak memory, MiB", bare, ours, plan->rounds, offsetof(struct figures, memory_mib));
}

static bool run_plan(const struct plan *plan)
{
    static struct figures bare[ROUND_COUNT_MAX];
    static struct figures ours[ROUND_COUNT_MAX];
    struct crowd crowd;
    bool is_good = crowd_new(plan->cases, &crowd);

    for (uint32_t round = 0; round < plan->rounds && is_good; round++)
        is_good = measure(&crowd, &dialect_bare, NULL, plan, &bare[round]) &&
                  measure(&crowd, &dialect_onevisit, plan->program, plan, &ours[round]);
    if (is_good)
        print_table(plan, crowd.cases[0].application.size, bare, ours);
    crowd_free(&crowd);
    return is_good;
}

int main(int argc, char **argv)
{
    const char *program = argc > 1 ? argv[1] : "build/bin/onevisitd";
    const struct plan plans[] = {
        {.cases = 20000, .rounds = 3, .in_flight = 64, .program = program},
        {.cases = 20000, .rounds = 3, .in_flight = 256, .program = program},
        {.cases = 30000, .rounds = 3, .in_flight = 1024, .program = program},
        {.cases = 1000, .rounds = 3, .in_flight = 256, .rate = 200, .program = program},
    };

    /* A second argument runs one plan with so many in flight, a third says how many cases: for profiling. */
    const struct plan chosen = {.cases = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 60000,
                                .rounds = 1,
                                .in_flight = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0,
                                .program = program};

    mkdir("build", 0755);
    mkdir("build/bench", 0755);
    if (chosen.in_flight > 0)
        return run_plan(&chosen) ? 0 : 1;
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++)
        if (!run_plan(&plans[i]))
            return 1;
    return 0;
}
