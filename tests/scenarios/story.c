#include "tests/scenarios/story.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 1024 };

static struct story *story_new(void)
{
    struct story *story = calloc(1, sizeof *story);
    struct house *house = house_new();
    story->house = house;
    story->message_count = UINT64_C(1) << 32; /* apart from the house's own */
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    operator_comes(house, OPERATOR);
    window_comes(house, WINDOW, 8);
    window_comes(house, OTHER_WINDOW, 8);
    return story;
}

static void story_free(struct story *story)
{
    house_free(story->house);
    free(story);
}

void story_note_deliveries(struct story *story)
{
    const struct effect *effect;
    for (uint32_t i = 0; (effect = effect_of(story->house, EFFECT_DELIVER, i)) != NULL; i++) {
        if (story->sent_count == STORY_SENT_COUNT_MAX)
            return;
        struct story_sent *sent = &story->sent[story->sent_count++];
        memcpy(sent->case_id, effect->case_id, sizeof sent->case_id);
        memcpy(sent->to, effect->to, sizeof sent->to);
        sent->number = effect->number;
    }
}

/* Title, Why and Must hold are for the reader. */
static bool is_for_the_reader(const char *line)
{
    return line[0] == '\0' || line[0] == '#' || strncmp(line, "Why: ", 5) == 0 || strncmp(line, "Must hold: ", 11) == 0;
}

/* "when", "then" and "and" are for the reader too. */
static const char *after_conjunction(const char *line)
{
    static const char *const words[] = {"when ", "then ", "and "};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strncmp(line, words[i], strlen(words[i])) == 0)
            return line + strlen(words[i]);
    return line;
}

static bool play_line(struct story *story, const char *line)
{
    const struct sentence *sentence = sentence_find(story, after_conjunction(line));
    story->why[0] = '\0';
    if (sentence == NULL) {
        snprintf(story->why, sizeof story->why, "nobody knows this sentence");
        return false;
    }
    bool is_true = sentence->run(story);
    return is_true;
}

/* An act empties the effects; a claim leaves them. So they are noted once, when something was done. */
static bool is_claim(const char *line)
{
    return strncmp(line, "then ", 5) == 0 || strncmp(line, "shown by ", 9) == 0;
}

bool story_play(FILE *in, const char *name, char why[STORY_WHY_SIZE], uint32_t *sentence_count)
{
    char line[LINE_SIZE];
    struct story *story = story_new();
    bool is_true = true, was_claim = false;
    unsigned number = 0;
    *sentence_count = 0;
    while (is_true && fgets(line, sizeof line, in) != NULL) {
        number++;
        line[strcspn(line, "\r\n")] = '\0';
        if (is_for_the_reader(line))
            continue;
        was_claim = strncmp(line, "and ", 4) == 0 ? was_claim : is_claim(line);
        is_true = play_line(story, line);
        if (!was_claim)
            story_note_deliveries(story);
        (*sentence_count)++;
        if (!is_true)
            snprintf(why, STORY_WHY_SIZE, "%s:%u: %.200s: %.200s", name, number, line, story->why);
    }
    if (is_true && *sentence_count == 0) {
        snprintf(why, STORY_WHY_SIZE, "%s: it says nothing", name);
        is_true = false;
    }
    story_free(story);
    return is_true;
}
