#include "broker/core/door.h"

#include "broker/core/handler.h"
#include "broker/core/title.h"

bool door_remembers(enum message_type type)
{
    const struct message_kind *kind = message_kind(type);
    return kind->keep == KEEP_STORED && kind->senders != ROLE_BROKER;
}

static struct row_key key_of_message(const struct event *event)
{
    return row_key_duplicate(event->participant, event->envelope->message_id.data);
}

struct number door_stored(const struct core *core, const struct event *event)
{
    uint8_t memory[1];
    struct arena arena = arena_over(memory, sizeof memory); /* the row has no lists */
    struct duplicate_row row;
    struct row_key key = key_of_message(event);
    return core_read(core, &key, &record_duplicate_row, &arena, &row) ? row.sequence : (struct number){0};
}

/* Stored before: the same receipt, or a conflict. */
static bool door_knows(struct turn *turn)
{
    struct core *core = turn->core;
    struct row_key key = key_of_message(turn->event);
    struct duplicate_row row;
    arena_reset(&core->arena);
    if (!core_read(core, &key, &record_duplicate_row, &core->arena, &row))
        return false;
    if (!bytes_equal(row.digest, bytes_of(turn->event->digest, DIGEST_SIZE))) {
        turn_reject(turn, STATUS_DUP_CONFLICT);
        return true;
    }
    struct effect *effect = turn_effect(turn, EFFECT_RECEIPT, turn->event->participant);
    effect->sequence = (uint64_t)row.sequence.value;
    effect->is_duplicate = true;
    if (row.case_id.data != NULL)
        memcpy(effect->case_id, row.case_id.data, CASE_ID_SIZE);
    if (turn->event->message == MESSAGE_TITLE_QUERY)
        title_ask_again(turn, (uint64_t)row.sequence.value);
    return true;
}

void door_remember(struct turn *turn)
{
    struct row_key key = key_of_message(turn->event);
    struct duplicate_row row = {.sequence = number_of((int64_t)turn->event->sequence),
                                .digest = bytes_of(turn->event->digest, DIGEST_SIZE),
                                .is_present = true};
    if (turn->file != NULL)
        row.case_id = turn->file->row.case_id;
    core_put(turn->core, &key, &record_duplicate_row, &row);
}

/* Nobody can end another's mortgage: of a transfer with one, its mortgagee's own branch speaks, and no other. */
static bool is_owner(const struct case_file *file, enum message_type type, struct text participant)
{
    if (type == MESSAGE_PART_CONFIRM)
        return file->row.old_mortgagee.data != NULL && text_equal(file->row.old_mortgagee, participant);
    switch (participant_role(participant)) {
    case ROLE_BRANCH:
        return text_equal(file->row.branch, participant);
    case ROLE_WINDOW:
        return text_equal(file->row.window, participant);
    case ROLE_OPERATOR:
        return true;
    }
    return false;
}

/* Whose case it is says nothing of the case itself. */
static enum status case_judge(struct turn *turn)
{
    const struct envelope *envelope = turn->event->envelope;
    if (turn->file == NULL) {
        turn->path = "cid";
        return STATUS_UNKNOWN_CASE;
    }
    if (!is_owner(turn->file, turn->event->message, turn->event->participant))
        return STATUS_NOT_YOURS;
    if (envelope->revision.is_present && envelope->revision.value > turn->file->row.revision.value) {
        turn->path = "rev";
        return STATUS_STALE;
    }
    return STATUS_OK;
}

static enum status message_judge(struct turn *turn)
{
    enum message_type type = turn->event->message;
    const struct handler *handler = handler_of(type);
    if (message_kind(type)->is_of_case) {
        enum status status = case_judge(turn);
        if (status != STATUS_OK)
            return status;
    }
    return handler->judge != NULL ? handler->judge(turn) : STATUS_OK;
}

enum door_answer door_judge(struct turn *turn)
{
    if (door_remembers(turn->event->message) && door_knows(turn))
        return DOOR_ANSWERED;
    enum status status = message_judge(turn);
    if (status != STATUS_OK) {
        turn_reject(turn, status);
        return DOOR_ANSWERED;
    }
    return turn->is_needless ? DOOR_ANSWERED : DOOR_TAKE;
}
