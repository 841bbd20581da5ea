#include "agents/window/run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "agents/client/log.h"
#include "agents/window/daemon.h"
#include "agents/window/person.h"
#include "agents/window/program.h"
#include "agents/window/rule_files.h"
#include "agents/window/sandbox.h"
#include "agents/window/settings.h"
#include "agents/window/windows_file.h"

enum { CREDIT_DEFAULT = 64, BACKLOG_DEFAULT = 1000, SOCKETS_EACH = 4 };

struct run {
    struct settings settings;
    const char *endpoint;
    const char *keys;
    const char *as;
    const char *windows;
    const char *adapter_name;
    int64_t credit;
    int64_t backlog;
    int64_t reconcile_minute;
    struct program_settings program;
    struct registry_settings sandbox;

    const char *rules;

    struct window_names names;
    struct rule_files rule_files;
    struct folder folder;
    char materials[4096]; /* where the files of cases are */
    struct adapter adapter;
    char broker_key[41];
    void *context; /* zmq */
    struct port *ports;
    uint32_t port_count; /* opened */
    struct daemon *daemon;
    int stop_fd;
};

/* ---- options ---- */

enum {
    KEY_ENDPOINT = 0x200,
    KEY_KEYS,
    KEY_AS,
    KEY_WINDOWS,
    KEY_RULES,
    KEY_ADAPTER,
    KEY_CREDIT,
    KEY_BACKLOG,
    KEY_PROGRAM,
    KEY_TIMEOUT,
    KEY_POLL,
    KEY_JOBS,
    KEY_TITLES,
    KEY_SHARES,
    KEY_DELAY,
    KEY_SEED,
    KEY_WITHHOLD,
    KEY_RECONCILE_AT,
};

static const struct argp_option options[] = {
    {"endpoint", KEY_ENDPOINT, "E", 0, "the broker, as tcp://127.0.0.1:7136 (ONEVISIT_ENDPOINT)", 1},
    {"keys", KEY_KEYS, "DIR", 0, "folder with a key for each window and K.pub (ONEVISIT_KEYS)", 1},
    {"as", KEY_AS, "PARTICIPANT", 0, "the one window served, as W:370102 (ONEVISIT_AS)", 1},
    {"windows", KEY_WINDOWS, "FILE", 0, "the windows served: one name a line, # for comments", 1},
    {"rules", KEY_RULES, "PATH", 0, "rule file of the window, or a folder of them, as the broker has them", 1},
    {"credit", KEY_CREDIT, "N", 0, "unacknowledged deliveries each window takes (64)", 1},
    {"inbox-max", KEY_BACKLOG, "N", 0, "deliveries of a window that may wait for the registry (1000)", 1},
    {"reconcile-at", KEY_RECONCILE_AT, "HH:MM", 0,
     "compare the books of the last seven days with the broker at this time in China, or within half an hour after it; "
     "off: never by itself (00:30)",
     1},
    {"adapter", KEY_ADAPTER, "NAME", 0, "how the registry is reached: sandbox, program or person (person)", 2},
    {"program", KEY_PROGRAM, "PATH", 0, "the program, run as PATH find and PATH hand", 3},
    {"program-timeout", KEY_TIMEOUT, "SECONDS", 0, "a run that takes longer is ended and in doubt (30)", 3},
    {"program-poll", KEY_POLL, "SECONDS", 0, "how often find is asked about an open case (5)", 3},
    {"program-jobs", KEY_JOBS, "N", 0, "runs at the same time; one a window at most (4)", 3},
    {"program-titles", KEY_TITLES, NULL, 0, "the program answers title queries too, run as PATH title", 3},
    {"sandbox-shares", KEY_SHARES, "LIST", 0, "in percent (not-accepted=1,supplement=6,refuse=1,fee=0)", 4},
    {"sandbox-delay", KEY_DELAY, "LIST", 0, "in milliseconds (accept=50,book=150,cert=50,archive=86400000)", 4},
    {"sandbox-withhold", KEY_WITHHOLD, "N", 0, "keep each proof back until it was asked for N times (0)", 4},
    {"seed", KEY_SEED, "N", 0, "of the sandbox's decisions (1)", 4},
    {0},
};

