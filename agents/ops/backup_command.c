/* `onevisit backup`: a running broker's folder, copied to a folder of backups
 * and read back. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/ops/backup_set.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/gauge.h"
#include "agents/ops/session.h"
#include "agents/ops/show.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

enum { REASON_SIZE_MAX = 256, KEEP_MAX = 1000, MEBIBYTE = 1 << 20, FILE_NAME_SIZE = 300 };

struct backup_command {
    struct settings settings;
    struct text folder;
    struct text reason;
    struct number keep;
    bool is_check;

    char previous[SMALL_FILE_PATH_SIZE]; /* the newest backup there; "" for none */
    json_t *previous_about;
    char made[SMALL_FILE_PATH_SIZE]; /* "<sequence>.new" */
    char source[SMALL_FILE_PATH_SIZE];
    json_t *about;
    uint64_t copied_count, copied_size, linked_count, linked_size;
    char why[STORE_WHY_SIZE];
};

static const char sentences[] =
    "Copies the folder of a running broker into FOLDER, a folder of backups: run it on the broker's machine, as a user "
    "who may read the broker's folder. The broker serves on. Tables an earlier backup has are linked, not copied. What "
    "was written is read back, the copy's journal is walked from its first record to its last, and its end is compared "
    "with the broker's. Keys are not copied: back up keys/ of the data folder apart. With --check none is made: the "
    "newest backup is read back."
    "\vExit codes: 0 made and read back; 1 refused, or no backup there; 2 wrong usage; 3 the broker cannot be reached; "
    "4 "
    "damage or I/O error. A backup that was broken off leaves nothing that counts.";

static void judge(const void *context, const struct argp_state *state)
{
    const struct backup_command *command = context;
    if (!command->folder.data)
        argp_error(state, "which FOLDER?");
    if (!command->is_check)
        command_judge_text(command->reason, REASON_SIZE_MAX, "--reason TEXT", state);
}

static void parse(struct backup_command *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("reason", 'r', "TEXT", &command->reason, "why; needed, journaled"),
        option_number("keep", 'n', "COUNT", &command->keep, 1, KEEP_MAX,
                      "remove the oldest ones afterwards, so that so many stay"),
        option_flag("check", 'c', &command->is_check, "make none; read the newest one back, every file of it"),
        {0},
    };
    const struct command_form form = {.settings = &command->settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .words_named = "FOLDER",
                                      .words = &command->folder,
                                      .word_count_max = 1,
                                      .sentences = sentences,
                                      .judge = judge,
                                      .command = command};
    command_parse(&form, argc, argv);
}

/* ---- one file ---- */

