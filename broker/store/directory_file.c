#include "broker/store/directory_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/store/journal.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

/* ---- problems ---- */

struct judgement {
    const char *path;     /* of the file */
    struct bytes content; /* to find lines in */
    char *why;
    uint32_t problem_count;
    directory_take_problem *take;
    void *context;
};

/* What does not fit is cut with "...", as problem paths are. */
static void keep_first(struct judgement *judgement, unsigned line, const char *path, const char *sentence)
{
    char *why = judgement->why;
    int length =
        snprintf(why, DIRECTORY_WHY_SIZE, "%s:%u: %s%s%s", judgement->path, line, path, *path ? ": " : "", sentence);
    if (length >= DIRECTORY_WHY_SIZE)
        memcpy(why + DIRECTORY_WHY_SIZE - 4, "...", 4);
}

__attribute__((format(printf, 4, 5))) static void add_problem(struct judgement *judgement, unsigned line,
                                                              const char *path, const char *format, ...)
{
    char sentence[DIRECTORY_WHY_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (judgement->problem_count++ == 0)
        keep_first(judgement, line, path, sentence);
    if (judgement->take)
        judgement->take(line, path, sentence, judgement->context);
}

static void say_how_many_more(const struct judgement *judgement)
{
    size_t used = strlen(judgement->why);
    if (judgement->problem_count > 1)
        snprintf(judgement->why + used, DIRECTORY_WHY_SIZE - used, " (and %" PRIu32 " more)",
                 judgement->problem_count - 1);
}

/* jansson keeps no lines. The rows are what stands in the list at depth two,
 * so the line of a row is found by counting its items, outside of strings. */
struct line_search {
    unsigned line;
    unsigned depth;
    bool is_string;
    bool is_list;     /* depth two was opened by '[' */
    bool starts_item; /* the next byte that is no blank begins an item */
};

static void search_byte(struct line_search *search, uint8_t byte)
{
    if (byte == '"')
        search->is_string = !search->is_string;
    if (search->is_string)
        return;
    if ((byte == '{' || byte == '[') && ++search->depth == 2)
        search->is_list = search->starts_item = byte == '[';
    if ((byte == '}' || byte == ']') && search->depth > 0)
        search->depth--;
    if (byte == ',' && search->depth == 2)
        search->starts_item = search->is_list;
}

static unsigned line_of_row(struct bytes content, size_t row)
{
    struct line_search search = {.line = 1};
    for (uint32_t i = 0; i < content.size; i++) {
        uint8_t byte = content.data[i];
        if (byte == '\n')
            search.line++;
        if (search.starts_item && !strchr(" \t\r\n", byte)) {
            search.starts_item = false;
            if (row-- == 0)
                return search.line;
        }
        if (search.is_string && byte == '\\')
            i++;
        else
            search_byte(&search, byte);
    }
    return search.line;
}

/* ---- the file's bytes ---- */

static enum status read_all(int file, const char *path, uint8_t **out, size_t *out_size, char *why)
{
    struct stat information;
    if (fstat(file, &information) != 0)
        return file_error(errno, path, "cannot read", why);
    if (!S_ISREG(information.st_mode)) {
        why_set(why, "%s: not a regular file", path);
        return STATUS_CONFIG;
    }
    if (information.st_size > DIRECTORY_FILE_SIZE_MAX) {
        why_set(why, "%s: larger than %d bytes", path, DIRECTORY_FILE_SIZE_MAX);
        return STATUS_LIMIT;
    }
    size_t size = (size_t)information.st_size;
    uint8_t *content = malloc(size + 1);
    if (!content) {
        why_set(why, "%s: out of memory", path);
        return STATUS_NO_MEMORY;
    }
    size_t used = 0;
    while (used < size) {
        ssize_t got = read(file, content + used, size - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(content);
            return file_error(errno, path, "cannot read", why);
        }
        if (got == 0)
            break;
        used += (size_t)got;
    }
    *out = content;
    *out_size = used;
    return STATUS_OK;
}

static enum status read_file(const char *path, uint8_t **out, size_t *size, char *why)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return file_error(errno, path, "cannot open", why);
    enum status status = read_all(file, path, out, size, why);
    close(file);
    return status;
}

/* ---- rows ---- */

static bool copy_text(struct arena *arena, struct text *text)
{
    if (!text->data)
        return true;
    char *copy = arena_take(arena, text->size + 1);
    if (!copy)
        return false;
    memcpy(copy, text->data, text->size);
    text->data = copy;
    return true;
}

