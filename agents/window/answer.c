#include "agents/window/answer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/body_codes.h"

enum status answer_maker_init(struct answer_maker *maker, struct digest *digest, size_t kept_size)
{
    *maker = (struct answer_maker){.digest = digest,
                                   .scratch = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE),
                                   .kept = arena_over(malloc(kept_size), kept_size)};
    return maker->scratch.memory && maker->kept.memory ? STATUS_OK : STATUS_NO_MEMORY;
}

void answer_maker_fini(struct answer_maker *maker)
{
    free(maker->scratch.memory);
    free(maker->kept.memory);
    *maker = (struct answer_maker){0};
}

enum message_type answer_type_of(struct text name)
{
    enum message_type type = message_type_of(name);
    if (type == MESSAGE_COUNT)
        return type;
    const struct message_kind *kind = message_kind(type);
    bool is_answer = (kind->senders & ROLE_WINDOW) && kind->is_of_case && kind->keep == KEEP_STORED;
    return is_answer ? type : MESSAGE_COUNT;
}

/* ---- the file ---- */

const char *answer_file_kind(struct bytes file)
{
    if (file.size >= 5 && memcmp(file.data, "%PDF-", 5) == 0)
        return "application/pdf";
    if (file.size >= 3 && memcmp(file.data, "\xff\xd8\xff", 3) == 0)
        return "image/jpeg";
    if (file.size >= 8 && memcmp(file.data, "\x89PNG\r\n\x1a\n", 8) == 0)
        return "image/png";
    return NULL;
}

enum status answer_read_file(struct answer_maker *maker, const char *path, struct bytes *out,
                             char why[ANSWER_WHY_SIZE_MAX])
{
    FILE *file = fopen(path, "rbe");
    uint8_t *data = arena_take(&maker->kept, ANSWER_FILE_SIZE_MAX + 1);
    size_t size = file && data ? fread(data, 1, ANSWER_FILE_SIZE_MAX + 1, file) : 0;
    enum status status = STATUS_OK;
    if (!file) {
        snprintf(why, ANSWER_WHY_SIZE_MAX, "file %s: %s", path, strerror(errno));
        return STATUS_NOT_FOUND;
    }
    if (!data) {
        snprintf(why, ANSWER_WHY_SIZE_MAX, "file %s: too many files at once", path);
        status = STATUS_LIMIT;
    } else if (size == 0 || ferror(file)) {
        snprintf(why, ANSWER_WHY_SIZE_MAX, "file %s: it is empty or cannot be read", path);
        status = STATUS_BAD_BODY;
    } else if (size > ANSWER_FILE_SIZE_MAX) {
        snprintf(why, ANSWER_WHY_SIZE_MAX, "file %s: larger than %d bytes", path, ANSWER_FILE_SIZE_MAX);
        status = STATUS_TOO_LARGE;
    }
    fclose(file);
    *out = bytes_of(data, size);
    if (status == STATUS_OK) /* give back what the file does not need */
        maker->kept.used -= ANSWER_FILE_SIZE_MAX + 1 - size;
    return status;
}

/* Puts what the file tells of itself into the body: sm3, size, and mime where it is not said. */
static enum status describe_file(struct answer_maker *maker, struct bytes file, json_t *body)
{
    uint8_t sm3[SM3_SIZE];
    char hex[SM3_HEX_SIZE];
    const char *kind = answer_file_kind(file);
    if (digest_make(maker->digest, file, sm3) != STATUS_OK)
        return STATUS_IO;
    json_object_set_new(body, "sm3", json_string(hex_show(bytes_of(sm3, sizeof sm3), hex, sizeof hex)));
    json_object_set_new(body, "size", json_integer(file.size));
    if (kind && !json_object_get(body, "mime"))
        json_object_set_new(body, "mime", json_string(kind));
    return STATUS_OK;
}

/* ---- the body ---- */

static void explain(const struct problems *problems, enum message_type type, char why[ANSWER_WHY_SIZE_MAX])
{
    char sentence[160];
    snprintf(why, ANSWER_WHY_SIZE_MAX, "%s: it cannot be read", message_kind(type)->name);
    if (problems->count > 0)
        snprintf(why, ANSWER_WHY_SIZE_MAX, "%s %s: %s%s", message_kind(type)->name, problems->items[0].path,
                 problem_english(&problems->items[0], sentence, sizeof sentence),
                 problems->count > 1 ? " (and others)" : "");
}