/* Links the table of the backup before, where it is the same one; *done says whether it was. */
static enum status link_table(struct backup_command *command, const char *name, const char *from, const char *to,
                              bool *done)
{
    char earlier[SMALL_FILE_PATH_SIZE];
    json_t *file = command->previous_about != NULL ? backup_file(command->previous_about, name) : NULL;
    const size_t size = strlen(name);
    bool is_same = false;

    *done = false;
    if (file == NULL || size < 4 || strcmp(name + size - 4, ".sst") != 0)
        return STATUS_OK;
    enum status status = small_file_path(earlier, command->previous, name, command->why);
    if (status == STATUS_OK)
        status = file_looks_same(from, earlier, &is_same, command->why);
    if (status != STATUS_OK || !is_same || link(earlier, to) != 0)
        return status; /* a disk that knows no links gets copies */
    *done = true;
    command->linked_count++;
    command->linked_size += (uint64_t)json_integer_value(json_object_get(file, "size"));
    return json_array_append(json_object_get(command->about, "files"), file) == 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status take_file(struct backup_command *command, const char *name)
{
    char from[SMALL_FILE_PATH_SIZE];
    char to[SMALL_FILE_PATH_SIZE];
    struct file_sum sum;
    bool is_linked = false;
    enum status status = small_file_path(from, command->source, name, command->why);

    if (status == STATUS_OK)
        status = small_file_path(to, command->made, name, command->why);
    if (status == STATUS_OK)
        status = link_table(command, name, from, to, &is_linked);
    if (status != STATUS_OK || is_linked)
        return status;
    status = file_copy(from, to, &sum, command->why);
    if (status != STATUS_OK)
        return status;
    command->copied_count++;
    command->copied_size += sum.size;
    status = backup_add_file(command->about, name, &sum);
    if (status == STATUS_OK)
        status = file_sum(to, &sum, command->why);
    return status == STATUS_OK ? backup_judge_file(backup_file(command->about, name), &sum, command->why) : status;
}

/* All files of one folder of the snapshot, "" for itself. */
static enum status take_folder(struct backup_command *command, const char *folder)
{
    char path[SMALL_FILE_PATH_SIZE];
    char name[FILE_NAME_SIZE];
    struct stat about;
    const struct dirent *entry;
    enum status status = small_file_path(path, command->source, folder, command->why);
    DIR *directory = status == STATUS_OK ? opendir(path) : NULL;

    if (status == STATUS_OK && directory == NULL)
        return file_error(errno, path, "cannot read the snapshot", command->why);
    while (status == STATUS_OK && (entry = readdir(directory)) != NULL) {
        snprintf(name, sizeof name, "%s%s%s", folder, folder[0] != '\0' ? "/" : "", entry->d_name);
        if (fstatat(dirfd(directory), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode))
            status = take_file(command, name);
    }
    if (directory != NULL)
        closedir(directory);
    return status;
}

static enum status make_folder(struct backup_command *command, const char *name)
{
    char path[SMALL_FILE_PATH_SIZE];
    const enum status status = small_file_path(path, command->made, name, command->why);
    return status == STATUS_OK ? folder_make(path, command->why) : status;
}

/* RocksDB leaves a LOG behind also where it only reads. */
static void remove_logs(const char *backup)
{
    char path[SMALL_FILE_PATH_SIZE];
    const struct dirent *entry;
    DIR *directory = small_file_path(path, backup, "db", NULL) == STATUS_OK ? opendir(path) : NULL;

    while (directory != NULL && (entry = readdir(directory)) != NULL)
        if (strncmp(entry->d_name, "LOG", 3) == 0)
            (void)unlinkat(dirfd(directory), entry->d_name, 0);
    if (directory != NULL)
        closedir(directory);
}

/* ---- the whole ---- */

static enum status sync_folders(struct backup_command *command)
{
    const char *const names[] = {"db", "head", "."};
    char path[SMALL_FILE_PATH_SIZE];
    enum status status = STATUS_OK;

    for (size_t i = 0; i < sizeof names / sizeof names[0] && status == STATUS_OK; i++) {
        status = small_file_path(path, command->made, names[i], command->why);
        if (status == STATUS_OK)
            status = folder_sync(path, command->why);
    }
    return status;
}

/* The copy counts from the moment it has its name. */
static enum status give_name(struct backup_command *command)
{
    char named[SMALL_FILE_PATH_SIZE];

    snprintf(named, sizeof named, "%.*s", (int)(strlen(command->made) - strlen(".new")), command->made);
    if (rename(command->made, named) != 0)
        return file_error(errno, named, "cannot give the backup its name", command->why);
    return folder_sync(command->folder.data, command->why);
}

static enum status copy_snapshot(struct backup_command *command)
{
    enum status status = folder_remove(command->made, command->why);

    if (status == STATUS_OK)
        status = folder_make(command->made, command->why);
    if (status == STATUS_OK)
        status = make_folder(command, "db");
    if (status == STATUS_OK)
        status = make_folder(command, "head");
    if (status == STATUS_OK)
        status = take_folder(command, "db");
    if (status == STATUS_OK)
        status = take_folder(command, "head");
    if (status == STATUS_OK)
        status = take_folder(command, "");
    if (status == STATUS_OK)
        status = backup_judge_folder(command->made, command->about, command->why);
    remove_logs(command->made);
    if (status == STATUS_OK)
        status = backup_write(command->made, command->about, command->why);
    if (status == STATUS_OK)
        status = sync_folders(command);
    if (status == STATUS_OK)
        status = give_name(command);
    if (status != STATUS_OK)
        (void)!folder_remove(command->made, NULL);
    return status;
}

static json_t *about_snapshot(const struct snapshot *snapshot)
{
    json_t *about = record_to_json(&record_snapshot, snapshot);
    json_t *out = json_pack("{s:i, s:O, s:O, s:O, s:O, s:O, s:[]}", "format", BACKUP_FORMAT, "broker",
                            json_object_get(about, "broker"), "test", json_object_get(about, "test"), "sequence",
                            json_object_get(about, "seq"), "chain", json_object_get(about, "chain"), "time",
                            json_object_get(about, "time"), "files");
    json_decref(about);
    return out;
}

static enum status find_previous(struct backup_command *command)
{
    char name[BACKUP_NAME_SIZE];
    enum status status = backup_find(command->folder.data, 0, name, command->why);

    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status == STATUS_OK)
        status = small_file_path(command->previous, command->folder.data, name, command->why);
    return status == STATUS_OK ? backup_read(command->previous, &command->previous_about, command->why) : status;
}

