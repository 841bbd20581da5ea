#ifndef ONEVISIT_AGENTS_OPS_COMMAND_H
#define ONEVISIT_AGENTS_OPS_COMMAND_H

#include "agents/ops/settings.h"
#include "schemas/text.h"

/* The command line of one command: a table of its options, each with the place
 * its argument goes to, and what argp prints of it. Texts are borrowed from the
 * command line. */

/* One option; exactly one of flag, text and number says what it takes. Made by
 * the three functions below it. */
struct command_option {
    const char *name; /* NULL: only a letter */
    int letter;       /* 0: only a name */
    const char *argument;
    const char *sentence;
    bool *flag;
    struct text *text;
    struct number *number;
    int64_t minimum, maximum; /* of the number */
};

static inline struct command_option option_flag(const char *name, int letter, bool *flag, const char *sentence)
{
    return (struct command_option){.name = name, .letter = letter, .sentence = sentence, .flag = flag};
}

static inline struct command_option option_text(const char *name, int letter, const char *argument, struct text *text,
                                                const char *sentence)
{
    return (struct command_option){
        .name = name, .letter = letter, .argument = argument, .sentence = sentence, .text = text};
}

static inline struct command_option option_number(const char *name, int letter, const char *argument,
                                                  struct number *number, int64_t minimum, int64_t maximum,
                                                  const char *sentence)
{
    return (struct command_option){.name = name,
                                   .letter = letter,
                                   .argument = argument,
                                   .sentence = sentence,
                                   .number = number,
                                   .minimum = minimum,
                                   .maximum = maximum};
}

struct command_form {
    struct settings *settings;
    const struct argp_child *children;    /* which of the shared options it has; ends with {0} */
    const struct command_option *options; /* ends with {0}; NULL: none of its own */
    const char *words_named;              /* "CASE", for the usage line */
    struct text *words;                   /* where the words that are no options go */
    unsigned word_count_max;
    const char *sentences; /* what --help says, then \v and the exit codes */
    /* Called when all is read; ends the process with argp_error when something is wrong or missing. */
    void (*judge)(const void *command, const struct argp_state *state);
    const void *command; /* for judge */
};

/* The exit codes of a command that asks the broker one question. */
#define COMMAND_ASK_EXIT_CODES                                                                                         \
    "\vExit codes: 0 done; 1 refused; 2 wrong usage; 3 the broker cannot be reached; 4 I/O error."

/* Fills settings from the environment, then everything from the command line.
 * Does not return from wrong usage or --help. */
void command_parse(const struct command_form *form, int argc, char **argv);

/* Parts of a judge: a case id; a text of 1 to size_max bytes, `said` "--reason TEXT". */
void command_judge_case(struct text case_id, const struct argp_state *state);
void command_judge_text(struct text text, uint32_t size_max, const char *said, const struct argp_state *state);

#endif