static void want_number(struct argp_state *state, const char *name, const char *text, int64_t minimum, int64_t maximum,
                        int64_t *out)
{
    if (!number_parse(text, minimum, maximum, out))
        argp_error(state, "--%s %s: a number from %lld to %lld is meant", name, text, (long long)minimum,
                   (long long)maximum);
}

static error_t parse_adapter(struct run *run, int key, char *argument, struct argp_state *state)
{
    char why[256];
    int64_t number = 0;
    switch (key) {
    case KEY_PROGRAM:
        run->program.path = argument;
        return 0;
    case KEY_TIMEOUT:
        want_number(state, "program-timeout", argument, 1, 86400, &number);
        run->program.timeout_ms = number * 1000;
        return 0;
    case KEY_POLL:
        want_number(state, "program-poll", argument, 1, 86400, &number);
        run->program.poll_ms = number * 1000;
        return 0;
    case KEY_JOBS:
        want_number(state, "program-jobs", argument, 1, PROGRAM_JOB_COUNT_MAX, &number);
        run->program.jobs = (uint32_t)number;
        return 0;
    case KEY_TITLES:
        run->program.answers_titles = true;
        return 0;
    case KEY_SHARES:
        if (!sandbox_read_shares(argument, &run->sandbox, why, sizeof why))
            argp_error(state, "--sandbox-shares: %s", why);
        return 0;
    case KEY_DELAY:
        if (!sandbox_read_delays(argument, &run->sandbox, why, sizeof why))
            argp_error(state, "--sandbox-delay: %s", why);
        return 0;
    case KEY_WITHHOLD:
        want_number(state, "sandbox-withhold", argument, 0, 1000, &number);
        run->sandbox.withhold = (uint32_t)number;
        return 0;
    case KEY_SEED:
        want_number(state, "seed", argument, 0, INT64_MAX, &number);
        run->sandbox.seed = (uint64_t)number;
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct run *run = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &run->settings;
        return 0;
    case KEY_ENDPOINT:
        run->endpoint = argument;
        return 0;
    case KEY_KEYS:
        run->keys = argument;
        return 0;
    case KEY_AS:
        run->as = argument;
        run->windows = NULL;
        return 0;
    case KEY_WINDOWS:
        run->windows = argument;
        run->as = NULL;
        return 0;
    case KEY_RULES:
        run->rules = argument;
        return 0;
    case KEY_ADAPTER:
        run->adapter_name = argument;
        return 0;
    case KEY_CREDIT:
        want_number(state, "credit", argument, 1, 4096, &run->credit);
        return 0;
    case KEY_BACKLOG:
        want_number(state, "inbox-max", argument, 1, 10000000, &run->backlog);
        return 0;
    case KEY_RECONCILE_AT:
        if (!reconcile_minute_of(argument, &run->reconcile_minute))
            argp_error(state, "--reconcile-at %s: a time as 00:30 is meant, or off", argument);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "\"%s\" is not needed here", argument);
        return 0;
    default: /* argp's own keys */
        return parse_adapter(run, key, argument, state);
    }
}

static const char text[] = "Serves one window or many: takes what the broker brings, hands it to the registry, and "
                           "brings the registry's answers back.\v" EXIT_CODES_TEXT;

static void run_defaults(struct run *run)
{
    const char *endpoint = getenv("ONEVISIT_ENDPOINT");
    *run = (struct run){.endpoint = endpoint ? endpoint : "tcp://127.0.0.1:7136",
                        .keys = getenv("ONEVISIT_KEYS"),
                        .as = getenv("ONEVISIT_AS"),
                        .adapter_name = "person",
                        .credit = CREDIT_DEFAULT,
                        .backlog = BACKLOG_DEFAULT,
                        .reconcile_minute = RECONCILE_MINUTE,
                        .program = {.timeout_ms = 30000, .poll_ms = 5000, .jobs = 4},
                        .sandbox = {.seed = 1,
                                    .not_accepted = 100,
                                    .supplement = 600,
                                    .refuse = 100,
                                    .accept_ms = 50,
                                    .book_ms = 150,
                                    .certify_ms = 50,
                                    .archive_ms = 86400000},
                        .folder = {.lock = -1},
                        .stop_fd = -1};
    settings_init(&run->settings);
}

