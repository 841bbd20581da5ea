#include "agents/ops/settings.h"

#include <inttypes.h>
#include <stdlib.h>

#include "agents/client/number.h"

enum { OPTION_TIMEOUT = 0x100, OPTION_TEST, OPTION_JSON, OPTION_DIRECTORY, TIMEOUT_SECONDS_MAX = 3600 };

static const char *from_environment(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

void settings_init(struct settings *settings)
{
    *settings = (struct settings){
        .endpoint = from_environment("ONEVISIT_ENDPOINT", "tcp://127.0.0.1:7136"),
        .keys = from_environment("ONEVISIT_KEYS", NULL),
        .as = from_environment("ONEVISIT_AS", NULL),
        .directory = from_environment("ONEVISIT_DIRECTORY", NULL),
        .timeout_ms = 5000,
    };
}

int64_t settings_number(const char *text, int64_t minimum, int64_t maximum, const char *option,
                        const struct argp_state *state)
{
    int64_t value = 0;
    if (!number_parse(text, minimum, maximum, &value))
        argp_error(state, "%s wants a number from %" PRId64 " to %" PRId64 ", not '%s'", option, minimum, maximum,
                   text);
    return value;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    struct settings *settings = state->input;
    switch (key) {
    case 'e':
        settings->endpoint = argument;
        return 0;
    case 'k':
        settings->keys = argument;
        return 0;
    case 'a':
        settings->as = argument;
        return 0;
    case OPTION_DIRECTORY:
        settings->directory = argument;
        return 0;
    case OPTION_TIMEOUT:
        settings->timeout_ms = 1000 * settings_number(argument, 1, TIMEOUT_SECONDS_MAX, "--timeout", state);
        return 0;
    case OPTION_TEST:
        settings->is_test = true;
        return 0;
    case OPTION_JSON:
        settings->is_json = true;
        return 0;
    default: /* argp's keys are no enum of ours */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option broker_options[] = {
    {"endpoint", 'e', "ENDPOINT", 0, "the broker's address; ONEVISIT_ENDPOINT, else tcp://127.0.0.1:7136", 10},
    {"keys", 'k', "DIR", 0, "folder with your key file and K.pub; else ONEVISIT_KEYS", 10},
    {"as", 'a', "O:NAME", 0, "the operator you are; else ONEVISIT_AS", 10},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0, "wait so long for the session and for the answer; 5", 10},
    {"test", OPTION_TEST, NULL, 0, "speak to a test broker", 10},
    {0},
};

static const struct argp_option keys_options[] = {
    {"keys", 'k', "DIR", 0, "folder of the key files; else ONEVISIT_KEYS", 10},
    {0},
};

static const struct argp_option directory_options[] = {
    {"directory", OPTION_DIRECTORY, "FILE", 0, "the directory of participants; else ONEVISIT_DIRECTORY", 11},
    {0},
};

static const struct argp_option json_options[] = {
    {"json", OPTION_JSON, NULL, 0, "print JSON", 12},
    {0},
};

const struct argp settings_broker_argp = {.options = broker_options, .parser = parse_option};
const struct argp settings_keys_argp = {.options = keys_options, .parser = parse_option};
const struct argp settings_directory_argp = {.options = directory_options, .parser = parse_option};
const struct argp settings_json_argp = {.options = json_options, .parser = parse_option};

const struct argp_child settings_ask_children[] = {
    {&settings_broker_argp, 0, NULL, 0},
    {&settings_json_argp, 0, NULL, 0},
    {0},
};

void settings_hand_on(struct settings *settings, const struct argp_child *children, struct argp_state *state)
{
    for (size_t i = 0; children[i].argp; i++)
        state->child_inputs[i] = settings;
}
