/* `onevisit restore`: a backup becomes a broker's data folder again. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/ops/backup_set.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "broker/store/head.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

enum { KEY_NAME_SIZE = 32 };

static const int64_t SEQUENCE_MAX = 9007199254740991;

struct restore_command {
    struct settings settings;
    struct text backups;
    struct text data;
    struct text keys;
    struct text head;
    struct number at;
    bool accepts_missing;

    char backup[SMALL_FILE_PATH_SIZE];
    char made[SMALL_FILE_PATH_SIZE]; /* "<data>.new" */
    json_t *about;
    uint64_t missing_keys;
    struct head known; /* of --head; sequence 0 for none */
    char why[STORE_WHY_SIZE];
};

static const struct argp_child children[] = {{&settings_json_argp, 0, NULL, 0}, {0}};

static const char sentences[] =
    "Makes the data folder FOLDER from the newest backup in BACKUPS, or from the one --at names. Each file is compared "
    "with its digest, the journal is walked from the first record to the last, and its end must be the one HEAD and "
    "the "
    "backup name. The keys come from a backup of their own. FOLDER must not be there, or be empty; it has its name "
    "only "
    "when all is whole."
    "\vExit codes: 0 restored; 1 no such backup, or keys are missing; 2 wrong usage; 4 damage or I/O error.";

static void judge(const void *context, const struct argp_state *state)
{
    const struct restore_command *command = context;
    if (!command->backups.data)
        argp_error(state, "which folder of backups?");
    if (!command->data.data)
        argp_error(state, "where to? --data FOLDER");
    if (!command->keys.data)
        argp_error(state, "where are the keys? --keys FOLDER");
}

static void parse(struct restore_command *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("data", 'd', "FOLDER", &command->data, "the data folder to make"),
        option_text("keys", 'k', "FOLDER", &command->keys, "a copy of the broker's keys folder: day-YYYYMMDD and mac"),
        option_number("at", 0, "SEQUENCE", &command->at, 1, SEQUENCE_MAX,
                      "the backup that ends at this record, in place of the newest"),
        option_text("head", 0, "FOLDER", &command->head,
                    "the head folder of the broker that was lost, where it lies on another disk: says how many records "
                    "came after the backup"),
        option_flag("accept-missing-keys", 0, &command->accepts_missing,
                    "go on where keys of days are missing: their bodies stay unreadable"),
        {0},
    };
    const struct command_form form = {.settings = &command->settings,
                                      .children = children,
                                      .options = options,
                                      .words_named = "BACKUPS",
                                      .words = &command->backups,
                                      .word_count_max = 1,
                                      .sentences = sentences,
                                      .judge = judge,
                                      .command = command};
    command_parse(&form, argc, argv);
}

/* ---- parts ---- */

static enum status find_backup(struct restore_command *command)
{
    char name[BACKUP_NAME_SIZE];
    enum status status = backup_find(command->backups.data, command->at.is_present ? (uint64_t)command->at.value : 0,
                                     name, command->why);

    if (status == STATUS_OK)
        status = small_file_path(command->backup, command->backups.data, name, command->why);
    return status == STATUS_OK ? backup_read(command->backup, &command->about, command->why) : status;
}

static enum status judge_place(struct restore_command *command)
{
    bool is_empty = false;
    const size_t size = strlen(command->data.data);
    const int printed =
        snprintf(command->made, sizeof command->made, "%.*s.new",
                 (int)(size > 1 && command->data.data[size - 1] == '/' ? size - 1 : size), command->data.data);

    if (printed < 0 || (size_t)printed >= sizeof command->made) {
        why_set(command->why, "the path of the data folder is too long");
        return STATUS_CONFIG;
    }
    const enum status status = folder_is_empty(command->data.data, &is_empty, command->why);
    if (status != STATUS_OK || is_empty)
        return status;
    why_set(command->why, "%s: is not empty: a restored folder takes nobody's place", command->data.data);
    return STATUS_USAGE;
}

static enum status copy_file(struct restore_command *command, const json_t *file)
{
    char from[SMALL_FILE_PATH_SIZE];
    char to[SMALL_FILE_PATH_SIZE];
    struct file_sum sum;
    const char *name = json_string_value(json_object_get(file, "name"));

    if (name == NULL || strstr(name, "..") != NULL || name[0] == '/') {
        why_set(command->why, "%s: backup.json names a file that cannot be of a backup", command->backup);
        return STATUS_CORRUPT;
    }
    enum status status = small_file_path(from, command->backup, name, command->why);
    if (status == STATUS_OK)
        status = small_file_path(to, command->made, name, command->why);
    if (status == STATUS_OK)
        status = file_copy(from, to, &sum, command->why);
    if (status == STATUS_NOT_FOUND)
        return STATUS_CORRUPT; /* a backup with a hole */
    return status == STATUS_OK ? backup_judge_file(file, &sum, command->why) : status;
}

static enum status copy_files(struct restore_command *command)
{
    size_t index;
    const json_t *file;
    enum status status = STATUS_OK;

    json_array_foreach(json_object_get(command->about, "files"), index, file)
    {
        status = copy_file(command, file);
        if (status != STATUS_OK)
            return status;
    }
    return status;
}

static enum status copy_key(struct restore_command *command, const char *name, bool *is_missing)
{
    char from[SMALL_FILE_PATH_SIZE];
    char to[SMALL_FILE_PATH_SIZE];
    char inside[KEY_NAME_SIZE];
    struct file_sum sum;

