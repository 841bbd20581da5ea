#include "broker/keyfile.h"

#include <libconfig.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

enum { KEYFILE_PATH_SIZE = 600, KEYFILE_KEY_SIZE = 40 };

static enum status judge_mode(const char *path, char *why, size_t why_size)
{
    struct stat about;

    if (stat(path, &about) != 0) {
        snprintf(why, why_size, "%s is not there: restore it, or for a new broker make it with 'onevisit key new K'",
                 path);
        return STATUS_NO_KEY;
    }
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        snprintf(why, why_size, "%s may be read by others: chmod 600 it", path);
        return STATUS_CONFIG;
    }
    return STATUS_OK;
}

/* A pair that is none would start, and nobody would ever get past the handshake. */
static bool is_pair(const config_t *file, const char *secret)
{
    char derived[KEYFILE_KEY_SIZE + 1];
    const char *public = NULL;

    return config_lookup_string(file, "public_key", &public) && zmq_curve_public(derived, secret) == 0 &&
           strcmp(derived, public) == 0;
}

enum status keyfile_secret(const char *folder, const char *participant, char secret_key[41], char *why, size_t why_size)
{
    char path[KEYFILE_PATH_SIZE];
    const char *secret = NULL;
    config_t file;
    enum status status;

    snprintf(path, sizeof path, "%s/%s.key", folder, participant);
    status = judge_mode(path, why, why_size);
    if (status != STATUS_OK)
        return status;
    config_init(&file);
    if (!config_read_file(&file, path)) {
        snprintf(why, why_size, "%s: line %d: %s", path, config_error_line(&file), config_error_text(&file));
        status = STATUS_CONFIG;
    } else if (!config_lookup_string(&file, "secret_key", &secret) || strlen(secret) != KEYFILE_KEY_SIZE) {
        snprintf(why, why_size, "%s: secret_key is missing or not 40 characters", path);
        status = STATUS_CONFIG;
    } else if (!is_pair(&file, secret)) {
        snprintf(why, why_size, "%s: public_key and secret_key are no pair", path);
        status = STATUS_CONFIG;
    } else {
        memcpy(secret_key, secret, KEYFILE_KEY_SIZE + 1);
    }
    config_destroy(&file);
    return status;
}
