#include <stdio.h>
#include <stdlib.h>

#include "agents/branch/commands.h"
#include "agents/branch/hand_over.h"

enum { SUPPLEMENT_SIZE_MAX = MESSAGE_SIZE_MAX - 1024 };

struct supplement {
    struct settings *settings;
    struct wait_options wait;
    const char *case_id;
    const char *path;
};

static error_t supplement_parse(int key, char *argument, struct argp_state *state)
{
    struct supplement *supplement = state->input;
    char why[240];
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &supplement->wait;
        state->child_inputs[1] = supplement->settings;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0 && !case_id_judge(argument, why, sizeof why))
            argp_error(state, "%s", why);
        if (state->arg_num > 1)
            argp_error(state, "CASE and FILE only");
        *(state->arg_num == 0 ? &supplement->case_id : &supplement->path) = argument;
        return 0;
    case ARGP_KEY_END:
        if (!supplement->path)
            argp_error(state, "say CASE and FILE");
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child supplement_children[] = {
    {&wait_argp, 0, NULL, 0}, {&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp supplement_argp = {
    .parser = supplement_parse,
    .args_doc = "CASE FILE.json|-",
    .doc = "Puts the answer to a supplement round (补正) into the outbox: {\"round\":1, \"changes\":[...], "
           "\"materials\":[...], \"signed_anew\":[...], \"remark\":\"...\"}.\v" EXIT_CODES_TEXT,
    .children = supplement_children,
};

static void supplement_show_problems(const struct problems *problems)
{
    char sentence[320];
    for (uint32_t i = 0; i < problems->count; i++) {
        printf("%s: %s\n", problems->items[i].path, problem_chinese(&problems->items[i], sentence, sizeof sentence));
        printf("    %s\n", problem_english(&problems->items[i], sentence, sizeof sentence));
    }
}

/* No file goes with a supplement from here, so none may be promised: the broker would wait for it for ever. */
static bool supplement_promises_files(const struct supplement_submit *submit)
{
    bool does_promise = false;
    for (uint32_t i = 0; i < submit->materials.count; i++) {
        if (!submit->materials.items[i].is_carried.value)
            continue;
        printf("materials/%u/carried: 补正的材料只申报，文件请按窗口要求送交；请删去 carried\n"
               "    materials of a supplement are declared only; leave carried out\n",
               i);
        does_promise = true;
    }
    return does_promise;
}

static enum status supplement_judge(const json_t *json)
{
    struct problems problems = {0};
    struct supplement_submit submit;
    uint8_t *memory = malloc(MESSAGE_ARENA_SIZE);
    if (!memory)
        return STATUS_NO_MEMORY;
    struct arena arena = arena_over(memory, MESSAGE_ARENA_SIZE);
    enum status status = record_from_json(&record_supplement_submit, json, &arena, &submit, &problems);
    supplement_show_problems(&problems);
    if (status == STATUS_OK && supplement_promises_files(&submit))
        status = STATUS_BAD_BODY;
    free(memory);
    return status;
}

/* Reads, judges and encodes; what is wrong is printed or said in `why`. */
static enum status supplement_read(const char *path, uint8_t *body, size_t *used, char *why, size_t why_size)
{
    json_error_t error;
    bool is_stdin = path[0] == '-' && path[1] == '\0';
    json_t *json = is_stdin ? json_loadf(stdin, JSON_REJECT_DUPLICATES, &error)
                            : json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    *used = 0;
    if (!json && json_error_code(&error) == json_error_cannot_open_file)
        return STATUS_NOT_FOUND;
    if (!json) {
        snprintf(why, why_size, "%s: line %d, character %d: %s", path, error.line, error.column, error.text);
        return STATUS_BAD_BODY;
    }
    snprintf(why, why_size, "%s: not a supplement", path);
    enum status status = json_is_object(json) ? supplement_judge(json) : STATUS_BAD_BODY;
    if (status == STATUS_OK)
        status = json_to_msgpack(json, body, SUPPLEMENT_SIZE_MAX, used);
    json_decref(json);
    return status == STATUS_LIMIT ? STATUS_BAD_BODY : status;
}

static enum exit_code supplement_run(const struct supplement *supplement, uint8_t *body)
{
    char why[512];
    size_t used = 0;
    struct book *book = NULL;
    enum status status = supplement_read(supplement->path, body, &used, why, sizeof why);
    if (status == STATUS_NOT_FOUND)
        return complain_of_file(status, supplement->path);
    if (status != STATUS_OK)
        return complain(status, why);
    enum exit_code code = settings_open_outbox(supplement->settings, false, &book);
    if (code != EXIT_DONE)
        return code;
    code = hand_over(book, MESSAGE_SUPPLEMENT_SUBMIT, text_of(supplement->case_id), bytes_of(body, used),
                     &supplement->wait);
    book_close(&book);
    return code;
}

enum exit_code command_supplement(int argc, char **argv, struct settings *settings)
{
    struct supplement supplement = {.settings = settings};
    wait_options_init(&supplement.wait);
    if (argp_parse(&supplement_argp, argc, argv, 0, NULL, &supplement) != 0)
        return EXIT_USAGE_WRONG;
    uint8_t *body = malloc(SUPPLEMENT_SIZE_MAX);
    if (!body)
        return complain(STATUS_NO_MEMORY, status_english(STATUS_NO_MEMORY));
    enum exit_code code = supplement_run(&supplement, body);
    free(body);
    return code;
}
