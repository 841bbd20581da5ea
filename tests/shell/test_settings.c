#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/settings.h"

static enum status read_text(const char *text, struct settings *out, char *why)
{
    char path[] = "/tmp/onevisit-settings-XXXXXX";
    const int handle = mkstemp(path);
    FILE *file = fdopen(handle, "w");

    fputs(text, file);
    fclose(file);
    settings_init(out);
    const enum status status = settings_read(out, path, why);
    unlink(path);
    return status;
}

Test(settings, start_at_their_defaults)
{
    struct settings settings;

    settings_init(&settings);
    cr_assert_eq(settings.lease_ms, 1000);
    cr_assert_eq(settings.checkpoint_records_max, 256);
    cr_assert_eq(settings.data[0], '\0');
}

Test(settings, take_a_number_from_a_file_and_leave_the_others)
{
    struct settings settings;
    char why[SETTINGS_WHY_SIZE];

    cr_assert_eq(read_text("# slow lines\nlease_ms = 2500;\n", &settings, why), STATUS_OK);
    cr_assert_eq(settings.lease_ms, 2500);
    cr_assert_eq(settings.feed_in_flight_max, 256);
}

static const struct {
    const char *text;
    const char *why;
} bad_files[] = {
    {"lease_ms = 2500;\nleese_ms = 1;\n", "line 2: nobody knows the setting leese_ms"},
    {"lease_ms = 1;\n", "line 1: lease_ms must be a whole number from 50 to 600000"},
    {"lease_ms = 600001;\n", "line 1: lease_ms must be a whole number from 50 to 600000"},
    {"lease_ms = \"fast\";\n", "line 1: lease_ms must be a whole number"},
    {"lease_ms = 99.5;\n", "line 1: lease_ms must be a whole number"},
    {"lease_ms = ;\n", "line 1: syntax error"},
};

Test(settings, refuse_what_is_wrong_and_name_the_line)
{
    for (size_t i = 0; i < sizeof bad_files / sizeof bad_files[0]; i++) {
        struct settings settings;
        char why[SETTINGS_WHY_SIZE] = "";
        cr_expect_eq(read_text(bad_files[i].text, &settings, why), STATUS_CONFIG, "%s", bad_files[i].text);
        cr_expect(strstr(why, bad_files[i].why) != NULL, "'%s' does not say '%s'", why, bad_files[i].why);
        cr_expect(strstr(why, "/tmp/onevisit-settings-") != NULL, "'%s' does not name the file", why);
    }
}

Test(settings, say_which_file_is_missing)
{
    struct settings settings;
    char why[SETTINGS_WHY_SIZE] = "";

    settings_init(&settings);
    cr_assert_eq(settings_read(&settings, "/nowhere/broker.conf", why), STATUS_CONFIG);
    cr_assert(strstr(why, "/nowhere/broker.conf: cannot open: No such file") != NULL, "%s", why);
}
