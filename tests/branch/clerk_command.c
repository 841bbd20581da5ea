#include "tests/branch/clerk_command.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agents/branch/branch_book.h"

enum { ARGUMENT_COUNT_MAX = 16 };

void place(const struct folder *folder, const char *name, char *out, size_t size)
{
    snprintf(out, size, "%s/%s", folder->path, name);
}

static void read_back(const struct folder *folder, const char *name, char *out, size_t size)
{
    char path[256];
    place(folder, name, path, sizeof path);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file);
    out[fread(out, 1, size - 1, file)] = '\0';
    fclose(file);
}

static void run_in_child(const struct folder *folder, clerk_command *command, char **arguments)
{
    struct settings settings;
    int count = 0;
    while (arguments[count])
        count++;
    if (chdir(folder->path) != 0 || !freopen("out", "w", stdout) || !freopen("err", "w", stderr))
        _exit(99);
    argp_err_exit_status = EXIT_USAGE_WRONG;
    settings_init(&settings);
    enum exit_code code = command(count, arguments, &settings);
    fflush(stdout);
    fflush(stderr);
    _exit((int)code);
}

pid_t command_start(const struct folder *folder, clerk_command *command, const char *words)
{
    char copy[512];
    char *arguments[ARGUMENT_COUNT_MAX] = {"onevisit-branch"};
    char *rest = NULL;
    snprintf(copy, sizeof copy, "%s", words);
    char *word = strtok_r(copy, " ", &rest);
    for (size_t i = 1; word && i + 1 < ARGUMENT_COUNT_MAX; i++, word = strtok_r(NULL, " ", &rest))
        arguments[i] = word;
    pid_t child = fork();
    if (child == 0)
        run_in_child(folder, command, arguments);
    return child;
}

void command_end(const struct folder *folder, pid_t child, struct ended *out)
{
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    out->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    read_back(folder, "out", out->out, sizeof out->out);
    read_back(folder, "err", out->err, sizeof out->err);
}

void command_run_whole(const struct folder *folder, clerk_command *command, const char *words, struct ended *out)
{
    command_end(folder, command_start(folder, command, words), out);
}

void command_seal(const struct folder *folder, const char *name, const char *participant, bool is_test)
{
    char path[256];
    char why[640];
    struct book *book = NULL;
    place(folder, name, path, sizeof path);
    cr_assert_eq(branch_book_open(path, true, &book, why, sizeof why), STATUS_OK, "%s", why);
    cr_assert_eq(branch_book_seal(book, participant, is_test, why, sizeof why), STATUS_OK, "%s", why);
    book_close(&book);
}
