#include <string.h>

#include "tests/scenarios/story.h"

/* Finds the sentence that a line is. */

/* The next word of a line; its size, 0 at the end. */
static size_t next_word(const char **line)
{
    *line += strspn(*line, " ");
    return strcspn(*line, " ");
}

static bool form_fits(struct story *story, const char *form, const char *line)
{
    unsigned count = 0;
    for (;;) {
        size_t wanted = next_word(&form);
        size_t size = next_word(&line);
        if (wanted == 0 || size == 0)
            return wanted == size;
        bool is_star = wanted == 1 && form[0] == '*';
        if (is_star && count < STORY_WORD_COUNT_MAX && size < STORY_WORD_SIZE)
            snprintf(story->words[count++], STORY_WORD_SIZE, "%.*s", (int)size, line);
        else if (wanted != size || memcmp(form, line, size) != 0)
            return false;
        form += wanted;
        line += size;
    }
}

static const struct sentence *find_in(struct story *story, const struct sentences *all, const char *line)
{
    for (size_t i = 0; i < all->count; i++)
        if (form_fits(story, all->items[i].form, line))
            return &all->items[i];
    return NULL;
}

const struct sentence *sentence_find(struct story *story, const char *line)
{
    static const struct sentences *const all[] = {
        &story_acts,        &story_claims,      &story_time_acts,    &story_time_claims,    &story_book_acts,
        &story_book_claims, &story_title_acts,  &story_title_claims, &story_counter_acts,   &story_counter_claims,
        &story_file_acts,   &story_file_claims, &story_failure_acts, &story_failure_claims,
    };
    const struct sentence *found = NULL;
    for (size_t i = 0; i < sizeof all / sizeof all[0] && found == NULL; i++)
        found = find_in(story, all[i], line);
    return found;
}
