#include "agents/ops/key_batch.h"

#include <stdlib.h>
#include <unistd.h>

#include "agents/ops/complaint.h"
#include "agents/ops/directory_edit.h"
#include "broker/store/small_file.h"

static bool is_broker(struct text participant)
{
    return text_is(participant, "K");
}

enum exit_code key_batch_init(struct key_batch *batch, const char *folder, const char *directory, size_t capacity)
{
    *batch = (struct key_batch){.folder = folder, .directory = directory, .capacity = capacity};
    batch->keys = calloc(capacity, sizeof *batch->keys);
    if (batch->keys)
        return EXIT_CODE_DONE;
    complain("out of memory");
    return EXIT_CODE_DAMAGE;
}

void key_batch_fini(struct key_batch *batch)
{
    free(batch->keys);
    batch->keys = NULL;
}

/* ---- planning ---- */

static enum exit_code judge_participant(const struct key_batch *batch, struct text participant)
{
    if (!rule_holds(RULE_PARTICIPANT, participant)) {
        complain("'%.*s' is not %s", TEXT_ARGS(participant), rule_english(RULE_PARTICIPANT));
        return EXIT_CODE_USAGE;
    }
    for (size_t i = 0; i < batch->count; i++)
        if (text_equal(batch->keys[i].participant, participant)) {
            complain("%.*s is named twice", TEXT_ARGS(participant));
            return EXIT_CODE_USAGE;
        }
    if (is_broker(participant) || batch->directory)
        return EXIT_CODE_DONE;
    complain("--directory FILE is needed: where %.*s is entered", TEXT_ARGS(participant));
    return EXIT_CODE_USAGE;
}

static enum exit_code judge_path(const char *path)
{
    if (access(path, F_OK) != 0)
        return EXIT_CODE_DONE;
    complain("%s is there already and is not written over; nothing was made", path);
    return EXIT_CODE_NO;
}

enum exit_code key_batch_plan(struct key_batch *batch, struct text participant, struct text name)
{
    enum exit_code code = judge_participant(batch, participant);
    if (code != EXIT_CODE_DONE)
        return code;
    if (batch->count == batch->capacity || name.size >= NEW_KEY_NAME_SIZE) {
        complain("too many participants in one call, or a name that is too long");
        return EXIT_CODE_USAGE;
    }
    struct new_key *key = &batch->keys[batch->count];
    *key = (struct new_key){.participant = participant};
    if (name.size > 0)
        memcpy(key->name, name.data, name.size);
    if (key_file_path(batch->folder, participant, ".key", key->path, sizeof key->path) != STATUS_OK ||
        key_file_path(batch->folder, participant, ".pub", key->public_path, sizeof key->public_path) != STATUS_OK) {
        complain("the path of the keys folder is too long");
        return EXIT_CODE_USAGE;
    }
    code = judge_path(key->path);
    if (code == EXIT_CODE_DONE && is_broker(participant))
        code = judge_path(key->public_path);
    if (code == EXIT_CODE_DONE)
        batch->count++;
    return code;
}

/* ---- making ---- */

static enum status make_files(struct new_key *key, char *why)
{
    struct key_pair pair;
    enum status status = key_pair_make(&pair, why);
    if (status != STATUS_OK)
        return status;
    memcpy(key->public_key, pair.public_key, sizeof key->public_key);
    status = key_file_write(key->path, key->participant, &pair, true, why);
    key->is_made = status == STATUS_OK;
    if (status == STATUS_OK && is_broker(key->participant)) {
        status = key_file_write(key->public_path, key->participant, &pair, false, why);
        key->is_public_made = status == STATUS_OK;
    }
    key_pair_forget(&pair);
    return status;
}

static enum status make_all_files(struct key_batch *batch, char *why)
{
    enum status status = folder_make(batch->folder, why);
    for (size_t i = 0; i < batch->count && status == STATUS_OK; i++)
        status = make_files(&batch->keys[i], why);
    return status;
}

static void take_back(struct key_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->keys[i].is_made)
            unlink(batch->keys[i].path);
        if (batch->keys[i].is_public_made)
            unlink(batch->keys[i].public_path);
    }
}

static enum status add_rows(struct key_batch *batch, struct directory_edit *edit, int64_t now_us,
                            int64_t valid_until_us, char *why)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < batch->count && status == STATUS_OK; i++) {
        const struct new_key *key = &batch->keys[i];
        if (is_broker(key->participant))
            continue;
        struct directory_row row = {.participant = key->participant, .is_present = true};
        row.name = key->name[0] ? text_of(key->name) : (struct text){0};
        row.key = text_of(key->public_key);
        row.added_at = number_of(now_us);
        row.valid_until = (struct number){valid_until_us, valid_until_us != 0};
        status = directory_edit_add(edit, &row, why);
    }
    return status;
}

static bool needs_rows(const struct key_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (!is_broker(batch->keys[i].participant))
            return true;
    return false;
}

static enum exit_code exit_code_of_making(enum status status)
{
    if (status == STATUS_NOT_FOUND)
        return EXIT_CODE_USAGE; /* a folder named on the command line is not there */
    bool is_no = status == STATUS_IN_USE || status == STATUS_LIMIT; /* a key is there, or two in force */
    return is_no ? EXIT_CODE_NO : exit_code_of(status);
}

enum exit_code key_batch_make(struct key_batch *batch, int64_t now_us, int64_t valid_until_us)
{
    char why[DIRECTORY_WHY_SIZE] = "";
    struct directory_edit edit = {.lock = -1};
    bool has_rows = needs_rows(batch);
    enum status status = has_rows ? directory_edit_open(batch->directory, true, &edit, why) : STATUS_OK;
    if (status == STATUS_OK)
        status = make_all_files(batch, why);
    if (status == STATUS_OK && has_rows)
        status = add_rows(batch, &edit, now_us, valid_until_us, why);
    if (status == STATUS_OK && has_rows)
        status = directory_edit_save(&edit, why);
    if (status != STATUS_OK) {
        take_back(batch);
        complain("%s; nothing was made", why);
    }
    directory_edit_close(&edit);
    return exit_code_of_making(status);
}
