/* `onevisit replay step`: one case, event by event, as the core decides it when
 * the journal is stepped again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/gauge.h"
#include "agents/ops/row_show.h"
#include "agents/ops/scratch.h"
#include "agents/ops/show.h"
#include "broker/keep/rebuild.h"
#include "schemas/envelope.h"

enum { PORTION = 4096, BATCH = 4096, ENVELOPE_ARENA_SIZE = 4096 };

struct replay_step {
    struct settings settings;
    struct text data;
    struct text case_id;
    char scratch[SCRATCH_SIZE];
    struct rebuild *rebuild;
    struct row_key key;
    uint8_t *row; /* of the case as it was before the record that is stepped */
    uint32_t row_size;
    json_t *steps;
    char why[KEEPER_WHY_SIZE];
};

static const struct argp_child children[] = {{&settings_json_argp, 0, NULL, 0}, {0}};

static const char sentences[] =
    "Shows one case event by event: its state before, what came and from whom, which row of the lifecycle table "
    "decided, "
    "its state after, and which fields of its row changed. The journal of a data folder (of a broker that stands "
    "still, "
    "or a copy) is stepped again up to the case's last record, with this program's core; the folder is only read. "
    "Numbers "
    "and states are shown, other texts are masked."
    "\vExit codes: 0 shown; 1 no such case, or broken off; 2 wrong usage; 4 damage or I/O error.";

static void judge(const void *context, const struct argp_state *state)
{
    const struct replay_step *command = context;
    command_judge_case(command->case_id, state);
    if (!command->data.data)
        argp_error(state, "which folder? --data FOLDER");
}

static void parse(struct replay_step *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("data", 'd', "FOLDER", &command->data, "the broker's data folder, or a copy of it"),
        {0},
    };
    const struct command_form form = {.settings = &command->settings,
                                      .children = children,
                                      .options = options,
                                      .words_named = "CASE",
                                      .words = &command->case_id,
                                      .word_count_max = 1,
                                      .sentences = sentences,
                                      .judge = judge,
                                      .command = command};
    command_parse(&form, argc, argv);
}

/* ---- one record ---- */

static json_t *decision_json(const struct step_decision *decision)
{
    const bool moves = decision->cell->to != STATE_SAME;

    return json_pack("{s:s, s:s, s:s, s:s*, s:s}", "state", lifecycle_state(decision->state)->name, "event",
                     lifecycle_event(decision->event)->name, "outcome", lifecycle_outcome_name(decision->cell->outcome),
                     "to", moves ? lifecycle_state(decision->cell->to)->name : NULL, "why", decision->cell->sentence);
}

static json_t *decisions_json(const struct step *step)
{
    json_t *decisions = json_array();

    for (uint32_t i = 0; i < step->decision_count; i++)
        json_array_append_new(decisions, decision_json(&step->decisions[i]));
    return decisions;
}

static void set_text(json_t *json, const char *name, struct text text)
{
    if (text.data != NULL)
        json_object_set_new(json, name, json_stringn(text.data, text.size));
}

/* "state" of the row as it was kept. */
static json_t *state_of(struct bytes row)
{
    json_t *json = NULL;
    json_t *state = NULL;

    if (row.size > 1 && msgpack_to_json(bytes_of(row.data + 1, row.size - 1), &json) == STATUS_OK)
        state = json_incref(json_object_get(json, "state"));
    json_decref(json);
    return state;
}

static json_t *step_json(const struct replay_step *command, const struct journal_entry *entry, const struct step *step,
                         struct bytes after)
{
    uint8_t memory[ENVELOPE_ARENA_SIZE];
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {.count = 0};
    struct envelope envelope;
    enum message_type type = MESSAGE_COUNT;
    char time[SHOW_TIME_SIZE];
    const struct bytes before = bytes_of(command->row, command->row_size);
    json_t *json = json_object();

    json_object_set_new(json, "sequence", json_integer((json_int_t)entry->sequence));
    json_object_set_new(json, "time", json_string(show_time(number_of(entry->time_us), time)));
    set_text(json, "from", entry->sender);
    if (envelope_judge(entry->envelope, &arena, &envelope, &type, &problems) == STATUS_OK) {
        set_text(json, "type", envelope.type);
        json_object_set_new(json, "what", json_string(message_kind(type)->sentence));
    }
    json_object_set_new(json, "before", state_of(before));
    json_object_set_new(json, "decided", decisions_json(step));
    json_object_set_new(json, "after", state_of(after));
    json_object_set_new(json, "changed", row_fields_json(before, after, "before", "after"));
    return json;
}

static void keep_row(struct replay_step *command, struct bytes row)
{
    free(command->row);
    command->row = malloc(row.size + 1);
    command->row_size = command->row != NULL ? row.size : 0;
    if (command->row != NULL)
        memcpy(command->row, row.data, row.size);
}

