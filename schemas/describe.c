#include "schemas/describe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "schemas/example.h"
#include "schemas/lifecycle.h"

/* build/bin/describe: the reference pages, the JSON Schemas and the test
 * vectors, from the same tables the program runs on. The output depends on
 * nothing else, so that `make tidy` can compare it with what is committed. */

/* ---- tests/vectors/messages.jsonl ---- */

enum { VECTOR_SIZE_MAX = 1 << 21 };

static bool print_vector(FILE *file, const char *type, const struct record *record, enum example example)
{
    static const char digits[] = "0123456789abcdef";
    bool is_printed = false;
    size_t size = 0;
    char *hex = NULL;
    uint8_t *memory = malloc(VECTOR_SIZE_MAX);
    uint8_t *body = malloc(VECTOR_SIZE_MAX);
    void *value = malloc(record->struct_size);
    json_t *line = NULL;
    if (memory == NULL || body == NULL || value == NULL)
        goto done;
    struct arena arena = arena_over(memory, VECTOR_SIZE_MAX);
    if (example_make(record, example, &arena, value) != STATUS_OK ||
        record_encode(record, value, body, VECTOR_SIZE_MAX, &size) != STATUS_OK || (hex = malloc(2 * size + 1)) == NULL)
        goto done;
    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = digits[body[i] >> 4];
        hex[2 * i + 1] = digits[body[i] & 15];
    }
    hex[2 * size] = '\0';
    line = json_pack("{s:s*, s:s, s:s, s:o, s:s}", "type", type, "record", record->name, "example",
                     example_name(example), "json", record_to_json(record, value), "hex", hex);
    is_printed = line != NULL && json_dumpf(line, file, JSON_COMPACT) == 0 && fputc('\n', file) != EOF;
done:
    json_decref(line);
    free(hex);
    free(value);
    free(body);
    free(memory);
    return is_printed;
}

static bool print_vectors(FILE *file)
{
    bool is_printed = print_vector(file, NULL, &record_envelope, EXAMPLE_MINIMAL) &&
                      print_vector(file, NULL, &record_envelope, EXAMPLE_FULL);
    for (unsigned type = 0; type < MESSAGE_COUNT && is_printed; type++) {
        const struct message_kind *kind = message_kind((enum message_type)type);
        is_printed = print_vector(file, kind->name, kind->record, EXAMPLE_MINIMAL) &&
                     print_vector(file, kind->name, kind->record, EXAMPLE_FULL);
    }
    return is_printed;
}

/* ---- files ---- */

enum { FILE_PATH_SIZE_MAX = 4096 };

static FILE *file_create(const char *folder, const char *name, char path[FILE_PATH_SIZE_MAX])
{
    int size = snprintf(path, FILE_PATH_SIZE_MAX, "%s/%s", folder, name);
    FILE *file = size > 0 && size < FILE_PATH_SIZE_MAX ? fopen(path, "w") : NULL;
    if (file == NULL)
        fprintf(stderr, "describe: cannot write %s: %s\n", path, strerror(errno));
    return file;
}

static bool file_finish(FILE *file, const char *path, bool is_written)
{
    is_written = !ferror(file) && is_written;
    is_written = fclose(file) == 0 && is_written;
    if (!is_written)
        fprintf(stderr, "describe: cannot write %s\n", path);
    return is_written;
}

static bool folder_make(const char *folder)
{
    if (mkdir(folder, 0777) == 0 || errno == EEXIST)
        return true;
    fprintf(stderr, "describe: cannot make %s: %s\n", folder, strerror(errno));
    return false;
}

static bool write_page(const char *folder, const char *name, void (*print)(FILE *page))
{
    char path[FILE_PATH_SIZE_MAX];
    FILE *page = file_create(folder, name, path);
    if (page == NULL)
        return false;
    print(page);
    return file_finish(page, path, true);
}

static bool write_docs(const char *folder)
{
    return write_page(folder, "messages.md", describe_page) && write_page(folder, "lifecycle.md", lifecycle_describe) &&
           write_page(folder, "single-visit.md", describe_visit);
}

static bool write_schema(const char *folder, const struct record *record, const char *title)
{
    char path[FILE_PATH_SIZE_MAX];
    char name[96];
    snprintf(name, sizeof name, "%s.json", record->name);
    FILE *file = file_create(folder, name, path);
    if (file == NULL)
        return false;
    json_t *schema = describe_schema(record, title);
    bool is_written = schema != NULL && json_dumpf(schema, file, JSON_INDENT(2)) == 0 && fputc('\n', file) != EOF;
    json_decref(schema);
    return file_finish(file, path, is_written);
}

static bool write_schemas(const char *folder)
{
    bool is_written = folder_make(folder) && write_schema(folder, &record_envelope, "envelope");
    for (unsigned type = 0; type < MESSAGE_COUNT && is_written; type++) {
        const struct message_kind *kind = message_kind((enum message_type)type);
        is_written = write_schema(folder, kind->record, kind->name);
    }
    return is_written;
}

static bool write_vectors(const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fprintf(stderr, "describe: cannot write %s: %s\n", path, strerror(errno));
        return false;
    }
    return file_finish(file, path, print_vectors(file));
}

/* Everything, at its place below the top of the tree. */
static bool write_tree(const char *top)
{
    char path[FILE_PATH_SIZE_MAX];
    static const char *const folders[] = {"docs", "docs/schemas", "tests", "tests/vectors"};
    bool is_written = folder_make(top);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && is_written; i++) {
        snprintf(path, sizeof path, "%s/%s", top, folders[i]);
        is_written = folder_make(path);
    }
    snprintf(path, sizeof path, "%s/docs", top);
    is_written = is_written && write_docs(path);
    snprintf(path, sizeof path, "%s/docs/schemas", top);
    is_written = is_written && write_schemas(path);
    snprintf(path, sizeof path, "%s/tests/vectors/messages.jsonl", top);
    return is_written && write_vectors(path);
}

int main(int count, char **words)
{
    if (count == 2 && words[1][0] != '-')
        return write_tree(words[1]) ? 0 : 4;
    if (count == 3 && strcmp(words[1], "docs") == 0)
        return write_docs(words[2]) ? 0 : 4;
    if (count == 3 && strcmp(words[1], "json-schema") == 0)
        return write_schemas(words[2]) ? 0 : 4;
    if (count == 3 && strcmp(words[1], "vectors") == 0)
        return write_vectors(words[2]) ? 0 : 4;
    bool is_help = count == 2 && strcmp(words[1], "--help") == 0;
    fprintf(is_help ? stdout : stderr,
            "usage: describe TOP               write all of these below TOP\n"
            "       describe docs DIR          write DIR/messages.md, lifecycle.md, single-visit.md\n"
            "       describe json-schema DIR   write one schema a message to DIR\n"
            "       describe vectors FILE      write the test vectors to FILE\n"
            "exit: 0 done, 2 wrong usage, 4 cannot write\n");
    return is_help ? 0 : 2;
}
