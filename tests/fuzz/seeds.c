#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "schemas/envelope.h"
#include "schemas/example.h"

/* `make fuzz-seeds`: the first inputs of the fuzzers, made from the tables. */

enum { SEED_SIZE_MAX = 1 << 18 };

struct desk {
    const char *folder;
    uint8_t memory[SEED_SIZE_MAX];
    uint8_t value[SEED_SIZE_MAX];
    uint8_t body[SEED_SIZE_MAX];
};

static bool seed_write(const struct desk *desk, const char *fuzzer, const char *name, const void *data, size_t size)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", desk->folder, fuzzer);
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return false;
    snprintf(path, sizeof path, "%s/%s/%s", desk->folder, fuzzer, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    bool is_written = fwrite(data, 1, size, file) == size;
    return fclose(file) == 0 && is_written;
}

static bool record_seed(struct desk *desk, enum message_type type, enum example example)
{
    const struct message_kind *kind = message_kind(type);
    struct arena arena = arena_over(desk->memory, sizeof desk->memory);
    size_t size = 1;
    char name[64];
    desk->body[0] = (uint8_t)type;
    snprintf(name, sizeof name, "%s-%s", kind->name, example_name(example));
    return example_make(kind->record, example, &arena, desk->value) == STATUS_OK &&
           record_encode(kind->record, desk->value, desk->body, sizeof desk->body, &size) == STATUS_OK &&
           seed_write(desk, "record", name, desk->body, size);
}

static bool json_seed(struct desk *desk, enum message_type type, enum example example)
{
    const struct message_kind *kind = message_kind(type);
    struct arena arena = arena_over(desk->memory, sizeof desk->memory);
    char name[64];
    snprintf(name, sizeof name, "%s-%s", kind->name, example_name(example));
    if (example_make(kind->record, example, &arena, desk->value) != STATUS_OK)
        return false;
    json_t *json = record_to_json(kind->record, desk->value);
    desk->body[0] = (uint8_t)type;
    size_t size = json_dumpb(json, (char *)desk->body + 1, sizeof desk->body - 1, JSON_COMPACT);
    json_decref(json);
    return size > 0 && size < sizeof desk->body && seed_write(desk, "json", name, desk->body, size + 1);
}

static bool envelope_seed(struct desk *desk, enum message_type type, enum example example)
{
    struct envelope envelope;
    struct arena arena = arena_over(desk->memory, sizeof desk->memory);
    size_t size = 0;
    char name[64];
    if (example_make(&record_envelope, example, &arena, &envelope) != STATUS_OK)
        return false;
    envelope.type = text_of(message_kind(type)->name);
    if (message_kind(type)->is_of_case)
        envelope.case_id = text_of("SD370102-20260930-105-00001A-G");
    if (type != MESSAGE_CASE_SUBMIT)
        envelope.expires_at.is_present = false;
    snprintf(name, sizeof name, "%s-%s", message_kind(type)->name, example_name(example));
    return record_encode(&record_envelope, &envelope, desk->body, sizeof desk->body, &size) == STATUS_OK &&
           seed_write(desk, "envelope", name, desk->body, size);
}

int main(int count, char **words)
{
    static struct desk desk;
    if (count != 2) {
        fputs("usage: seeds FOLDER\n", stderr);
        return 2;
    }
    desk.folder = words[1];
    bool is_written = mkdir(desk.folder, 0777) == 0 || errno == EEXIST;
    for (unsigned i = 0; i < MESSAGE_COUNT && is_written; i++) {
        enum message_type type = (enum message_type)i;
        is_written = record_seed(&desk, type, EXAMPLE_MINIMAL) && record_seed(&desk, type, EXAMPLE_FULL);
    }
    is_written = is_written && json_seed(&desk, MESSAGE_CASE_SUBMIT, EXAMPLE_FULL) &&
                 json_seed(&desk, MESSAGE_HELLO, EXAMPLE_FULL) && json_seed(&desk, MESSAGE_CASE_BOOKED, EXAMPLE_FULL) &&
                 json_seed(&desk, MESSAGE_REJECT, EXAMPLE_FULL) &&
                 envelope_seed(&desk, MESSAGE_CASE_SUBMIT, EXAMPLE_FULL) &&
                 envelope_seed(&desk, MESSAGE_DELIVERED, EXAMPLE_FULL) &&
                 envelope_seed(&desk, MESSAGE_HEARTBEAT, EXAMPLE_MINIMAL) &&
                 envelope_seed(&desk, MESSAGE_CASE_EVENT, EXAMPLE_MINIMAL);
    if (!is_written)
        perror("seeds");
    return is_written ? 0 : 4;
}
