#include <argp.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/log.h"
#include "broker/server.h"

const char *argp_program_version = "onevisitd " ONEVISIT_VERSION;

static const char about[] =
    "The OneVisit broker: takes mortgage registrations from bank branches, makes them durable, brings them to the "
    "right registry window and the answers back.\v"
    "Stop it with SIGTERM; SIGHUP reads directory, rule files and calendar again.\n\n"
    "Exit status: 0 stopped cleanly, 2 wrong usage or setting, 4 damage or a failed read or write. After 4, look at "
    "the last line of the log: it names the file and what to do.";

enum { OPTION_HEAD = 256, OPTION_TEST, OPTION_ACCEPT_LOSS, OPTION_TAKE_OVER, OPTION_SETTINGS };

static const struct argp_option options[] = {
    {"data", 'd', "DIR", 0, "data folder, made when it is not there", 0},
    {"keys", 'k', "DIR", 0, "folder with K.key, the broker's own key", 0},
    {"directory", 'D', "FILE", 0, "directory of participants (JSON, see onevisit key new)", 0},
    {"rules", 'r', "DIR", 0, "rule files of windows, each NAME.rules; see onevisit rules check", 0},
    {"calendar", 'C', "FILE", 0, "calendar of working days (CSV); default: the one built in", 0},
    {"listen", 'l', "ENDPOINT", 0, "where to listen; default tcp://127.0.0.1:7136", 0},
    {"config", 'c', "FILE", 0, "numbers that differ from the defaults (libconfig)", 0},
    {"head", OPTION_HEAD, "DIR", 0, "folder of the HEAD record, best on another disk; default DATA/head", 0},
    {"test", OPTION_TEST, NULL, 0, "a test broker: the data folder is sealed as test when it is made", 0},
    {"accept-loss", OPTION_ACCEPT_LOSS, NULL, 0,
     "go on although the journal is behind the HEAD record or a peer's receipt: an operator's decision", 0},
    {"take-over", OPTION_TAKE_OVER, NULL, 0,
     "this folder goes on in place of another copy of it, whose broker is then refused by all who met this one", 0},
    {"settings", OPTION_SETTINGS, NULL, 0, "print the settings a --config file may hold, and stop", 0},
    {NULL, 0, NULL, 0, NULL, 0},
};

static void take_place(char *out, const char *value, struct argp_state *state)
{
    if (strlen(value) >= SETTINGS_PATH_SIZE)
        argp_error(state, "'%s' is longer than %d characters", value, SETTINGS_PATH_SIZE - 1);
    else
        snprintf(out, SETTINGS_PATH_SIZE, "%s", value);
}

static void take_config(struct settings *settings, const char *path, struct argp_state *state)
{
    char why[SETTINGS_WHY_SIZE];
    if (settings_read(settings, path, why) != STATUS_OK)
        argp_failure(state, 2, 0, "%s", why);
}

static error_t take_option(int key, char *value, struct argp_state *state)
{
    struct settings *settings = state->input;

    switch (key) {
    case 'd':
        take_place(settings->data, value, state);
        return 0;
    case 'k':
        take_place(settings->keys, value, state);
        return 0;
    case 'D':
        take_place(settings->directory, value, state);
        return 0;
    case 'r':
        take_place(settings->rules, value, state);
        return 0;
    case 'C':
        take_place(settings->calendar, value, state);
        return 0;
    case 'l':
        take_place(settings->listen, value, state);
        return 0;
    case 'c':
        take_config(settings, value, state);
        return 0;
    case OPTION_HEAD:
        take_place(settings->head, value, state);
        return 0;
    case OPTION_TEST:
        settings->is_test = true;
        return 0;
    case OPTION_ACCEPT_LOSS:
        settings->accept_loss = true;
        return 0;
    case OPTION_TAKE_OVER:
        settings->take_over = true;
        return 0;
    case OPTION_SETTINGS:
        settings_describe();
        exit(0);
    case ARGP_KEY_END:
        if (settings->data[0] == '\0' || settings->keys[0] == '\0' || settings->directory[0] == '\0')
            argp_error(state, "--data, --keys and --directory are needed");
        if (strncmp(settings->listen, "tcp://", strlen("tcp://")) != 0)
            argp_error(state, "--listen %s: it is written as tcp://ADDRESS:PORT", settings->listen);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int exit_status_of(enum status status)
{
    switch ((int)status) {
    case STATUS_OK:
        return 0;
    case STATUS_CONFIG:
    case STATUS_NO_KEY:
    case STATUS_NOT_FOUND:
    case STATUS_SEALED_OTHERWISE:
    case STATUS_IN_USE:
    case STATUS_NEWER:
        return 2;
    default:
        return 4;
    }
}

int main(int argc, char **argv)
{
    static const struct argp parser = {options, take_option, NULL, about, NULL, NULL, NULL};
    struct settings settings;
    struct server *server = NULL;
    char why[SERVER_WHY_SIZE] = "";

    setlocale(LC_CTYPE, "C.UTF-8");
    umask(S_IRWXG | S_IRWXO);
    argp_err_exit_status = 2;
    settings_init(&settings);
    snprintf(settings.listen, sizeof settings.listen, "tcp://127.0.0.1:7136");
    if (argp_parse(&parser, argc, argv, 0, NULL, &settings) != 0)
        return 2;
    enum status status = server_open(&settings, &server, why);
    if (status == STATUS_OK) {
        log_line(LOG_INFO, "listening", "endpoint=%s data=%s test=%d", server_endpoint(server), settings.data,
                 settings.is_test);
        status = server_run(server, why);
    }
    if (status != STATUS_OK) {
        /* Nothing is closed: after a failed write RocksDB may end the process with an assertion of its own, and
         * what is on disk is what the next start reads. */
        log_line(LOG_ERROR, "ended", "code=%s %s: %s", status_code(status), status_english(status), why);
        _exit(exit_status_of(status));
    }
    server_close(&server, true);
    log_line(LOG_INFO, "stopped", "cleanly");
    return 0;
}
