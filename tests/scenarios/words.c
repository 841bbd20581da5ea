#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/story.h"

/* The words of the sentences: whom and what they mean. */

int64_t number_in(const char *word)
{
    char *end = NULL;
    const int64_t number = strtoll(word, &end, 10);
    cr_assert(end != word && *end == '\0', "\"%s\" is no number", word);
    return number;
}

static const struct name {
    const char *said;
    const char *meant;
} names[] = {
    {"A", BRANCH},
    {"B", OTHER_BRANCH},
    {"window-1", WINDOW},
    {"window-2", OTHER_WINDOW},
    {"window-penglai", "W:370614"},
    {"unit-1", UNIT},
    {"unit-2", UNIT_2},
    {"unit-3", UNIT_3},
    {"unit-at-window-2", FOREIGN_UNIT},
    {"unit-of-old-penglai", "370684999002GB00017F00120001"},
    {"the-same-unit-of-new-penglai", "370614999002GB00017F00120001"},
    {"proof-1", "鲁（2026）济南市不动产证明第0000001号"},
    {"proof-2", "鲁（2026）济南市不动产证明第0000002号"},
};

const char *meant(const char *said)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].said, said) == 0)
            return names[i].meant;
    return said;
}

bool deny(struct story *story, const char *what, const char *seen)
{
    snprintf(story->why, sizeof story->why, "%s %s", what, seen);
    return false;
}

struct story_case *the_named(struct story *story, const char *name)
{
    for (uint32_t i = 0; i < story->case_count; i++)
        if (strcmp(story->cases[i].name, name) == 0)
            return &story->cases[i];
    deny(story, "there is no case", name);
    return NULL;
}

const char *id_at(struct story *story, unsigned index)
{
    const struct story_case *named = the_named(story, story->words[index]);
    return named != NULL ? named->id : "";
}

bool is_known(struct story *story, unsigned index)
{
    return the_named(story, story->words[index]) != NULL && story->house != NULL;
}
