#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agents/branch/agent.h"
#include "agents/branch/branch_book.h"
#include "agents/branch/commands.h"
#include "agents/branch/folder_lock.h"
#include "agents/branch/queries.h"
#include "agents/client/log.h"
#include "agents/client/reconcile.h"

/* The one global: set by SIGTERM and SIGINT. */
static volatile sig_atomic_t is_stopping;

static void stop_on_signal(int signal_number)
{
    (void)signal_number;
    is_stopping = 1;
}

enum { KEY_RECONCILE_AT = 0x200 };

struct run_arguments {
    struct settings *settings;
    int64_t reconcile_minute; /* below zero: never */
};

static const struct argp_option run_options[] = {
    {"reconcile-at", KEY_RECONCILE_AT, "HH:MM", 0,
     "compare the books of the last seven days at this time in China, or within half an hour after it; off: never by "
     "itself (00:30)",
     0},
    {0},
};

static error_t run_parse(int key, char *argument, struct argp_state *state)
{
    struct run_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->settings;
        return 0;
    case KEY_RECONCILE_AT:
        if (!reconcile_minute_of(argument, &arguments->reconcile_minute))
            argp_error(state, "--reconcile-at: '%s' is no time as 00:30, nor off", argument);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "run takes no argument");
        return EINVAL;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child run_children[] = {{&settings_argp, 0, NULL, 0}, {0}};
static const struct argp run_argp = {
    .options = run_options,
    .parser = run_parse,
    .doc = "Keeps the connection to the broker: sends what stands in the outbox until the broker has it, stores events "
           "and certificates before they are acknowledged. One per data folder; needs --keys, --as and --data. Ends "
           "on SIGTERM or Ctrl-C.\v" EXIT_CODES_TEXT,
    .children = run_children,
};

/* ---- keys ---- */

/* The participant with ':' as '-' names the file. */
static void key_path(const struct settings *settings, char *out, size_t size)
{
    int start = snprintf(out, size, "%s/", settings->keys);
    snprintf(out + start, size - (size_t)start, "%s.key", settings->as);
    for (char *at = out + start; *at; at++)
        if (*at == ':')
            *at = '-';
}

static enum status keys_read(const struct settings *settings, struct link_keys *own, struct link_keys *broker,
                             char *why, size_t why_size)
{
    char path[1024];
    if (strlen(settings->keys) > 512 || strlen(settings->as) > 32 || strchr(settings->as, '/')) {
        snprintf(why, why_size, "--keys or --as is not of the right form");
        return STATUS_USAGE;
    }
    key_path(settings, path, sizeof path);
    enum status status = link_keys_read(path, own, why, why_size);
    if (status == STATUS_OK && (strcmp(own->participant, settings->as) != 0 || !own->secret_key[0])) {
        snprintf(why, why_size, "%s: this is not the secret key of %s", path, settings->as);
        status = STATUS_CONFIG;
    }
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_NO_KEY : status;
    snprintf(path, sizeof path, "%s/K.pub", settings->keys);
    status = link_keys_read(path, broker, why, why_size);
    return status == STATUS_NOT_FOUND ? STATUS_NO_KEY : status;
}

/* ---- the loop ---- */

static enum status run_until_stopped(struct agent *agent)
{
    while (!is_stopping) {
        zmq_pollitem_t items[] = {{agent_socket(agent), 0, ZMQ_POLLIN, 0}};
        long wait_ms = agent_wait_ms(agent, clock_now_us());
        if (items[0].socket)
            zmq_poll(items, 1, wait_ms);
        else
            usleep((useconds_t)wait_ms * 1000);
        agent_turn(agent, clock_now_us());
    }
    log_info("stopped; what is not answered stays in the outbox");
    return STATUS_OK;
}

static enum status run_agent(const struct run_arguments *arguments, struct book *book, const struct link_keys *own,
                             const struct link_keys *broker)
{
    const struct settings *settings = arguments->settings;
    struct agent *agent = NULL;
    const struct link_settings link_settings = {
        .endpoint = settings->endpoint,
        .broker_key = broker->public_key,
        .keys = *own,
        .software = "onevisit-branch " ONEVISIT_VERSION,
        .is_test = settings->is_test,
        .heartbeat_ms = 1000,
        .silence_ms_max = 5000,
    };
    void *context = zmq_ctx_new();
    if (!context)
        return STATUS_NO_MEMORY;
    enum status status = agent_open(context, &link_settings, book, settings->data, &agent);
    if (status == STATUS_OK) {
        agent_compare_daily(agent, arguments->reconcile_minute);
        log_info("%s runs, endpoint %s, data %s", own->participant, settings->endpoint, settings->data);
        status = run_until_stopped(agent);
    }
    agent_close(&agent);
    zmq_ctx_term(context);
    return status;
}

static enum exit_code run_locked(const struct run_arguments *arguments, struct book *book)
{
    const struct settings *settings = arguments->settings;
    struct link_keys own;
    struct link_keys broker;
    char why[1200];
    int lock = -1;
    enum status status = keys_read(settings, &own, &broker, why, sizeof why);
    if (status == STATUS_OK)
        status = folder_lock_take(settings->data, settings->as, &lock, why, sizeof why);
    if (status != STATUS_OK)
        return complain(status, why);
    snprintf(why, sizeof why, "%s", status_english(STATUS_IO));
    status = branch_book_seal(book, settings->as, settings->is_test, why, sizeof why);
    if (status == STATUS_OK)
        status = queries_forget(book, clock_now_us() - (int64_t)AGENT_QUERY_MS_MAX * 1000);
    if (status == STATUS_OK) {
        snprintf(why, sizeof why, "the agent cannot be started with endpoint %s, which is written as tcp://HOST:PORT",
                 settings->endpoint);
        status = run_agent(arguments, book, &own, &broker);
    }
    close(lock);
    return status == STATUS_OK ? EXIT_DONE : complain(status, why);
}

enum exit_code command_run(int argc, char **argv, struct settings *settings)
{
    struct sigaction action = {.sa_handler = stop_on_signal};
    struct book *book = NULL;
    struct run_arguments arguments = {.settings = settings, .reconcile_minute = RECONCILE_MINUTE};
    if (argp_parse(&run_argp, argc, argv, 0, NULL, &arguments) != 0)
        return EXIT_USAGE_WRONG;
    if (!settings->keys || !settings->as)
        return complain(STATUS_USAGE, "run needs --keys DIR and --as PARTICIPANT");
    /* Another role's key would take its session over. */
    if (participant_role(text_of(settings->as)) != ROLE_BRANCH || !rule_holds(RULE_PARTICIPANT, text_of(settings->as)))
        return complain(STATUS_USAGE, "--as must be a branch, as B:105451099995");
    enum exit_code code = settings_open_book(settings, true, &book);
    if (code != EXIT_DONE)
        return code;
    signal(SIGPIPE, SIG_IGN); /* whoever reads our log may go away */
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    code = run_locked(&arguments, book);
    book_close(&book);
    return code;
}
