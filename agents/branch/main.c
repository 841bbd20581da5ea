#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/commands.h"

static const struct command {
    const char *name;
    enum exit_code (*run)(int argc, char **argv, struct settings *settings);
} commands[] = {
    {"run", command_run},           {"check", command_check},
    {"precheck", command_precheck}, {"submit", command_submit},
    {"status", command_status},     {"group", command_group},
    {"title", command_title},       {"watch", command_watch},
    {"withdraw", command_withdraw}, {"acknowledge", command_acknowledge},
    {"confirm", command_confirm},   {"supplement", command_supplement},
    {"resend", command_resend},     {"outbox", command_outbox},
    {"pay", command_pay},           {"reconcile", command_reconcile},
};

static const char top_doc[] =
    "The bank branch's agent: takes applications for mortgage registration to the broker and brings the answers back.\n"
    "\n"
    "Commands:\n"
    "  run         send the outbox, receive events and certificates\n"
    "  check       the counter checks alone; needs no broker and no option\n"
    "  precheck    what the broker would find; files nothing\n"
    "  submit      check applications and put them in the outbox\n"
    "  status      what is known of a case\n"
    "  group       where the cases of a group stand\n"
    "  title       what the registry's book says of a property\n"
    "  watch       events as they come\n"
    "  withdraw    ask to withdraw a case\n"
    "  pay         tell the window that a fee was paid\n"
    "  acknowledge say who has read an alert on a case\n"
    "  confirm     let our mortgage end with a transfer another bank files\n"
    "  supplement  answer a supplement round\n"
    "  resend      send again what a broker may have lost\n"
    "  outbox      what is still owed or was rejected\n"
    "  reconcile   compare what was booked on a day with the broker\n"
    "\v`onevisit-branch COMMAND --help` says more. " EXIT_CODES_TEXT;

struct top {
    struct settings settings;
    enum exit_code code;
};

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* Runs the command over the rest of the arguments; nothing is left for argp. */
static void top_run(struct top *top, const char *name, struct argp_state *state)
{
    const struct command *command = command_find(name);
    char program[64];
    int first = state->next - 1;
    char *typed = state->argv[first];
    if (!command) {
        argp_error(state, "there is no command '%s'", name); /* ends the process */
        top->code = EXIT_USAGE_WRONG;
        return;
    }
    snprintf(program, sizeof program, "onevisit-branch %s", command->name);
    state->argv[first] = program;
    top->code = command->run(state->argc - first, state->argv + first, &top->settings);
    state->argv[first] = typed;
    state->next = state->argc;
}

static error_t top_parse(int key, char *argument, struct argp_state *state)
{
    struct top *top = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &top->settings;
        return 0;
    case ARGP_KEY_ARG:
        top_run(top, argument, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "say a command");
        return EINVAL;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static const struct argp_child children[] = {{&settings_argp, 0, "Options of all commands:", 10}, {0}};
    static const struct argp argp = {
        .parser = top_parse, .args_doc = "COMMAND ...", .doc = top_doc, .children = children};
    struct top top = {.code = EXIT_DONE};
    argp_program_version = "onevisit-branch " ONEVISIT_VERSION;
    argp_err_exit_status = EXIT_USAGE_WRONG;
    settings_init(&top.settings);
    if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &top) != 0)
        return EXIT_USAGE_WRONG;
    if (fflush(stdout) != 0)
        return EXIT_DAMAGE;
    return (int)top.code;
}
