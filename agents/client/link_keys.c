#include <libconfig.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/client/link.h"

/* Copies the setting `name` when it has a size within minimum..capacity-1. */
static bool keys_take(const config_t *config, const char *name, size_t minimum, char *out, size_t capacity)
{
    const char *value = NULL;
    if (config_lookup_string(config, name, &value) != CONFIG_TRUE)
        return false;
    size_t size = strlen(value);
    if (size < minimum || size >= capacity)
        return false;
    memcpy(out, value, size + 1);
    return true;
}

static enum status keys_fill(const config_t *config, const char *path, struct link_keys *out, char *why,
                             size_t why_size)
{
    bool has_secret = config_lookup(config, "secret_key") != NULL; /* K.pub has none */
    if (!keys_take(config, "participant", 1, out->participant, sizeof out->participant)) {
        snprintf(why, why_size, "%s: participant is missing or too long", path);
        return STATUS_CONFIG;
    }
    if (!keys_take(config, "public_key", 40, out->public_key, sizeof out->public_key) ||
        (has_secret && !keys_take(config, "secret_key", 40, out->secret_key, sizeof out->secret_key))) {
        snprintf(why, why_size, "%s: a key must be 40 characters of Z85", path);
        return STATUS_CONFIG;
    }
    return STATUS_OK;
}

/* A secret that others may have read is none: the key must be made anew. */
static enum status keys_judge_mode(const char *path, const struct link_keys *keys, char *why, size_t why_size)
{
    struct stat about;
    if (keys->secret_key[0] == '\0' || stat(path, &about) != 0 || (about.st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return STATUS_OK;
    snprintf(why, why_size, "%s holds a secret key and may be read by others: chmod 600 it", path);
    return STATUS_CONFIG;
}

enum status link_keys_read(const char *path, struct link_keys *out, char *why, size_t why_size)
{
    config_t config;
    enum status status = STATUS_CONFIG;
    memset(out, 0, sizeof *out);
    if (access(path, R_OK) != 0) {
        snprintf(why, why_size, "%s: there is no such key file, or it may not be read", path);
        return STATUS_NOT_FOUND;
    }
    config_init(&config);
    if (config_read_file(&config, path) != CONFIG_TRUE)
        snprintf(why, why_size, "%s: line %d: %s", path, config_error_line(&config), config_error_text(&config));
    else
        status = keys_fill(&config, path, out, why, why_size);
    if (status == STATUS_OK)
        status = keys_judge_mode(path, out, why, why_size);
    if (status != STATUS_OK)
        explicit_bzero(out, sizeof *out);
    config_destroy(&config);
    return status;
}
