#include "agents/branch/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/branch/branch_book.h"
#include "agents/branch/folder_lock.h"
#include "schemas/rule.h"

enum { KEY_ENDPOINT = 0x100, KEY_KEYS, KEY_AS, KEY_DATA, KEY_TEST };

static const struct argp_option settings_options[] = {
    {"endpoint", KEY_ENDPOINT, "E", 0, "the broker, as tcp://127.0.0.1:7136 (ONEVISIT_ENDPOINT)", 10},
    {"keys", KEY_KEYS, "DIR", 0, "folder with our key and K.pub (ONEVISIT_KEYS)", 10},
    {"as", KEY_AS, "PARTICIPANT", 0, "who we are, as B:105451099995 (ONEVISIT_AS)", 10},
    {"data", KEY_DATA, "DIR", 0, "folder of the outbox, the events and the certificates (ONEVISIT_DATA)", 10},
    {"test", KEY_TEST, NULL, 0, "speak to a test broker; test and production never share a folder", 10},
    {0},
};

static error_t settings_parse(int key, char *argument, struct argp_state *state)
{
    struct settings *settings = state->input;
    switch (key) {
    case KEY_ENDPOINT:
        settings->endpoint = argument;
        return 0;
    case KEY_KEYS:
        settings->keys = argument;
        return 0;
    case KEY_AS:
        settings->as = argument;
        return 0;
    case KEY_DATA:
        settings->data = argument;
        return 0;
    case KEY_TEST:
        settings->is_test = true;
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp settings_argp = {.options = settings_options, .parser = settings_parse};

void settings_init(struct settings *settings)
{
    const char *endpoint = getenv("ONEVISIT_ENDPOINT");
    *settings = (struct settings){
        .endpoint = endpoint ? endpoint : "tcp://127.0.0.1:7136",
        .keys = getenv("ONEVISIT_KEYS"),
        .as = getenv("ONEVISIT_AS"),
        .data = getenv("ONEVISIT_DATA"),
    };
}

enum exit_code exit_code_of(enum status status)
{
    return status == STATUS_FINDINGS ? EXIT_NO : exit_code_usual(status);
}

enum exit_code complain(enum status status, const char *sentence)
{
    complain_as("onevisit-branch", status, sentence);
    return exit_code_of(status);
}

enum exit_code settings_open_book(const struct settings *settings, bool may_make, struct book **out)
{
    char why[640];
    if (!settings->data)
        return complain(STATUS_USAGE, "say which folder with --data DIR or ONEVISIT_DATA");
    enum status status = branch_book_open(settings->data, may_make, out, why, sizeof why);
    return status == STATUS_OK ? EXIT_DONE : complain(status, why);
}

enum exit_code settings_open_outbox(const struct settings *settings, bool may_make, struct book **out)
{
    char why[640] = "the folder's seal cannot be read";
    enum exit_code code = settings_open_book(settings, may_make, out);
    if (code != EXIT_DONE)
        return code;
    enum status status = branch_book_judge(*out, settings->as, settings->is_test, why, sizeof why);
    if (status != STATUS_OK) {
        book_close(out);
        return complain(status, why);
    }
    if (!folder_lock_is_held(settings->data))
        fprintf(stderr,
                "onevisit-branch: 注意：%s 没有运行 `onevisit-branch run`，报文留在网点，尚未发出\n"
                "    nothing runs `onevisit-branch run` on this folder: what is in the outbox waits there\n",
                settings->data);
    return EXIT_DONE;
}

enum exit_code complain_of_file(enum status status, const char *path)
{
    char sentence[640];
    bool is_missing = status == STATUS_NOT_FOUND;
    snprintf(sentence, sizeof sentence, "%.500s: %s", path,
             is_missing ? "there is no such file" : "the file cannot be read");
    enum exit_code code = complain(status, sentence);
    return is_missing ? EXIT_USAGE_WRONG : code;
}

bool case_id_judge(const char *text, char *why, size_t why_size)
{
    if (rule_holds(RULE_CASE_ID, text_of(text)))
        return true;
    snprintf(why, why_size, "'%.60s' is not %s; the last character checks the others: was it mistyped?", text,
             rule_english(RULE_CASE_ID));
    return false;
}
