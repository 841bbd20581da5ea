/* `onevisit replay verify`: is everything in a broker's folder what its journal
 * makes of it? */
#include <inttypes.h>
#include <stdio.h>

#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/file_verify.h"
#include "agents/ops/gauge.h"
#include "agents/ops/row_show.h"
#include "agents/ops/scratch.h"
#include "agents/ops/show.h"
#include "broker/keep/rebuild.h"

enum { PORTION = 4096, SHOWN_MAX = 50, BATCH_DEFAULT = 4096, BATCH_MAX = 1000000 };

struct replay_verify {
    struct settings settings;
    struct text data;
    struct text rows;
    struct text file;
    struct number batch;
    char scratch[SCRATCH_SIZE]; /* "" where --rows names a folder */
    struct rebuild *rebuild;
    json_t *differences;
    uint64_t difference_count;
    uint64_t erased; /* the first record whose day's key is gone; 0 for none */
    char why[KEEPER_WHY_SIZE];
};

static const struct argp_child children[] = {{&settings_json_argp, 0, NULL, 0}, {0}};

static const char sentences[] =
    "Verifies the data folder of a broker that stands still, or a copy of one: each record's checksum, its place in "
    "the "
    "hash chain, its seal and the digest of its body; then makes all rows anew from the journal and compares them with "
    "the stored ones, byte for byte. The folder is only read. With --rows what was made is kept in that folder, and "
    "the "
    "same command goes on where it was broken off (Ctrl-C). With --file it verifies a file that `onevisit replay "
    "export --compact` wrote, and with --data besides, that the file is of that broker."
    "\vExit codes: 0 all is as the journal makes it; 1 only part could be verified (broken off, or keys of days are "
    "gone); 2 wrong usage; 4 damage, said with record and case, or I/O error.";

static void judge(const void *context, const struct argp_state *state)
{
    const struct replay_verify *command = context;
    if (!command->data.data && !command->file.data)
        argp_error(state, "which folder? --data FOLDER; or which file? --file FILE");
    if (command->file.data && command->rows.data)
        argp_error(state, "no rows are made of a file: --rows does not go with --file");
}

static void parse(struct replay_verify *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("data", 'd', "FOLDER", &command->data, "the broker's data folder, or a copy of it"),
        option_text("rows", 'r', "FOLDER", &command->rows,
                    "keep the rows that are made here, and go on with those that are there; without it they are made "
                    "in a folder of their own under TMPDIR and removed"),
        option_number("batch", 'b', "COUNT", &command->batch, 1, BATCH_MAX,
                      "rows are written after so many records; 4096. It changes no row"),
        option_text("file", 'f', "FILE", &command->file, "a file of exported records; no keys are needed"),
        {0},
    };
    const struct command_form form = {.settings = &command->settings,
                                      .children = children,
                                      .options = options,
                                      .sentences = sentences,
                                      .judge = judge,
                                      .command = command};
    command_parse(&form, argc, argv);
}

/* ---- the work ---- */

/* The case of the record that stopped it, where its envelope can be read. */
static void complain_of_record(struct replay_verify *command)
{
    struct keeper_origin origin;
    char unread[KEEPER_WHY_SIZE];
    const uint64_t sequence = rebuild_sequence(command->rebuild) + 1;

    if (keeper_origin(rebuild_keeper(command->rebuild), sequence, &origin, unread) == STATUS_OK &&
        origin.envelope.case_id.data != NULL)
        complain("%s (record %" PRIu64 ", case %.*s)", command->why, sequence, TEXT_ARGS(origin.envelope.case_id));
    else
        complain("%s (record %" PRIu64 ")", command->why, sequence);
}

static enum status step_until(struct replay_verify *command, struct gauge *gauge, uint64_t until)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && rebuild_sequence(command->rebuild) < until && !gauge_is_stopped()) {
        status = rebuild_step(command->rebuild, until, PORTION, command->why);
        gauge_set(gauge, rebuild_sequence(command->rebuild));
    }
    return status;
}

static bool take_difference(const struct rebuild_difference *difference, void *context)
{
    struct replay_verify *command = context;

    if (command->difference_count++ < SHOWN_MAX)
        json_array_append_new(command->differences, row_difference_json(difference));
    return !gauge_is_stopped();
}

/* Behind a record that cannot be read any more no row can be made, but the chain is there. */
static enum status verify_chain(struct replay_verify *command, uint64_t *verified)
{
    struct journal_reader *reader;
    uint64_t bad = 0;
    enum status status = journal_reader_new(keeper_journal(rebuild_keeper(command->rebuild)), &reader);

    if (status != STATUS_OK)
        return status;
    command->erased = rebuild_sequence(command->rebuild) + 1;
    status = journal_verify(reader, rebuild_sequence(command->rebuild), &bad, command->why);
    *verified = bad - 1;
    journal_reader_free(&reader);
    return status;
}

