#include "broker/refusal.h"

static void show_problem(struct refusal_words *words, uint32_t index, const struct problem *problem)
{
    struct finding_texts *texts = &words->texts[index];

    problem_chinese(problem, texts->chinese, sizeof texts->chinese);
    problem_english(problem, texts->english, sizeof texts->english);
    words->findings[index] = (struct finding){.id = text_of("F02"),
                                              .level = text_of("E"),
                                              .path = text_of(problem->path),
                                              .text_zh = text_of(texts->chinese),
                                              .text_en = text_of(texts->english),
                                              .is_present = true};
}

void finding_fill(const struct found *found, struct finding_texts *texts, struct finding *out)
{
    const struct finding_row *row = finding_row(found->name);

    found_chinese(found, texts->chinese, sizeof texts->chinese);
    found_english(found, texts->english, sizeof texts->english);
    *out = (struct finding){.id = text_of(row->id),
                            .level = text_of(row->level),
                            .path = text_of(found->path),
                            .text_zh = text_of(texts->chinese),
                            .text_en = text_of(texts->english),
                            .fix = text_of(row->fix_chinese),
                            .source = text_of(found_source(found)),
                            .is_present = true};
}

static void show_found(struct refusal_words *words, uint32_t index, const struct found *found)
{
    finding_fill(found, &words->texts[index], &words->findings[index]);
}

static uint32_t show_findings(struct refusal_words *words, const struct refusal *refusal)
{
    uint32_t count = 0;

    for (uint32_t i = 0; refusal->problems != NULL && i < refusal->problems->count && count < REJECT_FINDING_COUNT_MAX;
         i++)
        show_problem(words, count++, &refusal->problems->items[i]);
    for (uint32_t i = 0; refusal->findings != NULL && i < refusal->findings->count && count < REJECT_FINDING_COUNT_MAX;
         i++)
        show_found(words, count++, &refusal->findings->items[i]);
    return count;
}

/* What goes out keeps to the limits of its row. */
static struct text clip(const char *string, uint32_t size_max)
{
    struct text text = text_of(string);

    if (text.size > size_max) {
        text.size = size_max;
        /* not in the middle of a character */
        while (text.size > 0 && ((uint8_t)text.data[text.size] & 0xc0) == 0x80)
            text.size--;
    }
    return text;
}

struct reject refusal_body(struct refusal_words *words, const struct refusal *refusal)
{
    const uint32_t count = show_findings(words, refusal);
    const char *path = refusal->path;
    const char *sentence = refusal->sentence != NULL ? refusal->sentence : status_english(refusal->status);
    const char *sentence_zh = refusal->sentence_zh != NULL ? refusal->sentence_zh : status_chinese(refusal->status);

    if (path[0] == '\0' && refusal->problems != NULL && refusal->problems->count > 0)
        path = refusal->problems->items[0].path;
    return (struct reject){
        .code = text_of(status_code(refusal->status)),
        .path = clip(path, RECORD_PATH_SIZE_MAX),
        .text_zh = clip(sentence_zh, REJECT_TEXT_SIZE_MAX),
        .text_en = clip(sentence, REJECT_TEXT_SIZE_MAX),
        .may_retry = number_of(status_may_retry(refusal->status)),
        .retry_ms = {refusal->retry_ms, refusal->retry_ms > 0},
        .case_id = refusal->case_id != NULL && refusal->case_id[0] != '\0' ? text_of(refusal->case_id) : text_of(NULL),
        .findings = {words->findings, count, count > 0},
        .is_present = true};
}
