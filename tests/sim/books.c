#include "tests/sim/books.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/store/journal.h"
#include "schemas/recon.h"
#include "tests/sim/business.h"
#include "tests/sim/kinds.h"
#include "tests/sim/world.h"

enum {
    BOOKING_COUNT_MAX = 512, /* of one book */
    GROUP_COUNT_MAX = BRANCH_COUNT_MAX * WINDOW_COUNT_MAX * 4,
    PAGE_COUNT_MAX = 6,
    ANSWER_US = 10000000,
    OFTEN_US = 40000000,
    SOON_US = 4000000,
    NAME_SIZE = PARTICIPANT_SIZE_MAX + 1,
};

/* How a book is wrong about a booking. */
enum wrong { WRONG_NOT, WRONG_AMOUNT, WRONG_NUMBER, WRONG_MISSING };

struct booking_kept {
    char case_id[CASE_ID_SIZE + 1];
    char window[NAME_SIZE], branch[NAME_SIZE], kind[8];
    char number[64], proof[RECON_PROOF_SIZE_MAX];
    int64_t booked_at;
    struct number amount;
    bool is_certified;
    enum wrong wrong;
    bool is_listed; /* the operators' last list has it */
};

struct group_name {
    char window[NAME_SIZE], branch[NAME_SIZE], kind[8];
};

enum asking { ASKING_NOTHING, ASKING_SUMS, ASKING_PART };

struct book {
    /* on disk */
    struct booking_kept kept[BOOKING_COUNT_MAX];
    uint32_t count;
    uint64_t changes;  /* of the book */
    uint64_t compared; /* the changes that a comparison without a surprise knew of */

    /* gone with a crash */
    enum asking asking;
    uint8_t asked[16]; /* the message that is to be answered */
    int64_t asked_us;
    int64_t next_us;
    uint64_t begun; /* the changes when it began */
    struct group_name groups[GROUP_COUNT_MAX];
    uint32_t group_count;
    uint32_t group_at;
    char after[CASE_ID_SIZE + 1];
    uint32_t found;
    bool has_surprise;
};

struct books {
    struct book books[PEER_COUNT_MAX];
    char day[RECON_DAY_SIZE + 1];
};

static struct book *book_of(const struct peer *peer)
{
    return &world->books->books[peer->index];
}

static bool has_book(const struct peer *peer)
{
    return world_has(FEATURE_BOOKS) && (peer->role == ROLE_BRANCH || peer->role == ROLE_WINDOW);
}

void books_open(void)
{
    world->books = calloc(1, sizeof *world->books);
    if (world->books == NULL)
        abort();
    recon_day_of(world->now_us, world->books->day);
    for (uint32_t i = 0; i < PEER_COUNT_MAX; i++)
        world->books->books[i].changes = 1;
}

void books_close(void)
{
    free(world->books);
    world->books = NULL;
}

/* ---- keeping ---- */

static void keep(char *out, size_t size, struct text text)
{
    snprintf(out, size, "%.*s", TEXT_ARGS(text));
}

static struct booking_kept *kept_of(struct book *book, struct text case_id)
{
    for (uint32_t i = 0; i < book->count; i++)
        if (text_is(case_id, book->kept[i].case_id))
            return &book->kept[i];
    return NULL;
}

void books_note(const struct peer *peer, const struct booked_entry *entry)
{
    struct book *book = book_of(peer);

    if (!has_book(peer) || book->count == BOOKING_COUNT_MAX || kept_of(book, entry->case_id) != NULL)
        return;
    struct booking_kept *kept = &book->kept[book->count++];
    keep(kept->case_id, sizeof kept->case_id, entry->case_id);
    keep(kept->window, sizeof kept->window, entry->window);
    keep(kept->branch, sizeof kept->branch, entry->branch);
    keep(kept->kind, sizeof kept->kind, entry->kind);
    keep(kept->number, sizeof kept->number, entry->number);
    keep(kept->proof, sizeof kept->proof, entry->proof);
    kept->booked_at = entry->booked_at;
    kept->amount = entry->amount;
    kept->is_certified = entry->is_certified;
    kept->wrong = random_once_in(&world->random, 10) ? 1 + random_below(&world->random, WRONG_MISSING) : WRONG_NOT;
    book->changes++;
    if (kept->wrong != WRONG_NOT)
        world_say("%s keeps %s wrongly (%d)", peer->name, kept->case_id, (int)kept->wrong);
}

void books_note_proof(const struct peer *peer, struct text case_id)
{
    struct booking_kept *kept = has_book(peer) ? kept_of(book_of(peer), case_id) : NULL;

    if (kept == NULL)
        return;
    kept->is_certified = true;
    book_of(peer)->changes++;
}