    snprintf(inside, sizeof inside, "keys/%s", name);
    enum status status = small_file_path(from, command->keys.data, name, command->why);
    if (status == STATUS_OK)
        status = small_file_path(to, command->made, inside, command->why);
    if (status == STATUS_OK)
        status = file_copy(from, to, &sum, command->why);
    *is_missing = status == STATUS_NOT_FOUND;
    return *is_missing ? STATUS_OK : status;
}

static enum status copy_keys(struct restore_command *command)
{
    char name[KEY_NAME_SIZE];
    bool is_missing = false;
    size_t index;
    const json_t *day;
    enum status status = copy_key(command, "mac", &is_missing);

    if (status == STATUS_OK && is_missing) {
        why_set(command->why, "%s: no file mac there: without it receipts cannot be proved", command->keys.data);
        return STATUS_NO_KEY;
    }
    json_array_foreach(json_object_get(command->about, "keys"), index, day)
    {
        if (status != STATUS_OK)
            break;
        snprintf(name, sizeof name, "day-%08lld", (long long)json_integer_value(day));
        status = copy_key(command, name, &is_missing);
        if (!is_missing)
            continue;
        command->missing_keys++;
        complain("%s: no key %s there", command->keys.data, name);
    }
    if (status != STATUS_OK || command->missing_keys == 0 || command->accepts_missing)
        return status;
    why_set(command->why, "keys are missing; what was erased on purpose can be left out with --accept-missing-keys");
    return STATUS_NO_KEY;
}

/* What the lost broker's HEAD knew beyond the backup. */
static enum status read_head(struct restore_command *command)
{
    struct journal *journal = NULL;
    struct sm3 sm3;
    const struct journal_options options = {.folder = command->made, .read_only = true};

    if (command->head.data == NULL)
        return STATUS_OK;
    enum status status = journal_open(&options, &journal, command->why);
    if (status == STATUS_OK)
        status = sm3_init(&sm3);
    if (status == STATUS_OK) {
        status = head_read(&command->known, command->head.data, &sm3, journal_broker_id(journal), command->why);
        sm3_fini(&sm3);
    }
    journal_close(&journal);
    return status;
}

static enum status make_folders(struct restore_command *command)
{
    const char *const names[] = {"db", "head", "keys"};
    char path[SMALL_FILE_PATH_SIZE];
    enum status status = folder_remove(command->made, command->why);

    if (status == STATUS_OK)
        status = folder_make(command->made, command->why);
    for (size_t i = 0; i < sizeof names / sizeof names[0] && status == STATUS_OK; i++) {
        status = small_file_path(path, command->made, names[i], command->why);
        if (status == STATUS_OK)
            status = folder_make(path, command->why);
    }
    return status;
}

static enum status give_name(struct restore_command *command)
{
    char parent[SMALL_FILE_PATH_SIZE];

    (void)rmdir(command->data.data); /* an empty one */
    if (rename(command->made, command->data.data) != 0)
        return file_error(errno, command->data.data, "cannot give the folder its name", command->why);
    const enum status status = small_file_path(parent, command->data.data, "..", command->why);
    return status == STATUS_OK ? folder_sync(parent, command->why) : status;
}

static enum status restore(struct restore_command *command)
{
    enum status status = find_backup(command);

    if (status == STATUS_OK)
        status = judge_place(command);
    if (status != STATUS_OK)
        return status;
    status = make_folders(command);
    if (status == STATUS_OK)
        status = copy_keys(command); /* first: it is quickly said what is missing */
    if (status == STATUS_OK)
        status = copy_files(command);
    if (status == STATUS_OK)
        status = backup_judge_folder(command->made, command->about, command->why);
    if (status == STATUS_OK)
        status = read_head(command);
    if (status == STATUS_OK)
        status = give_name(command);
    if (status != STATUS_OK)
        (void)!folder_remove(command->made, NULL);
    return status;
}

/* ---- what is said ---- */

static void print_result(const struct restore_command *command)
{
    char time[SHOW_TIME_SIZE];
    const json_int_t sequence = json_integer_value(json_object_get(command->about, "sequence"));
    const int64_t last_us = json_integer_value(json_object_get(command->about, "last_time"));
    const int64_t behind = (int64_t)command->known.sequence - sequence;

    if (command->settings.is_json) {
        print_json(json_pack("{s:s, s:I, s:I, s:I, s:I}", "data", command->data.data, "sequence", sequence, "last_time",
                             (json_int_t)last_us, "missing_keys", (json_int_t)command->missing_keys, "known_behind",
                             (json_int_t)(behind > 0 ? behind : 0)));
        return;
    }
    printf("restored %s, to record %lld of %s\n", command->data.data, (long long)sequence,
           show_time(number_of(last_us), time));
    if (behind > 0)
        printf("behind   HEAD of the lost broker knew record %" PRIu64 ": at least %" PRId64 " records are not there\n",
               command->known.sequence, behind);
    if (command->missing_keys > 0)
        printf("keys     of %" PRIu64 " days are missing: bodies of these days cannot be read\n",
               command->missing_keys);
    printf("next     what came later is sent again by the agents: docs/reliability.md, the drill\n");
}

enum exit_code restore_run(int argc, char **argv)
{
    static struct restore_command command;

    parse(&command, argc, argv);
    const enum status status = restore(&command);
    if (status == STATUS_OK)
        print_result(&command);
    else
        complain("%s", command.why[0] != '\0' ? command.why : status_english(status));
    json_decref(command.about);
    if (status == STATUS_NO_KEY || status == STATUS_TIMEOUT)
        return EXIT_CODE_NO;
    return exit_code_of(status);
}