/* Backups of one broker alone lie in a folder: the numbers of another's mean something else. */
static enum status judge_broker(struct backup_command *command)
{
    if (command->previous_about == NULL ||
        json_equal(json_object_get(command->previous_about, "broker"), json_object_get(command->about, "broker")))
        return STATUS_OK;
    why_set(command->why, "%s: holds backups of another broker: name another folder", command->folder.data);
    return STATUS_SEALED_OTHERWISE;
}

static enum status take_snapshot(struct backup_command *command, const struct snapshot *snapshot)
{
    char name[BACKUP_NAME_SIZE + 4];

    snprintf(command->source, sizeof command->source, "%.*s", TEXT_ARGS(snapshot->folder));
    snprintf(name, sizeof name, "%020" PRId64 ".new", snapshot->sequence.value);
    command->about = about_snapshot(snapshot);
    if (command->about == NULL)
        return STATUS_NO_MEMORY;
    if (access(command->source, R_OK | X_OK) != 0)
        return file_error(errno, command->source,
                          "cannot be read here: run this on the broker's machine, as a user who may read its folder",
                          command->why);
    enum status status = small_file_path(command->made, command->folder.data, name, command->why);
    if (status == STATUS_OK)
        status = judge_broker(command);
    return status == STATUS_OK ? copy_snapshot(command) : status;
}

/* ---- the conversation ---- */

static enum exit_code fail(const struct backup_command *command, enum status status)
{
    if (status == STATUS_TIMEOUT)
        complain("broken off; nothing was kept");
    else
        complain("%s", command->why[0] != '\0' ? command->why : status_english(status));
    return status == STATUS_TIMEOUT ? EXIT_CODE_NO : exit_code_of(status);
}

static enum exit_code ask_backup(struct backup_command *command, struct session *session, int64_t *backup)
{
    const struct ops_backup body = {.reason = command->reason, .is_present = true};
    const struct question question = {.type = MESSAGE_OPS_BACKUP, .body = &body, .answer = MESSAGE_RECEIPT};
    struct link_message answer;
    const enum exit_code code = session_ask(session, &question, &answer);

    if (code == EXIT_CODE_DONE)
        *backup = ((const struct receipt *)answer.body)->sequence.value;
    return code;
}

static enum exit_code tell_done(struct session *session, int64_t backup, int64_t sequence)
{
    const struct ops_backup_done body = {
        .backup = number_of(backup), .sequence = number_of(sequence), .is_present = true};
    const struct question question = {.type = MESSAGE_OPS_BACKUP_DONE, .body = &body, .answer = MESSAGE_RECEIPT};
    struct link_message answer;

    return session_ask(session, &question, &answer);
}

/* The link is not served while files are copied: so the end is told over a session of its own. */
static enum exit_code make_backup(struct backup_command *command)
{
    struct session *session;
    struct link_message answer;
    int64_t backup = 0;
    int64_t sequence = 0;
    enum status status = STATUS_OK;
    enum exit_code code = session_open(&command->settings, &session);

    if (code != EXIT_CODE_DONE)
        return code;
    code = ask_backup(command, session, &backup);
    const struct ops_snapshot body = {.backup = number_of(backup), .is_present = true};
    const struct question question = {.type = MESSAGE_OPS_SNAPSHOT, .body = &body, .answer = MESSAGE_SNAPSHOT};
    if (code == EXIT_CODE_DONE)
        code = session_ask(session, &question, &answer);
    if (code == EXIT_CODE_DONE) {
        sequence = ((const struct snapshot *)answer.body)->sequence.value;
        status = take_snapshot(command, answer.body);
    }
    session_close(&session);
    if (code != EXIT_CODE_DONE || status != STATUS_OK)
        return code != EXIT_CODE_DONE ? code : fail(command, status);
    code = session_open(&command->settings, &session);
    if (code != EXIT_CODE_DONE)
        return code;
    code = tell_done(session, backup, sequence);
    session_close(&session);
    return code;
}

