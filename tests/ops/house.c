#include "tests/ops/house.h"

#include <argp.h>
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORD_COUNT_MAX = 32 };

void house_open(struct house *house)
{
    snprintf(house->folder, sizeof house->folder, "/tmp/onevisit-house-XXXXXX");
    cr_assert_not_null(mkdtemp(house->folder));
    snprintf(house->keys, sizeof house->keys, "%s/keys", house->folder);
    snprintf(house->directory, sizeof house->directory, "%s/directory.json", house->folder);
}

static void empty_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    if (!entries)
        return;
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    closedir(entries);
}

void house_close(struct house *house)
{
    empty_folder(house->keys);
    rmdir(house->keys);
    empty_folder(house->folder);
    rmdir(house->folder);
}

static const char *word_of(const struct house *house, const char *word)
{
    return strcmp(word, "KEYS") == 0 ? house->keys : strcmp(word, "DIRECTORY") == 0 ? house->directory : word;
}

static void run_here(const struct house *house, enum exit_code (*command)(int argc, char **argv), char *words, int out,
                     int err)
{
    char *arguments[WORD_COUNT_MAX + 2];
    int count = 0;
    char *rest = NULL;
    arguments[count++] = strdup("onevisit test");
    for (char *word = strtok_r(words, " ", &rest); word && count <= WORD_COUNT_MAX; word = strtok_r(NULL, " ", &rest))
        arguments[count++] = strdup(word_of(house, word));
    arguments[count] = NULL;
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    setlocale(LC_CTYPE, "C.UTF-8");
    argp_err_exit_status = EXIT_CODE_USAGE;
    enum exit_code code = command(count, arguments);
    for (int i = 0; i < count; i++)
        free(arguments[i]);
    fflush(NULL);
    exit((int)code);
}

static void read_back(FILE *file, char *out, size_t size)
{
    rewind(file);
    out[fread(out, 1, size - 1, file)] = '\0';
    fclose(file);
}

void house_run(const struct house *house, enum exit_code (*command)(int argc, char **argv), const char *words,
               struct printed *out)
{
    FILE *standard = tmpfile();
    FILE *error = tmpfile();
    char *copy = strdup(words);
    int state = 0;
    fflush(NULL);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0)
        run_here(house, command, copy, fileno(standard), fileno(error));
    cr_assert_eq(waitpid(pid, &state, 0), pid);
    cr_assert(WIFEXITED(state), "'%s' died of signal %d", words, WTERMSIG(state));
    out->code = (enum exit_code)WEXITSTATUS(state);
    read_back(standard, out->out, sizeof out->out);
    read_back(error, out->err, sizeof out->err);
    free(copy);
}
