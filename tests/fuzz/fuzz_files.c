#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "broker/store/calendar_file.h"
#include "broker/store/directory_file.h"
#include "broker/store/rules_file.h"

/* The files an operator writes: rule file, directory, calendar. The first byte
 * picks which. A file is taken whole or refused with line and reason. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 forgets a string that is cut off by the end of the file; the file is refused all the same. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

static void judge_rules(const char *path, struct arena *arena, char *why)
{
    struct fact_rules rules;
    if (rules_file_judge(path, arena, &rules, why, NULL, NULL) != STATUS_OK)
        assert(why[0] != '\0');
    (void)rules_file_version_line(path);
}

static void judge_directory(const char *path, struct arena *arena, char *why)
{
    struct fact_directory directory;
    if (directory_file_read(path, arena, &directory, why) != STATUS_OK)
        assert(why[0] != '\0');
}

static void judge_calendar(const char *path, struct arena *arena, char *why)
{
    struct fact_calendar calendar;
    if (calendar_file_read(path, arena, &calendar, why) != STATUS_OK)
        assert(why[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const judges[])(const char *, struct arena *, char *) = {judge_rules, judge_directory,
                                                                           judge_calendar};
    static uint8_t *memory;
    char path[64];
    char why[STORE_WHY_SIZE] = "";

    if (size == 0)
        return 0;
    if (memory == NULL)
        memory = malloc(DIRECTORY_ARENA_SIZE);
    const int file = memfd_create("fuzz", MFD_CLOEXEC);
    assert(memory != NULL && file >= 0);
    assert(write(file, data + 1, size - 1) == (ssize_t)(size - 1));
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    struct arena arena = arena_over(memory, DIRECTORY_ARENA_SIZE);
    judges[data[0] % 3](path, &arena, why);
    close(file);
    return 0;
}
