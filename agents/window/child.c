#include "agents/window/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_one(int *file)
{
    if (*file >= 0)
        close(*file);
    *file = -1;
}

/* ---- start ---- */

/* Three pipes; [0] of each is its reading end. */
static bool pipes_open(int pipes[3][2])
{
    for (int i = 0; i < 3; i++)
        pipes[i][0] = pipes[i][1] = -1;
    for (int i = 0; i < 3; i++)
        if (pipe2(pipes[i], O_CLOEXEC) != 0)
            return false;
    return true;
}

static void pipes_close(int pipes[3][2])
{
    for (int i = 0; i < 3; i++) {
        close_one(&pipes[i][0]);
        close_one(&pipes[i][1]);
    }
}

/* The child gets the default signals back: ours are blocked for the signal file. */
static bool attributes_set(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGTERM);
    sigaddset(&usual, SIGINT);
    return posix_spawnattr_setsigmask(attributes, &none) == 0 &&
           posix_spawnattr_setsigdefault(attributes, &usual) == 0 && posix_spawnattr_setpgroup(attributes, 0) == 0 &&
           posix_spawnattr_setflags(attributes,
                                    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP) == 0;
}

static bool spawn(struct child *child, const char *path, const char *verb, int pipes[3][2])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char *arguments[] = {strdup(path), strdup(verb), NULL};
    bool is_started = false;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    if (arguments[0] && arguments[1] && attributes_set(&attributes) &&
        posix_spawn_file_actions_adddup2(&actions, pipes[0][0], 0) == 0 &&
        posix_spawn_file_actions_adddup2(&actions, pipes[1][1], 1) == 0 &&
        posix_spawn_file_actions_adddup2(&actions, pipes[2][1], 2) == 0)
        is_started = posix_spawn(&child->pid, path, &actions, &attributes, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free(arguments[0]);
    free(arguments[1]);
    return is_started;
}

static void take_end(int *end, int *out)
{
    *out = *end;
    *end = -1;
    fcntl(*out, F_SETFL, O_NONBLOCK);
}

enum status child_start(struct child *child, const char *path, const char *verb, char **given, size_t given_size,
                        int64_t deadline_us)
{
    int pipes[3][2];
    *child = (struct child){.process = -1,
                            .input = -1,
                            .output = -1,
                            .errors = -1,
                            .given = *given,
                            .given_size = given_size,
                            .deadline_us = deadline_us};
    *given = NULL;
    child->heard = malloc(CHILD_OUTPUT_SIZE_MAX);
    if (!child->heard || !pipes_open(pipes)) {
        child_free(child);
        return STATUS_NO_MEMORY;
    }
    bool is_started = spawn(child, path, verb, pipes);
    if (is_started) {
        take_end(&pipes[0][1], &child->input);
        take_end(&pipes[1][0], &child->output);
        take_end(&pipes[2][0], &child->errors);
        child->process = pidfd_open(child->pid, 0); /* without it the 20 ms look of the daemon still finds the end */
    } else {
        child->pid = 0;
    }
    pipes_close(pipes);
    if (!is_started)
        child_free(child);
    return is_started ? STATUS_OK : STATUS_IO;
}

/* ---- work ---- */

static void feed(struct child *child)
{
    while (child->input >= 0) {
        size_t left = child->given_size - child->given_used;
        ssize_t count = left > 0 ? write(child->input, child->given + child->given_used, left) : 0;
        if (count > 0)
            child->given_used += (size_t)count;
        else if (count < 0 && errno == EINTR)
            continue;
        else if (count < 0 && errno == EAGAIN)
            return;
        else /* all is written, or nobody reads it */
            close_one(&child->input);
    }
}

/* Reads what is there. True when there is more than fits. */
static bool hear(int *file, char *out, size_t capacity, size_t *size)
{
    char dropped[4096];
    while (*file >= 0) {
        size_t room = capacity - *size;
        ssize_t count = room > 0 ? read(*file, out + *size, room) : read(*file, dropped, sizeof dropped);
        if (count > 0 && room > 0)
            *size += (size_t)count;
        else if (count > 0)
            return true; /* one bit too much is enough; the rest is read in the next round */
        else if (count < 0 && errno == EINTR)
            continue;
        else if (count < 0 && errno == EAGAIN)
            return false;
        else
            close_one(file);
    }
    return false;
}

static void kill_child(struct child *child, int64_t now_us)
{
    if (child->ended_us != 0)
        return;
    kill(-child->pid, SIGKILL); /* its group: what it started goes with it */
    kill(child->pid, SIGKILL);
    child->ended_us = now_us;
}

bool child_work(struct child *child, int64_t now_us)
{
    int state = 0;
    feed(child);
    pid_t ended = waitpid(child->pid, &state, WNOHANG);
    /* Read after the wait: what a child wrote before its end is in the pipe by then. */
    (void)hear(&child->errors, child->complaint, sizeof child->complaint - 1, &child->complaint_size);
    if (hear(&child->output, child->heard, CHILD_OUTPUT_SIZE_MAX, &child->heard_size))
        child->is_too_loud = true;
    if (ended == child->pid) {
        child->pid = 0;
        child->exit_code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
        return true;
    }
    if (now_us >= child->deadline_us && child->ended_us == 0)
        child->is_too_slow = true;
    if (child->is_too_loud || child->is_too_slow)
        kill_child(child, now_us);
    return false;
}

uint32_t child_watch(const struct child *child, struct pollfd out[CHILD_WATCH_COUNT])
{
    uint32_t count = 0;
    out[count++] = (struct pollfd){.fd = child->process, .events = POLLIN};
    out[count++] = (struct pollfd){.fd = child->input, .events = POLLOUT};
    out[count++] = (struct pollfd){.fd = child->output, .events = POLLIN};
    out[count++] = (struct pollfd){.fd = child->errors, .events = POLLIN};
    return count;
}

void child_free(struct child *child)
{
    if (child->pid > 0) {
        kill_child(child, 1);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    close_one(&child->process);
    close_one(&child->input);
    close_one(&child->output);
    close_one(&child->errors);
    free(child->given);
    free(child->heard);
    *child = (struct child){.process = -1, .input = -1, .output = -1, .errors = -1};
}