void books_hear(const struct peer *branch, struct text case_id, const struct case_event *event, struct bytes origin)
{
    struct case_booked booked;
    struct problems problems = {.count = 0};
    const struct told_case *told = oracle_case(&world->oracle, case_id);

    if (!has_book(branch) || event->origin_type.data == NULL || told == NULL || told->filed->branch != branch->index)
        return;
    if (text_is(event->origin_type, "CERT_ISSUED"))
        books_note_proof(branch, case_id);
    if (!text_is(event->origin_type, "CASE_BOOKED") ||
        record_decode(&record_case_booked, origin, peer_arena(), &booked, &problems) != STATUS_OK)
        return;
    const struct booked_entry entry = {.case_id = case_id,
                                       .window = event->origin_source,
                                       .branch = text_of(branch->name),
                                       .kind = text_of(kinds_code(told->filed->kind)),
                                       .number = booked.number,
                                       .proof = booked.proof,
                                       .booked_at = booked.booked_at.value,
                                       .amount = recon_amount_of(&booked),
                                       .is_certified =
                                           text_is(event->state, "CERTIFIED") || text_is(event->state, "ARCHIVED")};
    books_note(branch, &entry);
}

/* ---- the book as it is told ---- */

/* An operator gave the case up: whose book is right about it is for people alone. */
static bool is_given_up(const char *case_id)
{
    const struct told_case *told = oracle_case(&world->oracle, text_of(case_id));
    return told != NULL && told->was_given_up;
}

/* A word about it has not reached the broker. */
static bool is_waiting(const struct peer *peer, const char *case_id)
{
    for (const struct owed *owed = peer->owes; owed != NULL; owed = owed->next)
        if (strcmp(owed->case_id, case_id) == 0)
            return true;
    return false;
}

static struct recon_row row_of(const struct peer *peer, const struct booking_kept *kept, char *proof)
{
    struct recon_row row = {.case_id = text_of(kept->case_id),
                            .window = text_of(kept->window),
                            .branch = text_of(kept->branch),
                            .kind = text_of(kept->kind),
                            .state = text_of(kept->is_certified ? "CERTIFIED" : "BOOKED"),
                            .number = text_of(kept->wrong == WRONG_NUMBER ? "YW-WRONG" : kept->number),
                            .booked_at = number_of(kept->booked_at),
                            .amount = kept->amount,
                            .proof = recon_proof_of(text_of(kept->proof[0] != '\0' ? kept->proof : NULL), proof),
                            .is_present = true};
    if (kept->wrong == WRONG_AMOUNT)
        row.amount.value += 100;
    if (is_waiting(peer, kept->case_id))
        row.is_waiting = number_of(1);
    return row;
}

static int compare_rows(const void *a, const void *b)
{
    return recon_row_compare(a, b);
}

static char proofs[BOOKING_COUNT_MAX][RECON_PROOF_SIZE_MAX];

/* All of the book in its order; valid until the next call. */
static const struct recon_row *rows_of(const struct peer *peer, uint32_t *count)
{
    static struct recon_row rows[BOOKING_COUNT_MAX];
    const struct book *book = book_of(peer);

    *count = 0;
    for (uint32_t i = 0; i < book->count; i++)
        if (book->kept[i].wrong != WRONG_MISSING) {
            rows[*count] = row_of(peer, &book->kept[i], proofs[*count]);
            (*count)++;
        }
    qsort(rows, *count, sizeof rows[0], compare_rows);
    return rows;
}

static bool digest(struct bytes bytes, uint8_t out[RECON_ROOT_SIZE], void *context)
{
    (void)context;
    digest_sm3(bytes, out);
    return true;
}

/* ---- asking ---- */

static void ask(struct peer *peer, enum message_type type, const void *body)
{
    struct book *book = book_of(peer);

    peer_tell(peer, type, text_of(NULL), NULL, body);
    memcpy(book->asked, peer->told, sizeof book->asked);
    book->asked_us = world->now_us;
}

static void rest(struct book *book)
{
    book->asking = ASKING_NOTHING;
    book->next_us = world->now_us + random_between(&world->random, 500000, world->is_trouble_over ? SOON_US : OFTEN_US);
}

