#include <stdio.h>
#include <string.h>

#include "agents/window/clerk.h"
#include "agents/window/run.h"
#include "agents/window/settings.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"run", run_command},
    {"inbox", clerk_inbox},
    {"show", clerk_show},
    {"accept", clerk_accept},
    {"not-accept", clerk_not_accept},
    {"supplement", clerk_supplement},
    {"status", clerk_status},
    {"suspend", clerk_suspend},
    {"resume", clerk_resume},
    {"refuse", clerk_refuse},
    {"book", clerk_book},
    {"certify", clerk_certify},
    {"withdraw-result", clerk_withdraw_result},
    {"fee", clerk_fee},
    {"fee-state", clerk_fee_state},
    {"refund", clerk_refund},
    {"correct", clerk_correct},
    {"archive", clerk_archive},
    {"decide", clerk_decide},
    {"alert", clerk_alert},
    {"reconcile", clerk_reconcile},
};

static const char text[] = "The agent of a registry window.\v"
                           "Commands (each has --help):\n"
                           "  run               serve one window or many\n"
                           "  inbox             what waits for a person\n"
                           "  show CASE         one case\n"
                           "  accept CASE       受理\n"
                           "  not-accept CASE   不予受理\n"
                           "  supplement CASE   补正\n"
                           "  status CASE       a step of the work\n"
                           "  suspend CASE      暂停\n"
                           "  resume CASE       恢复\n"
                           "  refuse CASE       不予登记\n"
                           "  book CASE         登簿\n"
                           "  certify CASE      发证\n"
                           "  withdraw-result CASE  the answer to a withdrawal\n"
                           "  fee CASE          缴费通知\n"
                           "  fee-state CASE    缴费状态\n"
                           "  refund CASE       退款\n"
                           "  correct CASE      更正登记\n"
                           "  archive CASE      归档\n"
                           "  decide CASE       a case that is held: filed or not\n"
                           "  alert             something hits a property, or it ended\n"
                           "  reconcile         the books of a day against the broker's (对账)\n\n" EXIT_CODES_TEXT;

struct choice {
    const struct command *command;
    int at; /* where its arguments start */
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct choice *choice = state->input;
    if (key == ARGP_KEY_END && !choice->command)
        argp_usage(state);
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argument, commands[i].name) == 0)
            choice->command = &commands[i];
    if (!choice->command)
        argp_error(state, "there is no command \"%s\"", argument);
    choice->at = state->next - 1;
    state->next = state->argc; /* the rest is the command's own */
    return 0;
}

const char *argp_program_version = "onevisit-window " ONEVISIT_VERSION;

int main(int argc, char **argv)
{
    static const struct argp argp = {NULL, parse, "COMMAND [OPTION...]", text, NULL, NULL, NULL};
    struct choice choice = {0};
    char name[64];
    argp_err_exit_status = EXIT_USAGE_WRONG;
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &choice);
    snprintf(name, sizeof name, "onevisit-window %s", choice.command->name);
    argv[choice.at] = name;
    return choice.command->run(argc - choice.at, argv + choice.at);
}
