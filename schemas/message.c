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

/* Sizes of the names, apart and small: the search looks at them first. */
#define MESSAGE(name, record, senders, scope, keep, sentence) [MESSAGE_##name] = sizeof #name - 1,
static const uint8_t name_sizes[MESSAGE_COUNT] = {
#include "schemas/messages.def"
};
#undef MESSAGE

const struct message_kind *message_kind(enum message_type type)
{
    assert((unsigned)type < MESSAGE_COUNT);
    return &message_kinds[type];
}

enum message_type message_type_of(struct text name)
{
    for (unsigned type = 0; type < MESSAGE_COUNT; type++) {
        if (name_sizes[type] == name.size && memcmp(message_kinds[type].name, name.data, name.size) == 0)
            return (enum message_type)type;
    }
    return MESSAGE_COUNT;
}

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
