#include <criterion/criterion.h>
#include <string.h>

#include "broker/core/material.h"
#include "tests/scenarios/story.h"

/* The sentences about files that travel in pieces before their case. A file has
 * a name of one word, and four pieces. */

enum { STORY_PIECE_COUNT = 4 };

static const int64_t file_size = (STORY_PIECE_COUNT - 1) * (int64_t)MESSAGE_CHUNK_SIZE_MAX + 100;

static struct bytes digest_of(const char *name)
{
    static uint8_t digest[DIGEST_SIZE];
    memset(digest, name[0], sizeof digest);
    memcpy(digest, name, strlen(name) < DIGEST_SIZE ? strlen(name) : DIGEST_SIZE);
    return bytes_of(digest, sizeof digest);
}

/* As the store and memory have it. */
static uint32_t pieces_held(struct story *story, const char *branch, const char *name)
{
    static uint8_t memory[1 << 14];
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {0};
    struct material_row row;
    const struct row_key key = row_key_material(text_of(branch), digest_of(name));
    struct bytes value = {0};
    if (!core_row(story->house->core, &key, &value)) {
        const struct stored *stored = table_find(&story->house->rows, bytes_of(key.bytes, key.size));
        value = stored != NULL ? stored->value : value;
    }
    bool is_held = value.data != NULL && row_decode(&record_material_row, value, &arena, &row, &problems) == STATUS_OK;
    return is_held ? row.pieces.count : 0;
}

/* ---- what is done ---- */

static void send_piece(struct story *story, const char *branch, const char *name, uint32_t index)
{
    const struct material_chunk piece = {.file_digest = digest_of(name),
                                         .size = number_of(file_size),
                                         .offset = number_of((int64_t)index * MESSAGE_CHUNK_SIZE_MAX),
                                         .digest = digest_of(name),
                                         .is_present = true};
    say(story->house, &(struct said){.who = branch, .type = MESSAGE_MATERIAL_CHUNK, .body = &piece});
}

static bool sends_pieces(struct story *story)
{
    const char *branch = meant(story->words[0]);
    for (int64_t i = 0; i < number_in(story->words[1]); i++)
        send_piece(story, branch, story->words[2], pieces_held(story, branch, story->words[2]));
    return true;
}

static bool skips_a_piece(struct story *story)
{
    const char *branch = meant(story->words[0]);
    send_piece(story, branch, story->words[1], pieces_held(story, branch, story->words[1]) + 1);
    return true;
}

/* Whether it is taken stands in the claims. */
static bool hands_in_with_file(struct story *story)
{
    char hex[2 * DIGEST_SIZE + 1];
    struct bytes digest = digest_of(story->words[3]);
    for (uint32_t i = 0; i < DIGEST_SIZE; i++)
        snprintf(hex + (size_t)2 * i, 3, "%02x", digest.data[i]);
    struct material material = {.code = text_of("SQS"),
                                .pages = number_of(1),
                                .size = number_of(file_size),
                                .sm3 = text_of(hex),
                                .is_carried = number_of(true),
                                .is_present = true};
    struct case_submit *body = application(meant(story->words[1]), story->words[2]);
    body->materials = (struct material_list){&material, 1, true};
    struct story_case *file = &story->cases[story->case_count];
    cr_assert_lt(story->case_count, (uint32_t)STORY_CASE_COUNT_MAX);
    say(story->house, &(struct said){.who = meant(story->words[0]), .type = MESSAGE_CASE_SUBMIT, .body = body});
    if (story->house->step.verdict != VERDICT_STORE)
        return true;
    *file = (struct story_case){.message_id = 0};
    snprintf(file->branch, sizeof file->branch, "%s", meant(story->words[0]));
    snprintf(file->unit, sizeof file->unit, "%s", meant(story->words[1]));
    snprintf(file->name, sizeof file->name, "%s", story->words[2]);
    memcpy(file->id, story->house->step.case_id, sizeof file->id);
    story->case_count++;
    return true;
}

static bool asks_for_piece(struct story *story)
{
    if (!is_known(story, 3))
        return false;
    const struct material_get body = {.file_digest = digest_of(story->words[2]),
                                      .offset = number_of((number_in(story->words[1]) - 1) * MESSAGE_CHUNK_SIZE_MAX),
                                      .is_present = true};
    say(story->house,
        &(struct said){
            .who = meant(story->words[0]), .type = MESSAGE_MATERIAL_GET, .case_id = id_at(story, 3), .body = &body});
    return true;
}

static const struct sentence acts[] = {
    {"branch * sends * pieces of the file *", sends_pieces},
    {"branch * leaves out a piece of the file *", skips_a_piece},
    {"branch * hands in * as * with the file *", hands_in_with_file},
    {"* asks for piece * of the file * of *", asks_for_piece},
};

/* ---- what is claimed ---- */

static bool holds_pieces(struct story *story)
{
    char seen[32];
    uint32_t count = pieces_held(story, meant(story->words[2]), story->words[1]);
    snprintf(seen, sizeof seen, "%u", count);
    return count == number_in(story->words[0]) || deny(story, "of its pieces it holds", seen);
}

static bool piece_goes_to(struct story *story)
{
    const struct effect *part = effect_of(story->house, EFFECT_MATERIAL, 0);
    if (part == NULL)
        return deny(story, "no piece goes out:", status_code(rejection(story->house)));
    return strcmp(part->to, meant(story->words[0])) == 0 || deny(story, "it goes to", part->to);
}

static const struct sentence claims[] = {
    {"the broker holds * pieces of the file * of branch *", holds_pieces},
    {"the piece goes to *", piece_goes_to},
};

const struct sentences story_file_acts = {acts, sizeof acts / sizeof acts[0]};
const struct sentences story_file_claims = {claims, sizeof claims / sizeof claims[0]};
