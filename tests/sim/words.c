#include "tests/sim/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/business.h"
#include "tests/sim/heard.h"
#include "tests/sim/world.h"

/* A word with its receipt. */
struct word_kept {
    uint8_t id[16];
    uint8_t digest[32];
    enum message_type type;
    bool is_of_window;
    char case_id[CASE_ID_SIZE + 1];
    uint64_t sequence;
};

struct words {
    struct word_kept *items;
    uint32_t count;
    uint32_t capacity;
};

void words_open(void)
{
    world->words = calloc(1, sizeof *world->words);
    if (world->words == NULL)
        abort();
}

void words_close(void)
{
    free(world->words->items);
    free(world->words);
    world->words = NULL;
}

static void wakes(struct peer *peer)
{
    (void)peer;
}

static int64_t next_us(const struct peer *peer)
{
    (void)peer;
    return INT64_MAX;
}

static void takes(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    (void)peer;
    (void)envelope;
    (void)parcel;
}

static bool is_followed(const struct peer *peer, const struct owed *owed)
{
    if (owed->case_id[0] == '\0' || owed->type == MESSAGE_DELIVERY_FAILED) /* that one is about a delivery alone */
        return false;
    return peer->role == ROLE_WINDOW ||
           (peer->role == ROLE_BRANCH && (owed->type == MESSAGE_CERT_ACK || owed->type == MESSAGE_FEE_PAID));
}

static bool keeps(struct peer *peer, struct owed *owed, const struct receipt *receipt)
{
    struct words *words = world->words;

    if (!is_followed(peer, owed))
        return false;
    if (words->count == words->capacity) {
        words->capacity = words->capacity == 0 ? 256 : words->capacity * 2;
        words->items = realloc(words->items, words->capacity * sizeof *words->items);
        if (words->items == NULL)
            abort();
    }
    struct word_kept *kept = &words->items[words->count++];
    *kept = (struct word_kept){
        .type = owed->type, .is_of_window = peer->role == ROLE_WINDOW, .sequence = (uint64_t)receipt->sequence.value};
    memcpy(kept->id, owed->id, sizeof kept->id);
    memcpy(kept->digest, owed->digest, sizeof kept->digest);
    memcpy(kept->case_id, owed->case_id, sizeof kept->case_id);
    return false;
}

/* ---- at the end ---- */

static uint32_t times_told(const struct word_kept *word)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < world->hearing.count; i++) {
        const struct heard *heard = &world->hearing.items[i];
        if (heard->is_urgent || heard->is_of_another || heard->sequence != word->sequence)
            continue;
        count += heard->origin[0] != '\0' ? memcmp(heard->origin_id, word->id, sizeof word->id) == 0
                                          : strcmp(heard->fact, "CONTRADICTION") == 0;
    }
    return count;
}

static bool was_said_before(const struct word_kept *word)
{
    const struct words *words = world->words;

    for (uint32_t i = 0; i < words->count; i++) {
        const struct word_kept *other = &words->items[i];
        if (other->sequence < word->sequence && other->type == word->type &&
            memcmp(other->digest, word->digest, sizeof word->digest) == 0 && strcmp(other->case_id, word->case_id) == 0)
            return true;
    }
    return false;
}

static bool judge_told(const struct word_kept *word, bool is_end)
{
    const uint32_t times = times_told(word);
    const bool is_good = times == 1 || (times == 0 && was_said_before(word));

    if (is_end && !is_good)
        oracle_fails(&world->oracle, word->case_id, "P1: %s of %s, record %llu, was told to its branch %u times",
                     message_kind(word->type)->name, word->case_id, (unsigned long long)word->sequence, times);
    return is_good;
}

static bool judge_brought(const struct word_kept *word, bool is_end)
{
    const bool is_good = heard_word(&world->hearing, word->case_id, "CASE_BOOKED") == 0 ||
                         oracle_was_stored(&world->oracle, word->case_id, word->id);

    if (is_end && !is_good)
        oracle_fails(&world->oracle, word->case_id, "P1: %s of %s, record %llu, never came to its window",
                     message_kind(word->type)->name, word->case_id, (unsigned long long)word->sequence);
    return is_good;
}

bool words_judge(bool is_end)
{
    const struct words *words = world->words;
    bool is_whole = true;

    for (uint32_t i = 0; i < words->count; i++)
        is_whole &= words->items[i].is_of_window ? judge_told(&words->items[i], is_end)
                                                 : judge_brought(&words->items[i], is_end);
    return is_whole;
}

const struct business words_business = {wakes, next_us, wakes, takes, keeps};
