#include "agents/branch/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lines {
    int file;
    bool is_ours; /* to be closed */
    bool is_at_end;
    uint64_t number;
    size_t start; /* of what is not read yet */
    size_t end;
    char buffer[LINE_SIZE_MAX + 2]; /* a line of the largest size with CR LF */
};

enum status lines_open(const char *path, struct lines **out)
{
    struct lines *lines = malloc(sizeof *lines);
    *out = NULL;
    if (!lines)
        return STATUS_NO_MEMORY;
    lines->is_ours = strcmp(path, "-") != 0;
    lines->file = lines->is_ours ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    lines->is_at_end = false;
    lines->number = 0;
    lines->start = 0;
    lines->end = 0;
    if (lines->file < 0) {
        free(lines);
        return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
    }
    *out = lines;
    return STATUS_OK;
}

void lines_close(struct lines **lines)
{
    if (!*lines)
        return;
    if ((*lines)->is_ours)
        close((*lines)->file);
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

enum status lines_next(struct lines *lines, struct line *out)
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

bool lines_would_wait(const struct lines *lines)
{
    struct pollfd poll_on = {.fd = lines->file, .events = POLLIN};
    if (memchr(lines->buffer + lines->start, '\n', lines->end - lines->start) || lines->is_at_end)
        return false;
    return poll(&poll_on, 1, 0) == 0;
}
