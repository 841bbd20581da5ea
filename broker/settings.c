#include "broker/settings.h"

#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct setting {
    const char *name;
    size_t offset;
    int64_t standard;
    int64_t minimum;
    int64_t maximum;
    const char *sentence;
};

static const struct setting rows[] = {
#define SETTING(name, standard, minimum, maximum, sentence)                                                            \
    {#name, offsetof(struct settings, name), standard, minimum, maximum, sentence},
#include "broker/settings.def"
#undef SETTING
};

enum { SETTING_COUNT = sizeof rows / sizeof rows[0] };

static int64_t *setting_value(struct settings *out, const struct setting *setting)
{
    return (int64_t *)(void *)((char *)out + setting->offset);
}

void settings_init(struct settings *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        *setting_value(out, &rows[i]) = rows[i].standard;
}

static enum status settings_take(struct settings *out, const config_setting_t *given, const char *path, char *why)
{
    const char *name = config_setting_name(given);
    const unsigned line = config_setting_source_line(given);

    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        const int type = config_setting_type(given);
        const int64_t value = config_setting_get_int64(given);
        if ((type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) || value < rows[i].minimum ||
            value > rows[i].maximum) {
            snprintf(why, SETTINGS_WHY_SIZE, "%s: line %u: %s must be a whole number from %lld to %lld", path, line,
                     name, (long long)rows[i].minimum, (long long)rows[i].maximum);
            return STATUS_CONFIG;
        }
        *setting_value(out, &rows[i]) = value;
        return STATUS_OK;
    }
    snprintf(why, SETTINGS_WHY_SIZE, "%s: line %u: nobody knows the setting %s", path, line, name);
    return STATUS_CONFIG;
}

enum status settings_read(struct settings *out, const char *path, char *why)
{
    enum status status = STATUS_OK;
    config_t file;

    config_init(&file);
    if (access(path, R_OK) != 0) {
        snprintf(why, SETTINGS_WHY_SIZE, "%s: cannot open: %s", path, strerror(errno));
        status = STATUS_CONFIG;
        goto done;
    }
    if (!config_read_file(&file, path)) {
        snprintf(why, SETTINGS_WHY_SIZE, "%s: line %d: %s", path, config_error_line(&file), config_error_text(&file));
        status = STATUS_CONFIG;
        goto done;
    }
    const config_setting_t *root = config_root_setting(&file);
    for (int i = 0; i < config_setting_length(root) && status == STATUS_OK; i++)
        status = settings_take(out, config_setting_get_elem(root, (unsigned)i), path, why);
done:
    config_destroy(&file);
    return status;
}

void settings_describe(void)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        printf("%-24s %12lld  (%lld..%lld)  %s\n", rows[i].name, (long long)rows[i].standard,
               (long long)rows[i].minimum, (long long)rows[i].maximum, rows[i].sentence);
}
