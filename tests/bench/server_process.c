#include "tests/bench/server_process.h"

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
    char path[SERVER_PATH_SIZE + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    fputs(text, file);
    return fclose(file) == 0 && chmod(path, mode) == 0;
}

static bool write_site(const struct server_process *server, const struct crowd *crowd)
{
    const uint32_t count = CROWD_COUNT + crowd->stranger_count;
    struct directory_row *rows = calloc(count, sizeof *rows);
    char path[SERVER_PATH_SIZE + 64];
    char key[256];
    char why[DIRECTORY_WHY_SIZE];

    for (uint32_t i = 0; i < count && rows != NULL; i++) {
        const struct link_keys *keys = i < CROWD_COUNT ? &crowd->peers[i].keys : &crowd->strangers[i - CROWD_COUNT];
        rows[i] = (struct directory_row){
            .participant = text_of(keys->participant), .key = text_of(keys->public_key), .is_present = true};
    }
    const struct fact_directory directory = {.rows = {rows, count, true}, .is_present = true};
    snprintf(key, sizeof key, "participant = \"K\";\npublic_key = \"%s\";\nsecret_key = \"%s\";\n", server->public_key,
             server->secret_key);
    snprintf(path, sizeof path, "%s/directory.json", server->folder);
    const bool is_good = rows != NULL && write_text(server->folder, "K.key", 0600, key) &&
                         directory_file_write(path, &directory, why) == STATUS_OK;
    free(rows);
    return is_good;
}

static void run_onevisitd(const struct server_process *server, const char *program)
{
    char data[SERVER_PATH_SIZE + 64];
    char directory[SERVER_PATH_SIZE + 64];
    char log[SERVER_PATH_SIZE + 64];

    snprintf(data, sizeof data, "%s/data", server->folder);
    snprintf(directory, sizeof directory, "%s/directory.json", server->folder);
    snprintf(log, sizeof log, "%s/log", server->folder);
    if (freopen(log, "w", stderr) == NULL)
        _exit(1);
    execl(program, program, "--data", data, "--keys", server->folder, "--directory", directory, "--listen",
          server->endpoint, "--test", (char *)NULL);
    _exit(1);
}

bool server_prepare(struct server_process *server, const struct crowd *crowd)
{
    server->pid = -1;
    snprintf(server->endpoint, sizeof server->endpoint, "tcp://127.0.0.1:%d", free_port());
    snprintf(server->folder, sizeof server->folder, "build/bench/XXXXXX");
    return mkdtemp(server->folder) != NULL && zmq_curve_keypair(server->public_key, server->secret_key) == 0 &&
           write_site(server, crowd);
}

bool server_launch(struct server_process *server, const char *program)
{
    server->pid = fork();
    if (server->pid == 0) {
        setsid(); /* its own share of the processor, as on a machine of its own */
        if (program != NULL)
            run_onevisitd(server, program);
        char db[SERVER_PATH_SIZE + 64];
        snprintf(db, sizeof db, "%s/db", server->folder);
        bare_serve(server->endpoint, server->secret_key, db);
    }
    return server->pid > 0;
}

bool server_start(struct server_process *server, const struct crowd *crowd, const char *program)
{
    return server_prepare(server, crowd) && server_launch(server, program);
}

double server_memory_mib(const struct server_process *server)
{
    char path[64];
    char line[256] = "";
    snprintf(path, sizeof path, "/proc/%d/statm", (int)server->pid);
    FILE *file = fopen(path, "r");
    const char *resident = file != NULL && fgets(line, sizeof line, file) != NULL ? strchr(line, ' ') : NULL;
    if (file != NULL)
        fclose(file);
    return resident != NULL ? (double)strtol(resident, NULL, 10) * (double)sysconf(_SC_PAGESIZE) / 1048576.0 : 0;
}

bool server_stop(const struct server_process *server, double *cpu, double *memory_mib)
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