/* ---- opening ---- */

static enum status open_names(struct run *run, char *why, unsigned why_size)
{
    if (run->windows)
        return windows_file_read(run->windows, &run->names, why, why_size);
    if (run->as)
        return window_names_add(&run->names, run->as, why, why_size);
    snprintf(why, why_size, "say which window with --as W:370102, or which ones with --windows FILE");
    return STATUS_USAGE;
}

static enum status open_rules(struct run *run, char *why, size_t why_size)
{
    if (!run->rules)
        return STATUS_OK;
    enum status status = rule_files_read(&run->rule_files, run->rules, &run->names, why, why_size);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < run->rule_files.count; i++)
        log_info("%.*s: rules of version %lld", TEXT_ARGS(run->rule_files.items[i].fact.rules.window),
                 (long long)run->rule_files.items[i].fact.rules.version.value);
    run->program.rules = &run->rule_files;
    run->sandbox.rules = &run->rule_files;
    return STATUS_OK;
}

static enum status open_adapter(struct run *run, char *why, size_t why_size)
{
    if (strcmp(run->adapter_name, "sandbox") == 0) {
        if (run->settings.is_test)
            return sandbox_open(run->settings.data, &run->sandbox, &run->adapter, why, why_size);
        snprintf(why, why_size, "the sandbox is for tests only: say --test");
        return STATUS_USAGE;
    }
    snprintf(run->materials, sizeof run->materials, "%s/materials", run->settings.data);
    run->program.materials = run->materials;
    if (strcmp(run->adapter_name, "program") == 0)
        return program_open(&run->program, &run->adapter, why, why_size);
    if (strcmp(run->adapter_name, "person") == 0)
        return person_open(&run->adapter);
    snprintf(why, why_size, "--adapter %s: sandbox, program or person is meant", run->adapter_name);
    return STATUS_USAGE;
}

static enum status read_key(const struct run *run, const char *participant, const char *ending, struct link_keys *out,
                            char *why, size_t why_size)
{
    char path[4096];
    char name[33];
    snprintf(name, sizeof name, "%s", participant);
    for (char *at = name; *at; at++)
        if (*at == ':')
            *at = '-';
    snprintf(path, sizeof path, "%s/%s.%s", run->keys, name, ending);
    enum status status = link_keys_read(path, out, why, why_size);
    if (status == STATUS_OK && strcmp(out->participant, participant) != 0) {
        snprintf(why, why_size, "%s is the key of %s", path, out->participant);
        status = STATUS_CONFIG;
    }
    return status == STATUS_NOT_FOUND ? STATUS_NO_KEY : status;
}

static enum status open_context(struct run *run, char *why, size_t why_size)
{
    struct link_keys broker;
    if (!run->keys) {
        snprintf(why, why_size, "say where the keys are with --keys DIR or ONEVISIT_KEYS");
        return STATUS_USAGE;
    }
    enum status status = read_key(run, "K", "pub", &broker, why, why_size);
    if (status != STATUS_OK)
        return status;
    memcpy(run->broker_key, broker.public_key, sizeof run->broker_key);
    run->ports = calloc(run->names.count, sizeof *run->ports);
    run->daemon = calloc(1, sizeof *run->daemon);
    run->context = zmq_ctx_new();
    snprintf(why, why_size, "%s", status_english(STATUS_NO_MEMORY));
    if (!run->ports || !run->daemon || !run->context)
        return STATUS_NO_MEMORY;
    zmq_ctx_set(run->context, ZMQ_MAX_SOCKETS, (int)run->names.count * SOCKETS_EACH + 64);
    return STATUS_OK;
}

