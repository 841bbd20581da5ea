#include "agents/branch/lines.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/branch/folder.h"

static char path[32];

/* Opens lines over a file of `size` bytes. */
static struct lines *lines_over(const char *content, size_t size)
{
    struct lines *lines = NULL;
    memcpy(path, "/tmp/onevisit-lines-XXXXXX", sizeof "/tmp/onevisit-lines-XXXXXX");
    int file = mkstemp(path);
    cr_assert_eq(write(file, content, size), (ssize_t)size);
    close(file);
    cr_assert_eq(lines_open(path, &lines), STATUS_OK);
    unlink(path);
    return lines;
}

Test(lines, gives_each_line_with_its_number_and_the_last_without_its_end)
{
    static const char content[] = "one\n\n  \t\r\ntwo\r\nthree";
    static const struct {
        const char *text;
        bool is_blank;
    } expected[] = {{"one", false}, {"", true}, {"  \t", true}, {"two", false}, {"three", false}};
    struct lines *lines = lines_over(content, sizeof content - 1);
    struct line line;
    for (size_t i = 0; i < 5; i++) {
        cr_assert_eq(lines_next(lines, &line), STATUS_OK);
        cr_expect_eq(line.number, i + 1);
        cr_expect(text_is(line.text, expected[i].text), "line %zu: '%.*s'", i + 1, TEXT_ARGS(line.text));
        cr_expect_eq(line.is_blank, expected[i].is_blank);
    }
    cr_assert_eq(lines_next(lines, &line), STATUS_NOT_FOUND);
    lines_close(&lines);
}

/* A line of `size` bytes between two others. */
static void judge_long_line(size_t size, bool is_too_long)
{
    char *content = malloc(size + 8);
    struct line line;
    memcpy(content, "a\n", 2);
    memset(content + 2, 'x', size);
    memcpy(content + 2 + size, "\nb\n", 3);
    struct lines *lines = lines_over(content, size + 5);
    cr_assert_eq(lines_next(lines, &line), STATUS_OK);
    cr_assert_eq(lines_next(lines, &line), STATUS_OK);
    cr_expect_eq(line.is_too_long, is_too_long, "%zu bytes", size);
    cr_expect(is_too_long || line.text.size == size);
    cr_assert_eq(lines_next(lines, &line), STATUS_OK);
    cr_expect(text_is(line.text, "b"), "%zu bytes: '%.*s'", size, TEXT_ARGS(line.text));
    cr_expect_eq(line.number, 3);
    cr_assert_eq(lines_next(lines, &line), STATUS_NOT_FOUND);
    lines_close(&lines);
    free(content);
}

Test(lines, takes_a_line_of_the_largest_size_and_reads_over_a_longer_one)
{
    judge_long_line(LINE_SIZE_MAX, false);
    judge_long_line(LINE_SIZE_MAX + 1, true);
    judge_long_line(LINE_SIZE_MAX + 2, true);
    judge_long_line(LINE_SIZE_MAX * 3, true);
}

Test(lines, says_not_found_for_a_file_that_is_not_there)
{
    struct lines *lines = NULL;
    cr_assert_eq(lines_open("/nonexistent/file", &lines), STATUS_NOT_FOUND);
    cr_assert_null(lines);
}

static void write_in(const char *folder, const char *name, const char *text)
{
    char file[128];
    snprintf(file, sizeof file, "%s/%s", folder, name);
    FILE *out = fopen(file, "w");
    cr_assert_not_null(out);
    fputs(text, out);
    fclose(out);
}

Test(lines, reads_the_jsonl_files_of_a_folder_by_name_and_counts_the_lines_of_each)
{
    static const struct {
        const char *file;
        uint64_t number;
        const char *text;
    } expected[] = {{"a.jsonl", 1, "first"}, {"b.jsonl", 1, "second"}, {"b.jsonl", 2, "third"}};
    struct folder folder;
    struct lines *lines = NULL;
    struct line line;
    folder_start(&folder);
    write_in(folder.path, "b.jsonl", "second\nthird");
    write_in(folder.path, "a.jsonl", "first\n");
    write_in(folder.path, "empty.jsonl", "");
    write_in(folder.path, "notes.txt", "no application\n");
    write_in(folder.path, ".b.jsonl", "an editor's copy\n");
    cr_assert_eq(lines_open(folder.path, &lines), STATUS_OK);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        cr_assert_eq(lines_next(lines, &line), STATUS_OK, "line %zu", i);
        cr_expect_str_eq(line.file, expected[i].file);
        cr_expect_eq(line.number, expected[i].number);
        cr_expect(text_is(line.text, expected[i].text), "'%.*s'", TEXT_ARGS(line.text));
    }
    cr_expect_eq(lines_next(lines, &line), STATUS_NOT_FOUND);
    lines_close(&lines);
    folder_stop(&folder);
}

Test(lines, never_passes_over_a_file_of_the_folder_that_is_gone)
{
    struct folder folder;
    struct lines *lines = NULL;
    struct line line;
    char gone[128];
    folder_start(&folder);
    write_in(folder.path, "a.jsonl", "first\n");
    write_in(folder.path, "b.jsonl", "second\n");
    cr_assert_eq(lines_open(folder.path, &lines), STATUS_OK);
    snprintf(gone, sizeof gone, "%s/b.jsonl", folder.path);
    unlink(gone);
    cr_assert_eq(lines_next(lines, &line), STATUS_OK);
    cr_expect_eq(lines_next(lines, &line), STATUS_IO);
    lines_close(&lines);
    folder_stop(&folder);
}
