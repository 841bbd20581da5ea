#include "schemas/failure.h"

#include <stdio.h>

#include "schemas/dictionary.h"

#define FAILURE(name, word, attempts, wait_ms, wait_ms_max) [FAILURE_##name] = {word, attempts, wait_ms, wait_ms_max},
static const struct failure_row failures[FAILURE_COUNT] = {
#include "schemas/failures.def"
};

const struct failure_row *failure_row(enum failure failure)
{
    return &failures[failure];
}

enum failure failure_of(struct text word)
{
    int failure = 0;
    while (failure < FAILURE_COUNT && !text_is(word, failures[failure].word))
        failure++;
    return (enum failure)failure;
}

int64_t failure_wait_ms(enum failure failure, int64_t attempt, uint64_t spread)
{
    const struct failure_row *row = &failures[failure];
    int64_t wait = row->wait_ms;
    for (int64_t i = 1; i < attempt && wait < row->wait_ms_max; i++)
        wait *= 2;
    if (wait > row->wait_ms_max)
        wait = row->wait_ms_max;
    return wait - wait / 8 + (int64_t)(spread % (uint64_t)(wait / 4 + 1));
}

const char *failure_show(struct text word, char *out, size_t size)
{
    const struct dictionary_entry *entry = dictionary_find(DICTIONARY_FAILURE, word);
    if (entry == NULL)
        snprintf(out, size, "%.*s", TEXT_ARGS(word));
    else
        snprintf(out, size, "%s / %s", entry->chinese, entry->english);
    return out;
}
