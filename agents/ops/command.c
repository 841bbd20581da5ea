/* From a table of options to argp, and from argp to the places the table names. */
#include "agents/ops/command.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "schemas/rule.h"

enum { OPTION_COUNT_MAX = 16, OPTION_SAID_SIZE_MAX = 32, KEY_WITHOUT_LETTER = 0x200 };

static int key_of(const struct command_option *option, size_t index)
{
    return option->letter ? option->letter : KEY_WITHOUT_LETTER + (int)index;
}

static bool is_last(const struct command_option *option)
{
    return !option->name && !option->letter;
}

static int64_t read_number(const struct command_option *option, const char *argument, const struct argp_state *state)
{
    char said[OPTION_SAID_SIZE_MAX];
    if (option->name)
        snprintf(said, sizeof said, "--%s", option->name);
    else
        snprintf(said, sizeof said, "-%c", option->letter);
    return settings_number(argument, option->minimum, option->maximum, said, state);
}

static void take_option(const struct command_option *option, const char *argument, const struct argp_state *state)
{
    if (option->flag)
        *option->flag = true;
    else if (option->text)
        *option->text = text_of(argument);
    else
        *option->number = number_of(read_number(option, argument, state));
}

static error_t take_key(const struct command_form *form, int key, const char *argument, const struct argp_state *state)
{
    for (size_t i = 0; form->options && !is_last(&form->options[i]); i++)
        if (key == key_of(&form->options[i], i)) {
            take_option(&form->options[i], argument, state);
            return 0;
        }
    return ARGP_ERR_UNKNOWN;
}

static error_t parse_key(int key, char *argument, struct argp_state *state)
{
    const struct command_form *form = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        settings_hand_on(form->settings, form->children, state);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num >= form->word_count_max)
            return ARGP_ERR_UNKNOWN;
        form->words[state->arg_num] = text_of(argument);
        return 0;
    case ARGP_KEY_END:
        if (form->judge)
            form->judge(form->command, state);
        return 0;
    default: /* argp's keys are no enum of ours */
        return take_key(form, key, argument, state);
    }
}

void command_parse(const struct command_form *form, int argc, char **argv)
{
    struct argp_option options[OPTION_COUNT_MAX + 1] = {0};
    for (size_t i = 0; form->options && !is_last(&form->options[i]); i++) {
        const struct command_option *option = &form->options[i];
        assert(i < OPTION_COUNT_MAX && !option->flag + !option->text + !option->number == 2);
        options[i] = (struct argp_option){option->name, key_of(option, i), option->argument, 0, option->sentence, 0};
    }
    const struct argp parser = {.options = form->options ? options : NULL, /* an empty list leaks in argp */
                                .parser = parse_key,
                                .args_doc = form->words_named,
                                .doc = form->sentences,
                                .children = form->children};
    struct command_form input = *form; /* argp's input is not const */
    settings_init(form->settings);
    argp_parse(&parser, argc, argv, 0, NULL, &input);
}

void command_judge_case(struct text case_id, const struct argp_state *state)
{
    if (!case_id.data || !rule_holds(RULE_CASE_ID, case_id))
        argp_error(state, "which case? '%.*s' is not %s; the last character checks the others", TEXT_ARGS(case_id),
                   rule_english(RULE_CASE_ID));
}

void command_judge_text(struct text text, uint32_t size_max, const char *said, const struct argp_state *state)
{
    if (text.size == 0 || text.size > size_max)
        argp_error(state, "%s is needed, 1 to %" PRIu32 " bytes", said, size_max);
}