/* Other records change a case too: an alert on its unit, a rule that comes into force. */
static void look(const struct journal_entry *entry, const struct step *step, void *context)
{
    struct replay_step *command = context;
    struct bytes after = {NULL, 0};
    const bool is_known = core_row(keeper_core(rebuild_keeper(command->rebuild)), &command->key, &after);
    const bool is_its_own = text_is(command->case_id, step->case_id);
    const bool has_changed =
        is_known && after.data != NULL && !bytes_equal(after, bytes_of(command->row, command->row_size));

    if (!is_its_own && !has_changed)
        return;
    if (!is_known || after.data == NULL)
        after = bytes_of(command->row, command->row_size);
    json_array_append_new(command->steps, step_json(command, entry, step, after));
    if (has_changed)
        keep_row(command, after);
}

/* ---- the whole ---- */

/* The case's newest record, as its stored row says; the journal's end where the row is not written yet. */
static enum status last_of_case(struct replay_step *command, uint64_t *last)
{
    struct store_value value;
    json_t *json = NULL;
    struct store *rows = journal_store(keeper_journal(rebuild_keeper(command->rebuild)));
    const enum status status = store_row(rows, bytes_of(command->key.bytes, command->key.size), &value, command->why);

    *last = rebuild_last(command->rebuild);
    if (status != STATUS_OK)
        return status;
    if (value.bytes.size > 1 &&
        msgpack_to_json(bytes_of(value.bytes.data + 1, value.bytes.size - 1), &json) == STATUS_OK) {
        const json_int_t said = json_integer_value(json_object_get(json, "last"));
        if (said > 0 && (uint64_t)said < *last && rebuild_goal(command->rebuild) == *last)
            *last = (uint64_t)said;
    }
    json_decref(json);
    store_value_fini(&value);
    return STATUS_OK;
}

static enum status step_all(struct replay_step *command)
{
    struct gauge gauge;
    uint64_t last = 0;
    enum status status = last_of_case(command, &last);

    rebuild_watch(command->rebuild, look, command);
    gauge_start(&gauge, "records", 0, last);
    while (status == STATUS_OK && rebuild_sequence(command->rebuild) < last && !gauge_is_stopped()) {
        status = rebuild_step(command->rebuild, last, PORTION, command->why);
        gauge_set(&gauge, rebuild_sequence(command->rebuild));
    }
    gauge_end(&gauge);
    return status == STATUS_OK && gauge_is_stopped() ? STATUS_TIMEOUT : status;
}

static const char *word(const json_t *json, const char *name)
{
    const char *said = json_string_value(json_object_get(json, name));
    return said != NULL ? said : "-";
}

static void print_step(const json_t *step)
{
    size_t index;
    json_t *decision;
    const char *name;
    json_t *field;

    printf("%10lld  %s  %s from %s\n", (long long)json_integer_value(json_object_get(step, "sequence")),
           word(step, "time"), word(step, "type"), word(step, "from"));
    printf("            %s -> %s\n", word(step, "before"), word(step, "after"));
    json_array_foreach(json_object_get(step, "decided"), index, decision)
    {
        const char *to = json_string_value(json_object_get(decision, "to"));
        printf("            table: (%s, %s) %s%s%s: %s\n", word(decision, "state"), word(decision, "event"),
               word(decision, "outcome"), to != NULL ? " " : "", to != NULL ? to : "", word(decision, "why"));
    }
    json_object_foreach(json_object_get(step, "changed"), name, field)
    {
        printf("              %s: ", name);
        row_value_print(json_object_get(field, "before"));
        printf(" -> ");
        row_value_print(json_object_get(field, "after"));
        putchar('\n');
    }
}

static void print_steps(const struct replay_step *command)
{
    size_t index;
    const json_t *step;

    if (command->settings.is_json) {
        print_json(json_incref(command->steps));
        return;
    }
    json_array_foreach(command->steps, index, step) print_step(step);
}

static enum exit_code run(struct replay_step *command)
{
    const struct rebuild_settings settings = {
        .folder = command->data.data, .rows_folder = command->scratch, .checkpoint_records_max = BATCH};
    enum status status = rebuild_open(&settings, &command->rebuild, command->why);

    if (status == STATUS_OK)
        status = step_all(command);
    rebuild_close(&command->rebuild);
    if (status == STATUS_TIMEOUT) {
        complain("broken off");
        return EXIT_CODE_NO;
    }
    if (status != STATUS_OK) {
        complain("%s", command->why[0] != '\0' ? command->why : status_english(status));
        return exit_code_of(status);
    }
    if (json_array_size(command->steps) == 0) {
        complain("%.*s: no such case in %s", TEXT_ARGS(command->case_id), command->data.data);
        return EXIT_CODE_NO;
    }
    print_steps(command);
    return EXIT_CODE_DONE;
}

enum exit_code replay_step_run(int argc, char **argv)
{
    struct replay_step command = {.steps = json_array()};

    parse(&command, argc, argv);
    command.key = row_key_case(command.case_id);
    enum exit_code code = scratch_make(command.scratch);
    if (code == EXIT_CODE_DONE)
        code = run(&command);
    scratch_remove(command.scratch);
    free(command.row);
    json_decref(command.steps);
    return code;
}
