/* `onevisit`: the operators' tool. It finds the command among commands.def and
 * hands it the rest of the line; each command has an argp of its own. */
#include <argp.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "agents/ops/commands.h"
#include "agents/ops/complaint.h"

enum { COMMAND_NAME_SIZE_MAX = 64 };

struct command {
    const char *noun;
    const char *verb;
    enum exit_code (*run)(int argc, char **argv);
    const char *sentence;
};

#define COMMAND(noun, verb, function, sentence) {noun, verb, function, sentence},
static const struct command commands[] = {
#include "agents/ops/commands.def"
};
#undef COMMAND

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_help(FILE *out)
{
    fputs("Usage: onevisit COMMAND [OPTION...]\n\nThe operators' tool of the OneVisit broker.\n\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char name[COMMAND_NAME_SIZE_MAX];
        snprintf(name, sizeof name, "%s %s", commands[i].noun, commands[i].verb);
        fprintf(out, "  %-17s %s\n", name, commands[i].sentence);
    }
    fputs("\n`onevisit COMMAND --help` says the options of a command.\n\n"
          "Environment: ONEVISIT_ENDPOINT, ONEVISIT_KEYS, ONEVISIT_AS, ONEVISIT_DIRECTORY.\n"
          "Exit codes: 0 done; 1 the answer is no (problems, refused, not found); 2 wrong usage or\n"
          "setting; 3 the broker cannot be reached or does not answer in time; 4 damage or I/O error.\n",
          out);
}

static const struct command *find_command(int argc, char **argv)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        bool has_verb = commands[i].verb[0] != '\0';
        if (strcmp(argv[1], commands[i].noun) != 0)
            continue;
        if (!has_verb || (argc > 2 && strcmp(argv[2], commands[i].verb) == 0))
            return &commands[i];
    }
    return NULL;
}

static enum exit_code run_command(const struct command *command, int argc, char **argv)
{
    char name[COMMAND_NAME_SIZE_MAX];
    int words = command->verb[0] ? 2 : 1;
    snprintf(name, sizeof name, "onevisit %s%s%s", command->noun, words == 2 ? " " : "", command->verb);
    argv[words] = name;
    return command->run(argc - words, argv + words);
}

/* Widths of Chinese need a UTF-8 locale, whatever the shell has set. */
static void use_utf8(void)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

static bool is_word(const char *argument, const char *word, const char *other)
{
    return strcmp(argument, word) == 0 || strcmp(argument, other) == 0;
}

int main(int argc, char **argv)
{
    use_utf8();
    argp_err_exit_status = EXIT_CODE_USAGE;
    if (argc > 1 && is_word(argv[1], "--help", "help")) {
        print_help(stdout);
        return EXIT_CODE_DONE;
    }
    if (argc > 1 && is_word(argv[1], "--version", "-V")) {
        puts("onevisit " ONEVISIT_VERSION);
        return EXIT_CODE_DONE;
    }
    const struct command *command = argc > 1 ? find_command(argc, argv) : NULL;
    if (!command) {
        if (argc > 1)
            complain("no command '%s%s%s'", argv[1], argc > 2 ? " " : "", argc > 2 ? argv[2] : "");
        print_help(stderr);
        return EXIT_CODE_USAGE;
    }
    enum exit_code code = run_command(command, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        complain("cannot write the answer");
        return EXIT_CODE_DAMAGE;
    }
    return (int)code;
}