/* A row read from JSON borrows from it; the directory outlives the JSON. */
static bool own_texts(struct arena *arena, struct directory_row *row)
{
    for (uint32_t i = 0; i < record_directory_row.field_count; i++) {
        const struct field *field = &record_directory_row.fields[i];
        if (field->type == FIELD_TEXT && !copy_text(arena, (struct text *)(void *)((char *)row + field->offset)))
            return false;
    }
    return true;
}

static void judge_row(struct judgement *judgement, size_t index, const struct directory_row *row)
{
    char path[RECORD_PATH_SIZE_MAX];
    snprintf(path, sizeof path, "participants/%zu", index);
    unsigned line = 0;
    if (row->participant.data && participant_role(row->participant) == ROLE_BROKER) {
        line = line_of_row(judgement->content, index);
        add_problem(judgement, line, path, "K is the broker itself; its key stands in K.key, not in the directory");
    }
    if (row->revoked_why.data && !row->revoked_at.is_present) {
        line = line_of_row(judgement->content, index);
        add_problem(judgement, line, path, "revoked_why without revoked_at: is this key revoked or not?");
    }
    if (row->revoked_at.is_present && row->added_at.is_present && row->revoked_at.value < row->added_at.value) {
        line = line_of_row(judgement->content, index);
        add_problem(judgement, line, path, "revoked_at is before added_at");
    }
    if (row->valid_until.is_present && row->added_at.is_present && row->valid_until.value <= row->added_at.value) {
        line = line_of_row(judgement->content, index);
        add_problem(judgement, line, path, "valid_until is not after added_at");
    }
}

static enum status read_row(struct judgement *judgement, size_t index, const json_t *json, struct arena *arena,
                            struct directory_row *out)
{
    struct problems problems = {0};
    enum status status = record_from_json(&record_directory_row, json, arena, out, &problems);
    if (status == STATUS_LIMIT || !own_texts(arena, out))
        return STATUS_LIMIT;
    for (uint32_t i = 0; i < problems.count; i++) {
        char path[RECORD_PATH_SIZE_MAX + 32];
        char sentence[DIRECTORY_WHY_SIZE];
        snprintf(path, sizeof path, "participants/%zu%s%s", index, problems.items[i].path[0] ? "/" : "",
                 problems.items[i].path);
        add_problem(judgement, line_of_row(judgement->content, index), path, "%s",
                    problem_english(&problems.items[i], sentence, sizeof sentence));
    }
    judge_row(judgement, index, out);
    return STATUS_OK;
}

/* ---- rows among each other ---- */

struct entry {
    const struct directory_row *row;
    size_t index;
};

static int compare_texts(struct text a, struct text b)
{
    uint32_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_indexes(const struct entry *a, const struct entry *b)
{
    return (a->index > b->index) - (a->index < b->index);
}

static int compare_keys(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    int order = compare_texts(a->row->key, b->row->key);
    return order ? order : compare_indexes(a, b);
}

static int compare_participants(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    int order = compare_texts(a->row->participant, b->row->participant);
    return order ? order : compare_indexes(a, b);
}

static void find_repeated_keys(struct judgement *judgement, const struct entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct entry *before = &entries[i - 1];
        const struct entry *here = &entries[i];
        if (!before->row->key.data || !here->row->key.data || !text_equal(before->row->key, here->row->key))
            continue;
        char path[RECORD_PATH_SIZE_MAX];
        snprintf(path, sizeof path, "participants/%zu/key", here->index);
        add_problem(judgement, line_of_row(judgement->content, here->index), path,
                    "this key stands at participants/%zu already (%.*s); one key is one participant", before->index,
                    TEXT_ARGS(before->row->participant));
    }
}

static void find_too_many_keys(struct judgement *judgement, const struct entry *entries, size_t count)
{
    uint32_t active = 0;
    struct text participant = {0};
    for (size_t i = 0; i < count; i++) {
        const struct directory_row *row = entries[i].row;
        if (!row->participant.data || row->revoked_at.is_present)
            continue;
        if (!participant.data || !text_equal(participant, row->participant))
            active = 0;
        participant = row->participant;
        if (++active <= DIRECTORY_ACTIVE_KEYS_MAX)
            continue;
        char path[RECORD_PATH_SIZE_MAX];
        snprintf(path, sizeof path, "participants/%zu", entries[i].index);
        add_problem(judgement, line_of_row(judgement->content, entries[i].index), path,
                    "%.*s has more than %d keys in force; revoke one first", TEXT_ARGS(row->participant),
                    DIRECTORY_ACTIVE_KEYS_MAX);
    }
}

