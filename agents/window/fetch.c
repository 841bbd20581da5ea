#include "agents/window/fetch.h"

#include "agents/client/log.h"
#include "agents/client/material_file.h"

void fetch_begin(struct fetch *fetch, const char *data, const struct wanted_file *file)
{
    *fetch = (struct fetch){.is_active = true, .file = *file, .has_more = true};
    int64_t gathered = material_file_gathered(data, file->sm3);
    /* The last piece is fetched in any case: with it comes the check of the whole. */
    if (gathered < file->size)
        fetch->offset = gathered;
}

bool fetch_send(struct fetch *fetch, struct link *link, int64_t now_us)
{
    const struct material_get body = {
        .file_digest = bytes_of(fetch->file.sm3, SM3_SIZE), .offset = number_of(fetch->offset), .is_present = true};
    const struct link_outgoing message = {
        .type = MESSAGE_MATERIAL_GET, .message_id = fetch->question, .case_id = text_of(fetch->file.case_id)};
    bool is_out = fetch->is_asked && fetch->session == link_session(link) &&
                  now_us - fetch->asked_us < FETCH_ANSWER_MS_MAX * 1000 && fetch->asked_us <= now_us;
    if (!fetch->is_active || is_out || now_us < fetch->not_before_us || link_state(link) != LINK_STANDING)
        return false;
    link_new_message_id(fetch->question);
    fetch->is_asked = link_send_struct(link, &message, &body) == STATUS_OK;
    fetch->session = link_session(link);
    fetch->asked_us = now_us;
    return fetch->is_asked;
}

static enum fetch_answer try_later(struct fetch *fetch, int64_t now_us, const char *why)
{
    char hex[SM3_HEX_SIZE];
    log_warning("%s: its file %s is not here yet: %s; tried again", fetch->file.case_id,
                hex_show(bytes_of(fetch->file.sm3, SM3_SIZE), hex, sizeof hex), why);
    fetch->not_before_us = now_us + FETCH_RETRY_MS * 1000;
    return FETCH_TAKEN;
}

/* NULL, or why this is not the piece that was asked for. */
static const char *part_fault(const struct fetch *fetch, const struct link_message *message, struct digest *digest)
{
    const struct material_part *part = message->body;
    int64_t rest = fetch->file.size - fetch->offset;
    if (!bytes_equal(part->file_digest, bytes_of(fetch->file.sm3, SM3_SIZE)) || part->offset.value != fetch->offset ||
        part->size.value != fetch->file.size || message->chunk_count != 1)
        return "another piece came than was asked for";
    if (message->chunks[0].size != (rest < MESSAGE_CHUNK_SIZE_MAX ? rest : MESSAGE_CHUNK_SIZE_MAX))
        return "a piece has another length";
    if (!digest_holds(digest, message->chunks[0], part->digest))
        return "a piece has another digest than the branch said";
    return NULL;
}

static enum fetch_answer take_part(struct fetch *fetch, const struct link_message *message, const char *data,
                                   struct digest *digest, int64_t now_us)
{
    const char *fault = part_fault(fetch, message, digest);
    if (fault)
        return try_later(fetch, now_us, fault);
    enum status status = material_file_put(data, fetch->file.sm3, fetch->offset, message->chunks[0]);
    if (status != STATUS_OK)
        return try_later(fetch, now_us, status_english(status));
    fetch->offset += message->chunks[0].size;
    if (fetch->offset < fetch->file.size)
        return FETCH_TAKEN;
    status = material_file_finish(data, fetch->file.sm3, fetch->file.size, digest);
    if (status == STATUS_OK)
        return FETCH_WHOLE;
    fetch->offset = 0;
    return try_later(fetch, now_us, status_english(status));
}

enum fetch_answer fetch_take(struct fetch *fetch, const struct link_message *message, const char *data,
                             struct digest *digest, int64_t now_us)
{
    if (!fetch->is_asked || !bytes_equal(message->envelope.answers, bytes_of(fetch->question, sizeof fetch->question)))
        return FETCH_NOT_MINE;
    fetch->is_asked = false;
    if (message->type == MESSAGE_MATERIAL_PART)
        return take_part(fetch, message, data, digest, now_us);
    if (message->type == MESSAGE_REJECT)
        return try_later(fetch, now_us, "the broker refuses it");
    return FETCH_NOT_MINE;
}
