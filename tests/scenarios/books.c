#include <string.h>

#include "tests/scenarios/story.h"

/* Sentences of the comparison of both sides' books. The house's window books at the very beginning of time. */

#define BOOKED_ON "1970-01-01"
#define SECOND_O  "O:li"

/* ---- what is done ---- */

/* "the book of A": as the broker has the day now, to be spoilt by the next sentences. */
static bool keeps_book(struct story *story)
{
    book_copy(story->house, BOOKED_ON, meant(story->words[0]), &story->book);
    return true;
}

static struct recon_row *row_at(struct story *story, unsigned index)
{
    struct recon_row *row = book_row(&story->book, id_at(story, index));
    if (row == NULL)
        deny(story, "the book does not have", story->words[index]);
    return row;
}

static bool loses(struct story *story)
{
    if (row_at(story, 0) == NULL)
        return false;
    book_drop(&story->book, id_at(story, 0));
    return true;
}

static bool has_other_amount(struct story *story)
{
    struct recon_row *row = row_at(story, 0);
    if (row != NULL)
        row->amount = number_of(row->amount.value + 1);
    return row != NULL;
}

static bool has_other_number(struct story *story)
{
    struct recon_row *row = row_at(story, 0);
    if (row != NULL)
        row->number = text_of("Y-OTHER");
    return row != NULL;
}

static bool knows_no_proof(struct story *story)
{
    struct recon_row *row = row_at(story, 0);
    if (row == NULL)
        return false;
    row->state = text_of("BOOKED");
    row->proof = (struct text){0};
    return true;
}

/* A booking of a case that the broker never stored; it is named from there on. */
static bool has_ghost(struct story *story)
{
    static const char id[] = "SD370102-20260930-105-00001A-G";
    struct recon_row *row = row_at(story, 0);
    if (row == NULL || story->case_count == STORY_CASE_COUNT_MAX || story->book.count == BOOK_ROW_COUNT_MAX)
        return false;
    struct story_case *ghost = &story->cases[story->case_count++];
    *ghost = (struct story_case){.message_id = 0};
    snprintf(ghost->name, sizeof ghost->name, "%s", story->words[1]);
    snprintf(ghost->id, sizeof ghost->id, "%s", id);
    struct recon_row copy = *row;
    copy.case_id = text_of(ghost->id);
    copy.number = text_of("Y-GHOST");
    story->book.rows[story->book.count++] = copy;
    return true;
}

static bool compares(struct story *story)
{
    story->difference_count = book_compare(story->house, &story->book);
    return true;
}

static bool decides(struct story *story, const char *operator, const char * day, const char *peer, const char *id)
{
    operator_comes(story->house, operator);
    decide(story->house, operator, day, peer, id, "record-right");
    return true;
}

static bool one_settles(struct story *story)
{
    return decides(story, OPERATOR, "2026-09-30", "K", id_at(story, 0));
}

static bool another_settles(struct story *story)
{
    return decides(story, SECOND_O, "2026-09-30", "K", id_at(story, 0));
}

static bool two_decide(struct story *story)
{
    const char *id = id_at(story, 0);
    return decides(story, OPERATOR, BOOKED_ON, story->book.peer, id) &&
           decides(story, SECOND_O, BOOKED_ON, story->book.peer, id);
}

static const struct sentence acts[] = {
    {"the book of * is as the broker has the day", keeps_book},
    {"it loses *", loses},
    {"it has * with one fen more", has_other_amount},
    {"it has * under another number", has_other_number},
    {"it knows no proof of *", knows_no_proof},
    {"it has a booking like * that nobody filed as *", has_ghost},
    {"the books are compared", compares},
    {"an operator says that the record of * is right", one_settles},
    {"another operator says that the record of * is right", another_settles},
    {"two operators say that the record of * is right in this book", two_decide},
};

const struct sentences story_book_acts = {acts, sizeof acts / sizeof acts[0]};

/* ---- what is claimed ---- */

static bool number_differ(struct story *story)
{
    char seen[16];
    snprintf(seen, sizeof seen, "%u", story->difference_count);
    return strcmp(seen, story->words[0]) == 0 || deny(story, "the differences are", seen);
}

static struct difference the_difference(struct story *story)
{
    return difference_of(story->house, BOOKED_ON, story->book.peer, id_at(story, 0));
}

static bool is_listed(struct story *story)
{
    const struct difference row = the_difference(story);
    char seen[128];
    snprintf(seen, sizeof seen, "%.*s, owner %.*s, %.*s", TEXT_ARGS(row.class), TEXT_ARGS(row.owner),
             TEXT_ARGS(row.state));
    return (text_is(row.class, story->words[1]) && text_is(row.owner, meant(story->words[2])) &&
            text_is(row.state, "open")) ||
           deny(story, "it is listed as", seen);
}

static bool is_made_up(struct story *story)
{
    const struct difference row = the_difference(story);
    return (text_is(row.state, "closed") && text_is(row.action, "gone")) || deny(story, "its lag is not", "made up");
}

static bool is_decided(struct story *story)
{
    const struct difference row = the_difference(story);
    return (text_is(row.state, "closed") && row.second.data != NULL && !text_equal(row.first, row.second)) ||
           deny(story, "nobody", "decided");
}

static const struct sentence claims[] = {
    {"they differ in * places", number_differ},
    {"* is listed as * with the owner *", is_listed},
    {"the lag of * is made up", is_made_up},
    {"two people decided about *", is_decided},
};

const struct sentences story_book_claims = {claims, sizeof claims / sizeof claims[0]};