static enum status open_ports(struct run *run, char *why, size_t why_size)
{
    enum status status = open_context(run, why, why_size);
    while (status == STATUS_OK && run->port_count < run->names.count) {
        const char *name = run->names.items[run->port_count];
        const struct window_rules *rules = rule_files_of(&run->rule_files, text_of(name));
        struct port_settings settings = {.context = run->context,
                                         .endpoint = run->endpoint,
                                         .broker_key = run->broker_key,
                                         .is_test = run->settings.is_test,
                                         .credit_max = run->credit,
                                         .backlog_max = run->backlog,
                                         .rules_version = rules ? rules->version.value : 0,
                                         .offers_title = run->adapter.ask != NULL};
        status = read_key(run, name, "key", &settings.keys, why, why_size);
        if (status != STATUS_OK)
            return status;
        status = port_open(&run->ports[run->port_count], &run->folder.base, &settings);
        if (status == STATUS_OK)
            run->port_count++;
        else
            snprintf(why, why_size, "%s: no link to %s: %s; --endpoint is written as tcp://HOST:PORT", name,
                     run->endpoint, status_english(status));
    }
    return status;
}

/* SIGTERM and SIGINT become readable bytes; a program that ends early must not end us. */
static enum status open_signals(struct run *run, char *why, size_t why_size)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    run->stop_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    snprintf(why, why_size, "no signals can be taken");
    return run->stop_fd >= 0 ? STATUS_OK : STATUS_IO;
}

static enum status open_all(struct run *run, char *why, unsigned why_size)
{
    enum status status = open_names(run, why, why_size);
    if (status == STATUS_OK)
        status = open_rules(run, why, why_size);
    if (status == STATUS_OK)
        status = open_signals(run, why, why_size);
    if (status == STATUS_OK)
        status = folder_open(&run->folder, run->settings.data, run->settings.is_test ? FOLDER_TEST : FOLDER_PRODUCTION,
                             why, why_size);
    if (status == STATUS_OK)
        status = folder_lock(&run->folder, why, why_size);
    if (status == STATUS_OK)
        status = open_adapter(run, why, why_size);
    if (status == STATUS_OK)
        status = open_ports(run, why, why_size);
    if (status != STATUS_OK)
        return status;
    snprintf(why, why_size, "%s", status_english(STATUS_NO_MEMORY));
    status = daemon_init(run->daemon, &run->folder, &run->adapter, run->ports, run->port_count, run->stop_fd);
    run->daemon->comparing.minute = run->reconcile_minute;
    return status;
}

static void close_all(struct run *run)
{
    if (run->daemon)
        daemon_fini(run->daemon);
    free(run->daemon);
    for (uint32_t i = 0; i < run->port_count; i++)
        port_close(&run->ports[i]);
    free(run->ports);
    if (run->context)
        zmq_ctx_term(run->context);
    if (run->adapter.close)
        run->adapter.close(run->adapter.context);
    rule_files_free(&run->rule_files);
    folder_close(&run->folder);
    if (run->stop_fd >= 0)
        close(run->stop_fd);
}

static enum exit_code serve(struct run *run)
{
    log_info("serving %u windows, adapter %s, data %s, broker %s", run->port_count, run->adapter_name,
             run->settings.data, run->endpoint);
    enum status status = daemon_run(run->daemon);
    if (status == STATUS_OK) {
        log_info("stopped; what was not acknowledged comes again");
        return EXIT_DONE;
    }
    const char *why = book_why(run->folder.base.book);
    return complain(status, why[0] ? why : status_english(status));
}

int run_command(int argc, char **argv)
{
    static const struct argp_child children[] = {{&settings_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {options, parse, NULL, text, children, NULL, NULL};
    char why[512] = "";
    struct run run;
    run_defaults(&run);
    argp_parse(&argp, argc, argv, 0, NULL, &run);
    if (!run.settings.data)
        return (int)complain(STATUS_USAGE, "say which folder with --data DIR or ONEVISIT_DATA");
    enum status status = open_all(&run, why, sizeof why);
    enum exit_code code = status == STATUS_OK ? serve(&run) : complain(status, why);
    close_all(&run);
    return (int)code;
}
