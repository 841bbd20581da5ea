#include "agents/branch/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/branch/line_files.h"

struct lines {
    struct line_files files; /* of a folder */
    size_t next_file;        /* index in files */
    const char *name;        /* of the file of a folder that is read; NULL: no folder */
    int file;                /* -1: none is open */
    bool is_ours;            /* to be closed */
    bool is_at_end;
    uint64_t number;
    size_t start; /* of what is not read yet */
    size_t end;
    char buffer[LINE_SIZE_MAX + 2]; /* a line of the largest size with CR LF */
};

static void file_begin(struct lines *lines, int file)
{
    lines->file = file;
    lines->is_at_end = false;
    lines->number = 0;
    lines->start = 0;
    lines->end = 0;
}

static void file_close(struct lines *lines)
{
    if (lines->is_ours && lines->file >= 0)
        close(lines->file);
    lines->file = -1;
}

static enum status file_open(struct lines *lines, const char *path)
{
    file_begin(lines, open(path, O_RDONLY | O_CLOEXEC));
    if (lines->file >= 0)
        return STATUS_OK;
    return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
}

/* The folder has another file. */
static enum status folder_next(struct lines *lines)
{
    file_close(lines);
    const char *path = lines->files.paths[lines->next_file++];
    lines->name = strrchr(path, '/') + 1;
    /* Listed and gone since: nothing may be passed over in silence. */
    return file_open(lines, path) == STATUS_OK ? STATUS_OK : STATUS_IO;
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

enum status lines_open(const char *path, struct lines **out)
{
    struct lines *lines = malloc(sizeof *lines);
    enum status status = STATUS_OK;
    *out = NULL;
    if (!lines)
        return STATUS_NO_MEMORY;
    lines->files = (struct line_files){0};
    lines->next_file = 0;
    lines->name = NULL;
    lines->is_ours = strcmp(path, "-") != 0;
    file_begin(lines, STDIN_FILENO);
    if (lines->is_ours)
        lines->file = -1;
    if (lines->is_ours && is_folder(path))
        status = line_files_read(path, &lines->files);
    else if (lines->is_ours)
        status = file_open(lines, path);
    *out = lines;
    if (status != STATUS_OK)
        lines_close(out);
    return status;
}

void lines_close(struct lines **lines)
{
    if (!*lines)
        return;
    file_close(*lines);
    line_files_fini(&(*lines)->files);
    free(*lines);
    *lines = NULL;
}

/* Reads more behind what is there; at the end of the file nothing is added. */
static enum status lines_fill(struct lines *lines)
{
    if (lines->start > 0) {
        memmove(lines->buffer, lines->buffer + lines->start, lines->end - lines->start);
        lines->end -= lines->start;
        lines->start = 0;
    }
    ssize_t count = -1;
    do
        count = read(lines->file, lines->buffer + lines->end, sizeof lines->buffer - lines->end);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return STATUS_IO;
    lines->is_at_end = count == 0;
    lines->end += (size_t)count;
    return STATUS_OK;
}

static char *lines_find_end(struct lines *lines, size_t from)
{
    return memchr(lines->buffer + lines->start + from, '\n', lines->end - lines->start - from);
}

/* Drops the rest of a line that is too long. */
static enum status lines_skip(struct lines *lines)
{
    char *end = lines_find_end(lines, 0);
    while (!end && !lines->is_at_end) {
        lines->start = 0;
        lines->end = 0;
        enum status status = lines_fill(lines);
        if (status != STATUS_OK)
            return status;
        end = lines_find_end(lines, 0);
    }
    lines->start = end ? (size_t)(end - lines->buffer) + 1 : lines->end;
    return STATUS_OK;
}

static bool text_is_blank(struct text text)
{
    for (uint32_t i = 0; i < text.size; i++)
        if (!memchr(" \t\r", text.data[i], 3))
            return false;
    return true;
}

static void line_set(struct line *out, const char *data, size_t size)
{
    if (size > 0 && data[size - 1] == '\r')
        size--;
    out->is_too_long = size > LINE_SIZE_MAX;
    out->text = (struct text){data, (uint32_t)size};
    out->is_blank = text_is_blank(out->text);
}

/* The next line of the file that is open. */
static enum status file_next(struct lines *lines, struct line *out)
{
    char *end = lines_find_end(lines, 0);
    while (!end && !lines->is_at_end && lines->end - lines->start < sizeof lines->buffer) {
        size_t searched = lines->end - lines->start;
        enum status status = lines_fill(lines);
        if (status != STATUS_OK)
            return status;
        end = lines_find_end(lines, searched);
    }
    const char *data = lines->buffer + lines->start;
    size_t size = end ? (size_t)(end - data) : lines->end - lines->start;
    if (!end && size == 0)
        return STATUS_NOT_FOUND;
    out->file = lines->name;
    out->number = ++lines->number;
    line_set(out, data, size);
    if (!end && !lines->is_at_end) {
        out->is_too_long = true;
        out->text = (struct text){"", 0};
        out->is_blank = false;
        return lines_skip(lines);
    }
    lines->start += size + (end ? 1 : 0);
    return STATUS_OK;
}

enum status lines_next(struct lines *lines, struct line *out)
{
    enum status status = lines->file >= 0 ? file_next(lines, out) : STATUS_NOT_FOUND;
    while (status == STATUS_NOT_FOUND && lines->next_file < lines->files.count) {
        status = folder_next(lines);
        if (status == STATUS_OK)
            status = file_next(lines, out);
    }
    return status;
}

bool lines_would_wait(const struct lines *lines)
{
    struct pollfd poll_on = {.fd = lines->file, .events = POLLIN};
    if (lines->file < 0 || memchr(lines->buffer + lines->start, '\n', lines->end - lines->start) || lines->is_at_end)
        return false;
    return poll(&poll_on, 1, 0) == 0;
}