static void ask_sums(struct peer *peer)
{
    static struct recon_sum sums[GROUP_COUNT_MAX];
    static struct recon_group groups[GROUP_COUNT_MAX];
    struct book *book = book_of(peer);
    uint32_t row_count, count = 0;
    const struct recon_row *rows = rows_of(peer, &row_count);

    for (uint32_t i = 0; i < row_count; i++) {
        if (i == 0 || !recon_row_is_of(&rows[i], &groups[count - 1])) {
            sums[count] = (struct recon_sum){.count = 0};
            groups[count] = recon_group_of(&rows[i], &sums[count]);
            count++;
        }
        if (recon_sum_add(&sums[count - 1], &rows[i], digest, NULL) != STATUS_OK)
            abort();
        groups[count - 1] = recon_group_of(&rows[i], &sums[count - 1]);
    }
    const struct recon_open open = {
        .day = text_of(world->books->day), .groups = {groups, count, true}, .is_present = true};
    book->begun = book->changes;
    book->found = 0;
    book->has_surprise = false;
    book->asking = ASKING_SUMS;
    ask(peer, MESSAGE_RECON_OPEN, &open);
}

static void ask_part(struct peer *peer)
{
    static struct recon_row page[PAGE_COUNT_MAX];
    struct book *book = book_of(peer);
    const struct group_name *name = &book->groups[book->group_at];
    const struct recon_group group = {
        .window = text_of(name->window), .branch = text_of(name->branch), .kind = text_of(name->kind)};
    const uint32_t size = 1 + random_below(&world->random, PAGE_COUNT_MAX);
    uint32_t row_count, count = 0;
    bool has_more = false;
    const struct recon_row *rows = rows_of(peer, &row_count);

    for (uint32_t i = 0; i < row_count; i++) {
        if (!recon_row_is_of(&rows[i], &group) || memcmp(rows[i].case_id.data, book->after, CASE_ID_SIZE) <= 0)
            continue;
        has_more = count == size;
        if (has_more)
            break;
        page[count++] = rows[i];
    }
    const struct recon_part part = {.day = text_of(world->books->day),
                                    .window = group.window,
                                    .branch = group.branch,
                                    .kind = group.kind,
                                    .after = text_of(book->after[0] != '\0' ? book->after : NULL),
                                    .rows = {page, count, true},
                                    .has_more = number_of(has_more),
                                    .is_present = true};
    book->asking = ASKING_PART;
    ask(peer, MESSAGE_RECON_PART, &part);
    if (has_more)
        keep(book->after, sizeof book->after, page[count - 1].case_id);
    else
        book->after[0] = '\0';
}

static void wakes(struct peer *peer)
{
    struct book *book = book_of(peer);

    if (!has_book(peer))
        return;
    if (book->asking != ASKING_NOTHING && (!peer->has_session || world->now_us >= book->asked_us + ANSWER_US))
        rest(book);
    if (book->asking == ASKING_NOTHING && world->now_us >= book->next_us && peer->has_session)
        ask_sums(peer);
}

static int64_t next_us(const struct peer *peer)
{
    const struct book *book = book_of(peer);

    if (!has_book(peer) || !peer->has_session)
        return INT64_MAX;
    return book->asking != ASKING_NOTHING ? book->asked_us + ANSWER_US : book->next_us;
}

static void dies(struct peer *peer)
{
    if (has_book(peer))
        rest(book_of(peer));
}

/* ---- what is found ---- */

/* The classes a wrong entry is told as. */
static const char *class_of(const struct peer *peer, enum wrong wrong)
{
    if (wrong != WRONG_MISSING)
        return "field-diff";
    return peer->role == ROLE_BRANCH ? "only-window" : "only-bank";
}

static const struct peer *peer_of(struct text name)
{
    for (uint32_t i = 0; i < world->peer_count; i++)
        if (text_is(name, world->peers[i].name))
            return &world->peers[i];
    return NULL;
}

static struct booking_kept *wrong_of(const struct difference *difference)
{
    const struct peer *peer = peer_of(difference->peer);
    struct booking_kept *kept = peer != NULL ? kept_of(book_of(peer), difference->case_id) : NULL;
    const bool is_meant = kept != NULL && kept->wrong != WRONG_NOT;

    return is_meant && text_is(difference->class, class_of(peer, kept->wrong)) ? kept : NULL;
}

void books_judge(const struct difference *difference, bool is_in_last_list)
{
    char id[CASE_ID_SIZE + 1];

    keep(id, sizeof id, difference->case_id);
    if (text_is(difference->class, "contradiction") || is_given_up(id))
        return;
    const bool is_lag = text_is(difference->class, "state-lag");
    struct booking_kept *wrong = is_lag ? NULL : wrong_of(difference);
    if (wrong == NULL && !is_lag)
        oracle_fails(&world->oracle, id, "P7: %s is told as %.*s in the book of %.*s, and that book is right", id,
                     TEXT_ARGS(difference->class), TEXT_ARGS(difference->peer));
    if (is_in_last_list && is_lag && text_is(difference->state, "open"))
        oracle_fails(&world->oracle, id, "P5: %s lags in the book of %.*s though both books agree", id,
                     TEXT_ARGS(difference->peer));
    if (is_in_last_list && wrong != NULL)
        wrong->is_listed = true;
}