static enum status judge_rows_together(struct judgement *judgement, const struct directory_row *rows, size_t count)
{
    struct entry *entries = calloc(count + 1, sizeof *entries);
    if (!entries)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct entry){&rows[i], i};
    qsort(entries, count, sizeof *entries, compare_keys);
    find_repeated_keys(judgement, entries, count);
    qsort(entries, count, sizeof *entries, compare_participants);
    find_too_many_keys(judgement, entries, count);
    free(entries);
    return STATUS_OK;
}

static enum status read_rows(struct judgement *judgement, const json_t *participants, struct arena *arena,
                             struct fact_directory *out)
{
    size_t count = json_array_size(participants);
    if (count > DIRECTORY_ROWS_MAX) {
        add_problem(judgement, 1, "participants", "%zu rows, at most %d are allowed", count, DIRECTORY_ROWS_MAX);
        return STATUS_OK;
    }
    out->rows.items = arena_take(arena, (count + 1) * sizeof *out->rows.items);
    if (!out->rows.items)
        return STATUS_LIMIT;
    for (size_t i = 0; i < count; i++) {
        enum status status = read_row(judgement, i, json_array_get(participants, i), arena, &out->rows.items[i]);
        if (status != STATUS_OK)
            return status;
    }
    out->rows.count = (uint32_t)count;
    out->rows.is_present = true;
    return judge_rows_together(judgement, out->rows.items, count);
}

/* ---- the whole ---- */

static enum status read_top(struct judgement *judgement, json_t *top, struct arena *arena, struct fact_directory *out)
{
    if (!json_is_object(top)) {
        add_problem(judgement, 1, "", "the file must be one JSON object with version and participants");
        return STATUS_OK;
    }
    const char *key;
    json_t *value;
    json_object_foreach(top, key, value)
    {
        if (strcmp(key, "version") != 0 && strcmp(key, "participants") != 0)
            add_problem(judgement, 1, key, "nobody knows this key; the file holds version and participants");
    }
    const json_t *version = json_object_get(top, "version");
    if (!json_is_integer(version) || json_integer_value(version) != DIRECTORY_VERSION)
        add_problem(judgement, 1, "version",
                    json_integer_value(version) > DIRECTORY_VERSION ? "is newer than %d, the version known here"
                                                                    : "must be %d",
                    DIRECTORY_VERSION);
    const json_t *participants = json_object_get(top, "participants");
    if (json_is_array(participants))
        return read_rows(judgement, participants, arena, out);
    add_problem(judgement, 1, "participants", "must be a list of rows");
    return STATUS_OK;
}

static enum status read_content(struct judgement *judgement, struct arena *arena, struct fact_directory *out)
{
    json_error_t error;
    json_t *top = json_loadb((const char *)judgement->content.data, judgement->content.size,
                             JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!top) {
        add_problem(judgement, error.line > 0 ? (unsigned)error.line : 1, "", "not JSON: %s", error.text);
        return STATUS_CONFIG;
    }
    enum status status = read_top(judgement, top, arena, out);
    json_decref(top);
    if (status == STATUS_OK && judgement->problem_count > 0)
        status = STATUS_CONFIG;
    if (status != STATUS_OK && judgement->problem_count == 0)
        why_set(judgement->why, "%s: %s", judgement->path, status_english(status));
    say_how_many_more(judgement);
    return status;
}

enum status directory_file_judge(const char *path, struct arena *arena, struct fact_directory *out, char *why,
                                 directory_take_problem *take, void *context)
{
    memset(out, 0, sizeof *out);
    why[0] = '\0';
    struct judgement judgement = {.path = path, .why = why, .take = take, .context = context};
    uint8_t *content = NULL;
    size_t size = 0;
    enum status status = read_file(path, &content, &size, why);
    if (status != STATUS_OK)
        return status;
    judgement.content = bytes_of(content, size);
    status = read_content(&judgement, arena, out);
    if (status != STATUS_OK)
        goto done;
    uint8_t *digest = arena_take(arena, 32);
    if (!digest) {
        status = STATUS_LIMIT;
        why_set(why, "%s: %s", path, status_english(status));
        goto done;
    }
    digest_sm3(judgement.content, digest);
    out->digest = bytes_of(digest, 32);
    out->is_present = true;
done:
    free(content);
    return status;
}

enum status directory_file_read(const char *path, struct arena *arena, struct fact_directory *out, char *why)
{
    return directory_file_judge(path, arena, out, why, NULL, NULL);
}
