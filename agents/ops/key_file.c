#include "agents/ops/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "broker/store/small_file.h"
#include "broker/store/why.h"

enum status key_pair_make(struct key_pair *out, char *why)
{
    if (zmq_curve_keypair(out->public_key, out->secret_key) == 0)
        return STATUS_OK;
    why_set(why, "cannot make a CURVE key pair: %s", zmq_strerror(zmq_errno()));
    return STATUS_IO;
}

void key_pair_forget(struct key_pair *pair)
{
    OPENSSL_cleanse(pair, sizeof *pair);
}

enum status key_file_path(const char *folder, struct text participant, const char *ending, char *out, size_t size)
{
    int length = snprintf(out, size, "%s/%.*s%s", folder, TEXT_ARGS(participant), ending);
    if (length < 0 || (size_t)length >= size)
        return STATUS_LIMIT;
    char *name = out + strlen(folder) + 1;
    for (uint32_t i = 0; i < participant.size; i++)
        if (name[i] == ':')
            name[i] = '-';
    return STATUS_OK;
}

static bool write_text(FILE *file, struct text participant, const struct key_pair *pair, bool with_secret)
{
    if (fprintf(file, "participant = \"%.*s\";\npublic_key = \"%s\";\n", TEXT_ARGS(participant), pair->public_key) < 0)
        return false;
    if (with_secret && fprintf(file, "secret_key = \"%s\";\n", pair->secret_key) < 0)
        return false;
    return fflush(file) == 0 && fsync(fileno(file)) == 0;
}

static enum status sync_folder_of(const char *path, char *why)
{
    char folder[PATH_MAX];
    size_t size = strlen(path);
    if (size >= sizeof folder) {
        why_set(why, "%s: the path is too long", path);
        return STATUS_LIMIT;
    }
    memcpy(folder, path, size + 1);
    return folder_sync(dirname(folder), why);
}

/* link() refuses an existing name, so a file that is whole appears under its
 * name, and one that is there stays what it is. */
static enum status put_in_place(const char *temporary, const char *path, char *why)
{
    if (link(temporary, path) == 0)
        return sync_folder_of(path, why);
    if (errno != EEXIST)
        return file_error(errno, path, "cannot make", why);
    why_set(why, "%s is there already and is not written over", path);
    return STATUS_IN_USE;
}

enum status key_file_write(const char *path, struct text participant, const struct key_pair *pair, bool with_secret,
                           char *why)
{
    char temporary[PATH_MAX];
    int length = snprintf(temporary, sizeof temporary, "%s.new-XXXXXX", path);
    if (length < 0 || (size_t)length >= sizeof temporary) {
        why_set(why, "the path of the key file is too long");
        return STATUS_LIMIT;
    }
    int descriptor = mkostemp(temporary, O_CLOEXEC); /* 0600 from its first moment */
    if (descriptor < 0)
        return file_error(errno, path, "cannot make a file beside", why);
    enum status status = STATUS_OK;
    FILE *file = fdopen(descriptor, "w");
    if (!file)
        close(descriptor);
    if (!file || fchmod(descriptor, with_secret ? 0600 : 0644) != 0 ||
        !write_text(file, participant, pair, with_secret))
        status = file_error(errno, temporary, "cannot write", why);
    if (file && fclose(file) != 0 && status == STATUS_OK)
        status = file_error(errno, temporary, "cannot close", why);
    if (status == STATUS_OK)
        status = put_in_place(temporary, path, why);
    unlink(temporary);
    return status;
}
