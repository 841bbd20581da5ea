#include "broker/store/calendar_file.h"

#include <stdio.h>

#include "broker/store/journal.h"
#include "broker/store/sm3.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"
#include "schemas/calendar.h"

static const char version_mark[] = "# version ";
static const char header[] = "date,kind";
enum { VERSION_SIZE_MAX = 32, END_SIZE = 10 };

struct calendar_reading {
    const char *path;
    char *why;
    unsigned line;
    bool has_header;
    struct fact_calendar *out;
};

static enum status refuse(const struct calendar_reading *reading, const char *reason)
{
    why_set(reading->why, "%s: line %u: %s", reading->path, reading->line, reason);
    return STATUS_CONFIG;
}

static enum status take_version(struct calendar_reading *reading, struct text line)
{
    size_t mark = strlen(version_mark);
    if (line.size <= mark || memcmp(line.data, version_mark, mark) != 0)
        return refuse(reading, "the first line must say '# version VERSION: where it is from'");
    struct text version = {line.data + mark, line.size - (uint32_t)mark};
    const char *end = memchr(version.data, ':', version.size);
    if (end != NULL)
        version.size = (uint32_t)(end - version.data);
    if (version.size == 0 || version.size > VERSION_SIZE_MAX)
        return refuse(reading, "a version has 1 to 32 bytes");
    reading->out->version = version;
    return STATUS_OK;
}

static enum status take_day(struct calendar_reading *reading, struct text line)
{
    struct calendar_day_list *days = &reading->out->days;
    const struct text date = {line.data, line.size < END_SIZE ? line.size : END_SIZE};
    const struct text kind = {line.data + date.size, line.size - date.size};
    struct date parsed;
    if (!date_parse(date, &parsed))
        return refuse(reading, "no such day; write YYYY-MM-DD,holiday or YYYY-MM-DD,workday");
    if (!text_is(kind, ",holiday") && !text_is(kind, ",workday"))
        return refuse(reading, "a day is a holiday or a workday; every other day follows its weekday");
    if (days->count > 0 && memcmp(days->items[days->count - 1].date.data, date.data, END_SIZE) >= 0)
        return refuse(reading, "days stand in order, each once");
    if (days->count == CALENDAR_DAY_COUNT_MAX)
        return refuse(reading, "more days than a calendar holds; leave out years long past");
    days->items[days->count++] = (struct calendar_day){date, number_of(text_is(kind, ",workday")), true};
    return STATUS_OK;
}

static enum status take_line(struct calendar_reading *reading, struct text line)
{
    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    if (reading->line == 1)
        return take_version(reading, line);
    if (line.size == 0 || line.data[0] == '#')
        return STATUS_OK;
    if (reading->has_header)
        return take_day(reading, line);
    reading->has_header = true;
    return text_is(line, header) ? STATUS_OK : refuse(reading, "the first row must be date,kind");
}

static enum status take_end(struct calendar_reading *reading, struct arena *arena)
{
    struct fact_calendar *out = reading->out;
    char *end = arena_take(arena, END_SIZE + 1);
    if (end == NULL)
        return STATUS_LIMIT;
    if (out->days.count == 0)
        return refuse(reading, "no day stands here");
    (void)snprintf(end, END_SIZE + 1, "%.4s-12-31", out->days.items[out->days.count - 1].date.data);
    out->end = text_of(end);
    return STATUS_OK;
}

static enum status prepare(struct arena *arena, struct bytes content, struct fact_calendar *out)
{
    uint8_t *digest = arena_take(arena, SM3_SIZE);
    out->days.items = arena_take(arena, CALENDAR_DAY_COUNT_MAX * sizeof *out->days.items);
    if (digest == NULL || out->days.items == NULL)
        return STATUS_LIMIT;
    digest_sm3(content, digest);
    out->digest = bytes_of(digest, SM3_SIZE);
    out->days.is_present = out->is_present = true;
    return STATUS_OK;
}

static enum status take_content(struct calendar_reading *reading, struct bytes content, struct arena *arena)
{
    enum status status = prepare(arena, content, reading->out);
    uint32_t used = 0;
    while (status == STATUS_OK && used < content.size) {
        const uint8_t *start = content.data + used;
        const uint8_t *end = memchr(start, '\n', content.size - used);
        uint32_t size = end != NULL ? (uint32_t)(end - start) : content.size - used;
        reading->line++;
        status = take_line(reading, (struct text){(const char *)start, size});
        used += size + 1;
    }
    return status == STATUS_OK ? take_end(reading, arena) : status;
}

enum status calendar_file_read(const char *path, struct arena *arena, struct fact_calendar *out, char *why)
{
    struct calendar_reading reading = {.path = path, .why = why, .out = out};
    uint8_t *content = arena_take(arena, CALENDAR_FILE_SIZE_MAX);
    size_t size = 0;
    memset(out, 0, sizeof *out);
    why[0] = '\0';
    enum status status =
        content != NULL ? small_file_read(path, content, CALENDAR_FILE_SIZE_MAX, &size, why) : STATUS_LIMIT;
    if (status == STATUS_OK)
        status = take_content(&reading, bytes_of(content, size), arena);
    if (status != STATUS_OK && why[0] == '\0')
        why_set(why, "%s: %s", path, status_english(status));
    return status;
}

enum status calendar_file_embedded(struct arena *arena, struct fact_calendar *out)
{
    char why[CALENDAR_WHY_SIZE];
    struct calendar_reading reading = {.path = "the calendar built in", .why = why, .out = out};
    char *content = arena_take(arena, CALENDAR_FILE_SIZE_MAX);
    if (content == NULL)
        return STATUS_LIMIT;
    memset(out, 0, sizeof *out);
    size_t used =
        (size_t)snprintf(content, CALENDAR_FILE_SIZE_MAX, "%s%s\n%s\n", version_mark, calendar_version(), header);
    const char *date;
    bool is_working;
    for (uint32_t i = 0; calendar_special(i, &date, &is_working) && used < CALENDAR_FILE_SIZE_MAX; i++)
        used += (size_t)snprintf(content + used, CALENDAR_FILE_SIZE_MAX - used, "%s,%s\n", date,
                                 is_working ? "workday" : "holiday");
    return used < CALENDAR_FILE_SIZE_MAX ? take_content(&reading, bytes_of(content, used), arena) : STATUS_LIMIT;
}
