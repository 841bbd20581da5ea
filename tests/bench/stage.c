#include "tests/bench/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STAGE_BEAT_US = 1000000 };

/* ---- from the stage ---- */

static void tell(const struct stage *stage, const char *word, const char *text)
{
    char line[256];
    const int size = snprintf(line, sizeof line, "%s %s\n", word, text);
    if (write(stage->out, line, (size_t)size) != size)
        _exit(1);
}

void stage_ready(const struct stage *stage)
{
    tell(stage, "ready", "");
}

bool stage_is_called(const struct stage *stage)
{
    char go[8];
    struct pollfd item = {.fd = stage->in, .events = POLLIN};
    if (poll(&item, 1, 0) == 0)
        return false;
    if (read(stage->in, go, sizeof go) <= 0)
        _exit(1);
    return true;
}

void stage_await_call(struct stage *stage)
{
    while (!stage_is_called(stage))
        stage_turn(stage);
}

void stage_step(struct stage *stage, const char *name, bool is_judged)
{
    tell(stage, is_judged ? "step 1" : "step 0", name);
}

void stage_end(struct stage *stage, const char *text)
{
    tell(stage, "end", text);
}

void stage_late(struct stage *stage, const char *text)
{
    tell(stage, "late", text);
}

_Noreturn void stage_fail(struct stage *stage, const char *text)
{
    tell(stage, "fail", text);
    _exit(1);
}

void stage_turn(struct stage *stage)
{
    const int64_t now_us = clock_now_us();
    if (now_us - stage->beat_us >= STAGE_BEAT_US) {
        stage->beat_us = now_us;
        crowd_beat(stage->crowd, &dialect_onevisit);
    }
    crowd_read(stage->crowd, &dialect_onevisit, 1);
    if (stage->crowd->trouble != NULL)
        stage_fail(stage, stage->crowd->trouble);
}

void stage_wait(struct stage *stage, double seconds)
{
    const int64_t end_us = clock_now_us() + (int64_t)(seconds * 1e6);
    while (clock_now_us() < end_us)
        stage_turn(stage);
}

/* ---- the processes ---- */

static _Noreturn void play(const struct disturbance *disturbance, struct stage *stage)
{
    struct crowd *crowd = stage->crowd;
    const struct sched_param none = {.sched_priority = 0};
    setsid(); /* its own share of the processor, as on a machine of its own */
    if (!disturbance->keeps_priority && sched_setscheduler(0, SCHED_OTHER, &none) != 0)
        _exit(1);
    crowd->takes_busy = true;
    crowd->credit = disturbance->credit;
    for (uint32_t i = 0; i < CROWD_COUNT; i++)
        crowd->peers[i].is_elsewhere = disturbance->is_part == NULL || !disturbance->is_part(&crowd->peers[i]);
    if (!crowd_connect(crowd, &dialect_onevisit, stage->endpoint, stage->broker_key))
        stage_fail(stage, "its peers cannot connect");
    disturbance->play(stage);
    crowd_disconnect(crowd);
    _exit(0);
}

bool stage_start(struct stage_process *process, const struct disturbance *disturbance, struct crowd *crowd,
                 const char *endpoint, const char *broker_key)
{
    int said[2];
    int heard[2];
    *process = (struct stage_process){.pid = -1, .in = -1, .out = -1};
    if (pipe2(said, O_CLOEXEC) != 0 || pipe2(heard, O_CLOEXEC) != 0)
        return false;
    fflush(stdout);
    process->pid = fork();
    if (process->pid == 0) {
        close(said[0]);
        close(heard[1]);
        struct stage stage = {
            .crowd = crowd, .endpoint = endpoint, .broker_key = broker_key, .in = heard[0], .out = said[1]};
        play(disturbance, &stage);
    }
    close(said[1]);
    close(heard[0]);
    process->in = said[0];
    process->out = heard[1];
    return process->pid > 0 && fcntl(process->in, F_SETFL, O_NONBLOCK) == 0;
}

bool stage_go(const struct stage_process *process)
{
    return write(process->out, "go\n", 3) == 3;
}

const char *stage_line(struct stage_process *process)
{
    char byte;
    ssize_t got;
    while ((got = read(process->in, &byte, 1)) == 1 && byte != '\n')
        if (process->size + 1 < sizeof process->line)
            process->line[process->size++] = byte;
    if (got < 0)
        return errno == EAGAIN ? NULL : "fail its pipe broke";
    process->line[process->size] = '\0';
    process->size = 0;
    return got == 0 ? "fail it ended without a word" : process->line;
}

void stage_stop(struct stage_process *process)
{
    if (process->pid > 0) {
        kill(process->pid, SIGKILL);
        waitpid(process->pid, NULL, 0);
    }
    if (process->in >= 0)
        close(process->in);
    if (process->out >= 0)
        close(process->out);
}