static uint32_t wrong_count(const struct book *book)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < book->count; i++)
        count += book->kept[i].wrong != WRONG_NOT && !is_given_up(book->kept[i].case_id);
    return count;
}

static void count_found(struct book *book, const struct recon_result *result)
{
    for (uint32_t i = 0; i < result->differences.count; i++) {
        const struct difference *difference = &result->differences.items[i];
        char id[CASE_ID_SIZE + 1];
        keep(id, sizeof id, difference->case_id);
        books_judge(difference, false);
        book->has_surprise |= text_is(difference->class, "state-lag");
        book->found += !is_given_up(id);
    }
}

static void takes_sums(struct book *book, const struct recon_result *result)
{
    book->group_count = 0;
    book->group_at = 0;
    book->after[0] = '\0';
    for (uint32_t i = 0; i < result->groups.count && i < GROUP_COUNT_MAX; i++) {
        struct group_name *name = &book->groups[book->group_count++];
        keep(name->window, sizeof name->window, result->groups.items[i].window);
        keep(name->branch, sizeof name->branch, result->groups.items[i].branch);
        keep(name->kind, sizeof name->kind, result->groups.items[i].kind);
    }
}

/* One question is answered; the next one, or the end of it. */
static void go_on(struct peer *peer)
{
    struct book *book = book_of(peer);

    if (book->group_at < book->group_count) {
        ask_part(peer);
        return;
    }
    if (!book->has_surprise && book->found == wrong_count(book))
        book->compared = book->begun;
    rest(book);
}

static void takes(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    struct book *book = book_of(peer);
    struct recon_result result;
    struct problems problems = {.count = 0};

    if (!has_book(peer) || book->asking == ASKING_NOTHING || !text_is(envelope->type, "RECON_RESULT") ||
        envelope->answers.size != 16 || memcmp(envelope->answers.data, book->asked, 16) != 0)
        return;
    if (record_decode(&record_recon_result, parcel->frames[1], peer_arena(), &result, &problems) != STATUS_OK) {
        oracle_fails(&world->oracle, "", "a RECON_RESULT to %s cannot be read", peer->name);
        return;
    }
    if (book->asking == ASKING_SUMS) {
        takes_sums(book, &result);
    } else {
        count_found(book, &result);
        book->group_at += book->after[0] == '\0';
    }
    go_on(peer);
}

static bool keeps(struct peer *peer, struct owed *owed, const struct receipt *receipt)
{
    (void)peer;
    (void)owed;
    (void)receipt;
    return false;
}

bool books_are_done(void)
{
    for (uint32_t i = 0; i < world->peer_count; i++)
        if (has_book(&world->peers[i]) && book_of(&world->peers[i])->compared != book_of(&world->peers[i])->changes)
            return false;
    return true;
}

static void judge_compared(const struct peer *peer, const struct book *book)
{
    if (has_book(peer) && book->compared != book->changes)
        oracle_fails(&world->oracle, "",
                     "P5: the book of %s does not come to its end: %u differences, %u entries are wrong (changes %llu, "
                     "compared %llu)",
                     peer->name, book->found, wrong_count(book), (unsigned long long)book->changes,
                     (unsigned long long)book->compared);
}

uint64_t books_changes(void)
{
    uint64_t changes = 0;

    for (uint32_t i = 0; i < world->peer_count; i++)
        changes += book_of(&world->peers[i])->changes;
    return changes;
}

void books_judge_end(void)
{
    for (uint32_t i = 0; i < world->peer_count; i++)
        judge_compared(&world->peers[i], book_of(&world->peers[i]));
    if (!fixes_are_done())
        oracle_fails(&world->oracle, "", "P5: no operator sees the whole list of differences");
    for (uint32_t i = 0; i < world->peer_count; i++) {
        const struct book *book = book_of(&world->peers[i]);
        for (uint32_t k = 0; k < book->count; k++)
            if (book->kept[k].wrong != WRONG_NOT && !book->kept[k].is_listed && !is_given_up(book->kept[k].case_id))
                oracle_fails(&world->oracle, book->kept[k].case_id,
                             "P5: the book of %s is wrong about %s, and no operator is told", world->peers[i].name,
                             book->kept[k].case_id);
    }
}

const struct business books_business = {wakes, next_us, dies, takes, keeps};