static enum status keep_body(struct answer_maker *maker, enum message_type type, const void *body,
                             struct adapter_answer *out)
{
    size_t used = 0;
    size_t left = maker->kept.capacity - maker->kept.used;
    uint8_t *place = maker->kept.memory + maker->kept.used;
    enum status status = record_encode(message_kind(type)->record, body, place,
                                       left < MESSAGE_SIZE_MAX ? left : MESSAGE_SIZE_MAX, &used);
    if (status != STATUS_OK)
        return status;
    maker->kept.used += used;
    out->type = type;
    out->body = bytes_of(place, used);
    return STATUS_OK;
}

/* The body in the codes of the house. */
static enum status turn_codes(const struct answer_maker *maker, enum message_type type, json_t *body,
                              char why[ANSWER_WHY_SIZE_MAX])
{
    struct code_fault fault;
    enum status status = body_codes_turn(maker->rules, message_kind(type)->record, CODES_FROM_WINDOW, body, &fault);
    if (status == STATUS_BAD_BODY)
        snprintf(why, ANSWER_WHY_SIZE_MAX, "%s %s", message_kind(type)->name, fault.text);
    return status;
}

static enum status make_body(struct answer_maker *maker, enum message_type type, const json_t *json,
                             struct adapter_answer *out, char why[ANSWER_WHY_SIZE_MAX])
{
    struct problems problems = {0};
    const struct record *record = message_kind(type)->record;
    arena_reset(&maker->scratch);
    void *body = arena_take(&maker->scratch, record->struct_size);
    enum status status = record_from_json(record, json, &maker->scratch, body, &problems);
    if (status == STATUS_OK)
        status = keep_body(maker, type, body, out);
    if (status != STATUS_OK)
        explain(&problems, type, why);
    return status;
}

static enum status add_file(struct answer_maker *maker, enum message_type type, const json_t *path, json_t *body,
                            struct adapter_answer *out, char why[ANSWER_WHY_SIZE_MAX])
{
    if (type != MESSAGE_CERT_ISSUED || !json_is_string(path)) {
        snprintf(why, ANSWER_WHY_SIZE_MAX, "%s file: only CERT_ISSUED has one, and it is a path",
                 message_kind(type)->name);
        return STATUS_BAD_BODY;
    }
    enum status status = answer_read_file(maker, json_string_value(path), &out->chunk, why);
    return status == STATUS_OK ? describe_file(maker, out->chunk, body) : status;
}

/* A certificate travels with its file, and the file is what the body says it is. */
static enum status judge_certificate(const struct adapter_answer *answer, char why[ANSWER_WHY_SIZE_MAX])
{
    const char *kind = answer_file_kind(answer->chunk);
    if (answer->type != MESSAGE_CERT_ISSUED)
        return STATUS_OK;
    if (!answer->chunk.data)
        snprintf(why, ANSWER_WHY_SIZE_MAX, "CERT_ISSUED file: it is missing");
    else if (!kind)
        snprintf(why, ANSWER_WHY_SIZE_MAX, "CERT_ISSUED file: neither PDF nor JPEG nor PNG");
    else
        return STATUS_OK;
    return STATUS_BAD_BODY;
}

enum status answer_from_json(struct answer_maker *maker, const json_t *json, struct adapter_answer *out,
                             char why[ANSWER_WHY_SIZE_MAX])
{
    const char *name = json_string_value(json_object_get(json, "type"));
    const json_t *path = json_object_get(json, "file");
    enum message_type type = name ? answer_type_of(text_of(name)) : MESSAGE_COUNT;
    int64_t position = out->position;
    *out = (struct adapter_answer){.position = position};
    if (type == MESSAGE_COUNT) {
        snprintf(why, ANSWER_WHY_SIZE_MAX, "type: \"%s\" is no answer of a window", name ? name : "");
        return STATUS_BAD_BODY;
    }
    json_t *body = json_deep_copy(json_object_get(json, "body"));
    enum status status = path && body ? add_file(maker, type, path, body, out, why) : STATUS_OK;
    if (status == STATUS_OK)
        status = turn_codes(maker, type, body, why);
    if (status == STATUS_OK)
        status = make_body(maker, type, body, out, why);
    if (status == STATUS_OK)
        status = judge_certificate(out, why);
    json_decref(body);
    return status;
}

enum status answer_from_struct(struct answer_maker *maker, enum message_type type, const void *body,
                               struct adapter_answer *out, char why[ANSWER_WHY_SIZE_MAX])
{
    json_t *json = record_to_json(message_kind(type)->record, body);
    enum status status = json ? make_body(maker, type, json, out, why) : STATUS_NO_MEMORY;
    json_decref(json);
    return status;
}