/* ---- old ones ---- */

static int newest_first(const struct dirent **one, const struct dirent **other)
{
    return strcmp((*other)->d_name, (*one)->d_name);
}

static int is_backup(const struct dirent *entry)
{
    return backup_is_name(entry->d_name);
}

static enum status remove_old(struct backup_command *command)
{
    struct dirent **entries = NULL;
    char path[SMALL_FILE_PATH_SIZE];
    enum status status = STATUS_OK;
    const int count = scandir(command->folder.data, &entries, is_backup, newest_first);

    for (int i = 0; i < count; i++) {
        if (command->keep.is_present && i >= command->keep.value && status == STATUS_OK) {
            status = small_file_path(path, command->folder.data, entries[i]->d_name, command->why);
            if (status == STATUS_OK)
                status = folder_remove(path, command->why);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* ---- reading one back ---- */

static enum status check_files(struct backup_command *command)
{
    char path[SMALL_FILE_PATH_SIZE];
    struct file_sum sum;
    size_t index;
    const json_t *file;

    json_array_foreach(json_object_get(command->previous_about, "files"), index, file)
    {
        const char *name = json_string_value(json_object_get(file, "name"));
        enum status status = small_file_path(path, command->previous, name != NULL ? name : "", command->why);
        if (status == STATUS_OK)
            status = file_sum(path, &sum, command->why);
        if (status == STATUS_OK)
            status = backup_judge_file(file, &sum, command->why);
        if (status != STATUS_OK)
            return status == STATUS_NOT_FOUND ? STATUS_CORRUPT : status;
    }
    return STATUS_OK;
}

static enum exit_code check_newest(struct backup_command *command)
{
    if (command->previous_about == NULL) {
        complain("%s: no backup there", command->folder.data);
        return EXIT_CODE_NO;
    }
    enum status status = check_files(command);
    if (status == STATUS_OK)
        status = backup_judge_folder(command->previous, command->previous_about, command->why);
    remove_logs(command->previous);
    if (status != STATUS_OK)
        return fail(command, status);
    printf("%s: as it was backed up, to record %lld\n", command->previous,
           (long long)json_integer_value(json_object_get(command->previous_about, "sequence")));
    return EXIT_CODE_DONE;
}

static void print_result(const struct backup_command *command)
{
    char *keys = json_dumps(json_object_get(command->about, "keys"), 0);

    if (command->settings.is_json) {
        json_t *about = json_copy(command->about);
        json_object_del(about, "files");
        json_object_set_new(about, "copied_bytes", json_integer((json_int_t)command->copied_size));
        json_object_set_new(about, "linked_bytes", json_integer((json_int_t)command->linked_size));
        print_json(about);
    } else {
        printf("backup   %.*s, to record %lld, read back\n", (int)(strlen(command->made) - strlen(".new")),
               command->made, (long long)json_integer_value(json_object_get(command->about, "sequence")));
        printf("copied   %" PRIu64 " files, %.1f MiB; linked %" PRIu64 ", %.1f MiB\n", command->copied_count,
               (double)command->copied_size / MEBIBYTE, command->linked_count, (double)command->linked_size / MEBIBYTE);
        printf("keys     of the days %s are needed to read it, and keys/mac: back them up apart\n",
               keys != NULL ? keys : "?");
    }
    free(keys);
}

static enum exit_code run(struct backup_command *command)
{
    enum status status = folder_make(command->folder.data, command->why);
    const int lock = status == STATUS_OK ? open(command->folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    enum exit_code code = EXIT_CODE_DONE;

    if (status == STATUS_OK && (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0))
        status = file_error(errno, command->folder.data, "another backup is being made there", command->why);
    if (status == STATUS_OK)
        status = find_previous(command);
    if (status != STATUS_OK)
        code = fail(command, status);
    else
        code = command->is_check ? check_newest(command) : make_backup(command);
    if (code == EXIT_CODE_DONE && !command->is_check) {
        print_result(command);
        status = remove_old(command);
        code = status == STATUS_OK ? code : fail(command, status);
    }
    if (lock >= 0)
        close(lock);
    return code;
}

enum exit_code backup_run(int argc, char **argv)
{
    static struct backup_command command;

    parse(&command, argc, argv);
    const enum exit_code code = run(&command);
    json_decref(command.about);
    json_decref(command.previous_about);
    return code;
}