static enum status verify(struct replay_verify *command, uint64_t *verified, bool *is_compared)
{
    const uint64_t goal = rebuild_goal(command->rebuild);
    const uint64_t last = rebuild_last(command->rebuild);
    struct gauge gauge;

    gauge_start(&gauge, "records", rebuild_sequence(command->rebuild), last);
    enum status status = step_until(command, &gauge, goal);
    *is_compared = status == STATUS_OK && rebuild_sequence(command->rebuild) == goal;
    if (*is_compared)
        status = rebuild_compare(command->rebuild, take_difference, command, command->why);
    if (status == STATUS_OK && *is_compared)
        status = step_until(command, &gauge, last);
    gauge_end(&gauge);
    *verified = rebuild_sequence(command->rebuild);
    if (status == STATUS_CORRUPT)
        complain_of_record(command);
    else if (status == STATUS_NO_KEY)
        status = verify_chain(command, verified);
    if (status != STATUS_OK && status != STATUS_CORRUPT)
        complain("%s", command->why);
    return status;
}

/* ---- what is said ---- */

static void print_for_people(const struct replay_verify *command, uint64_t verified, bool is_compared)
{
    const uint64_t last = rebuild_last(command->rebuild);
    size_t index;
    json_t *difference;

    printf("records  %" PRIu64 " of %" PRIu64 " verified: checksum, place in the chain, seal%s\n", verified, last,
           command->erased != 0 ? "" : ", digest, what was decided");
    if (command->erased != 0)
        printf("rows     not made: the key of record %" PRIu64 "'s day is gone, so its body cannot be read any more\n",
               command->erased);
    else if (!is_compared)
        printf("rows     not compared: they stand for record %" PRIu64 "\n", rebuild_goal(command->rebuild));
    else if (command->difference_count == 0)
        printf("rows     compared at record %" PRIu64 ": each as the journal makes it\n",
               rebuild_goal(command->rebuild));
    else
        printf("rows     compared at record %" PRIu64 ": %" PRIu64 " are not what the journal makes\n",
               rebuild_goal(command->rebuild), command->difference_count);
    json_array_foreach(command->differences, index, difference) row_difference_print(difference);
    if (command->difference_count > SHOWN_MAX)
        printf("  and %" PRIu64 " more\n", command->difference_count - SHOWN_MAX);
}

static void print_result(struct replay_verify *command, uint64_t verified, bool is_compared)
{
    if (!command->settings.is_json) {
        print_for_people(command, verified, is_compared);
        return;
    }
    print_json(json_pack("{s:I, s:I, s:b, s:I, s:I, s:I, s:O}", "records", (json_int_t)rebuild_last(command->rebuild),
                         "verified", (json_int_t)verified, "rows_compared", is_compared, "rows_at",
                         (json_int_t)rebuild_goal(command->rebuild), "first_erased", (json_int_t)command->erased,
                         "difference_count", (json_int_t)command->difference_count, "differences",
                         command->differences));
}

static enum exit_code run(struct replay_verify *command)
{
    const struct rebuild_settings settings = {
        .folder = command->data.data,
        .rows_folder = command->rows.data,
        .checkpoint_records_max = command->batch.is_present ? (uint32_t)command->batch.value : BATCH_DEFAULT,
    };
    uint64_t verified = 0;
    bool is_compared = false;
    enum status status = rebuild_open(&settings, &command->rebuild, command->why);

    if (status != STATUS_OK) {
        complain("%s", command->why[0] != '\0' ? command->why : status_english(status));
        return exit_code_of(status);
    }
    status = verify(command, &verified, &is_compared);
    print_result(command, verified, is_compared);
    if (status == STATUS_OK && gauge_is_stopped())
        complain("broken off; %s", command->scratch[0] != '\0' ? "with --rows FOLDER it could be gone on with"
                                                               : "the same command goes on");
    const bool is_whole = is_compared && verified == rebuild_last(command->rebuild) && command->erased == 0;
    rebuild_close(&command->rebuild);
    if (status != STATUS_OK)
        return exit_code_of(status);
    if (command->difference_count > 0)
        return EXIT_CODE_DAMAGE;
    return is_whole ? EXIT_CODE_DONE : EXIT_CODE_NO;
}

enum exit_code replay_verify_run(int argc, char **argv)
{
    struct replay_verify command = {.differences = json_array()};
    enum exit_code code = EXIT_CODE_DONE;

    parse(&command, argc, argv);
    if (command.file.data == NULL && command.rows.data == NULL) {
        code = scratch_make(command.scratch);
        command.rows = text_of(command.scratch);
    }
    if (code == EXIT_CODE_DONE)
        code = command.file.data != NULL ? file_verify(&command.settings, command.file.data, command.data.data)
                                         : run(&command);
    scratch_remove(command.scratch);
    json_decref(command.differences);
    return code;
}
