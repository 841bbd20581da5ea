#ifndef ONEVISIT_AGENTS_WINDOW_CLERK_ACT_H
#define ONEVISIT_AGENTS_WINDOW_CLERK_ACT_H

#include "agents/window/answer.h"
#include "agents/window/docket.h"
#include "agents/window/settings.h"

/* What the commands that answer have in common: words from the command line,
 * the case they are about, and the way of an answer to the outbox. */

enum clerk_word {
    WORD_WINDOW,
    WORD_NUMBER,
    WORD_CLERK,
    WORD_DUE,
    WORD_FEE,
    WORD_SLIP,
    WORD_TEXT,
    WORD_FAMILY,
    WORD_AVOIDABLE,
    WORD_OFFICE,
    WORD_GROUND,
    WORD_DOCUMENT,
    WORD_REGISTRAR,
    WORD_PROOF,
    WORD_RANK,
    WORD_NOTE,
    WORD_FILE,
    WORD_REASON,
    WORD_AUTHORITY,
    WORD_STEP,
    WORD_OPINION,
    WORD_TOO_LATE,
    WORD_FILED,
    WORD_NOT_FILED,
    WORD_ASK_AGAIN,
    WORD_BILL,
    WORD_AMOUNT,
    WORD_PAYEE,
    WORD_STATE,
    WORD_ITEM, /* may be repeated */
    WORD_COUNT
};

enum { KEY_WORD = 0x300, CLERK_ITEM_COUNT_MAX = 64 };

struct clerk_act {
    struct settings settings;
    const char *case_id;
    const char *words[WORD_COUNT];
    const char *items[CLERK_ITEM_COUNT_MAX];
    uint32_t item_count;

    struct folder folder;
    struct digest *digest;
    struct answer_maker maker;
    struct arena arena; /* what a body points at */
    struct docket_row row;
    int64_t now_us;
    struct bytes file; /* of a certificate */
    char why[512];
};

/* One command that answers with a message. `fill` makes the body of the type's
 * record; on a fault it leaves a sentence in act->why. */
struct clerk_command {
    enum message_type type;
    const struct argp_option *options;
    const char *text;
    enum status (*fill)(struct clerk_act *act, void *body);
};

#define CLERK_WORD(word, name, argument, text)                                                                         \
    {                                                                                                                  \
        name, KEY_WORD + WORD_##word, argument, 0, text, 1                                                             \
    }
#define CLERK_WINDOW CLERK_WORD(WINDOW, "window", "W", "which window's case, where the folder has several")

/* The command clerk_<name>: it answers with the message, fills the body with
 * fill_<name>, and has the words named, besides --window. */
#define CLERK_COMMAND(name, message, sentences, ...)                                                                   \
    int clerk_##name(int argc, char **argv)                                                                            \
    {                                                                                                                  \
        static const struct argp_option options[] = {__VA_ARGS__, CLERK_WINDOW, {0}};                                  \
        static const struct clerk_command command = {MESSAGE_##message, options, sentences "\v" EXIT_CODES_TEXT,       \
                                                     fill_##name};                                                     \
        return clerk_answer(&command, argc, argv);                                                                     \
    }

/* Parses, judges whether the step is possible, fills, validates, stores, says what was done. */
int clerk_answer(const struct clerk_command *command, int argc, char **argv);

/* Parts of it, for commands that answer nothing. */
void clerk_parse(struct clerk_act *act, const struct argp_option *options, const char *text, int argc, char **argv);
/* Opens the folder and finds the case; complains when there is none. */
enum exit_code clerk_open(struct clerk_act *act);
void clerk_close(struct clerk_act *act);
/* Who did what and why stands in the folder. */
void clerk_note(struct clerk_act *act, const char *what, const char *reason);
/* The application after its supplements, decoded into act->arena. */
MUST_CHECK enum status clerk_application(struct clerk_act *act, struct case_submit *out);
/* A word that must be there; else act->why. */
MUST_CHECK bool clerk_want(struct clerk_act *act, enum clerk_word word, const char *option);
struct text clerk_text(const struct clerk_act *act, enum clerk_word word);
/* An amount in fen, if it was given; STATUS_USAGE with act->why when it is none. */
MUST_CHECK enum status clerk_fen(struct clerk_act *act, enum clerk_word word, const char *option, struct number *out);
/* The next part of an item "this|that|..."; data NULL behind the last one. */
struct text clerk_part(const char **at);

#endif
