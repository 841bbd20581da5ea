/* What stops a start before the data folder is touched. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "broker/server.h"

static char folder[64];

static void place(char *out, size_t size, const char *name)
{
    snprintf(out, size, "%s/%s", folder, name);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[128];
    place(path, sizeof path, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    cr_assert_eq(chmod(path, mode), 0);
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/onevisit-server-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    static const char *const names[] = {"K.key", "directory.json", "data"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        place(path, sizeof path, names[i]);
        remove(path);
    }
    rmdir(folder);
}

TestSuite(server, .init = make_folder, .fini = remove_folder, .timeout = 30);

static const char good_directory[] = "{\"version\":1,\"participants\":[]}";

static void write_key(mode_t mode)
{
    char public_key[41];
    char secret_key[41];
    char text[256];
    cr_assert_eq(zmq_curve_keypair(public_key, secret_key), 0);
    snprintf(text, sizeof text, "public_key = \"%s\";\nsecret_key = \"%s\";\n", public_key, secret_key);
    write_file("K.key", text, mode);
}

static enum status open_server(char *why)
{
    struct settings settings;
    struct server *server = NULL;
    settings_init(&settings);
    settings.is_test = true;
    snprintf(settings.listen, sizeof settings.listen, "tcp://127.0.0.1:*");
    place(settings.keys, sizeof settings.keys, ".");
    place(settings.data, sizeof settings.data, "data");
    place(settings.directory, sizeof settings.directory, "directory.json");
    enum status status = server_open(&settings, &server, why);
    server_close(&server, true);
    return status;
}

static bool has_data(void)
{
    char path[128];
    place(path, sizeof path, "data");
    return access(path, F_OK) == 0;
}

static const struct {
    mode_t key_mode;       /* 0: no key */
    const char *directory; /* NULL: no file */
    enum status status;
    const char *why;
} rows[] = {
    {0, good_directory, STATUS_NO_KEY, "K.key"},
    {0644, good_directory, STATUS_CONFIG, "chmod 600"},
    {0600, NULL, STATUS_NOT_FOUND, "directory.json"},
    {0600, "{\"version\":1,", STATUS_CONFIG, "directory.json"},
};

Test(server, leaves_no_data_folder_behind_a_start_that_is_refused)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char why[SERVER_WHY_SIZE] = "";
        if (rows[i].key_mode != 0)
            write_key(rows[i].key_mode);
        if (rows[i].directory != NULL)
            write_file("directory.json", rows[i].directory, 0644);
        cr_expect_eq(open_server(why), rows[i].status, "row %zu: %s", i, why);
        cr_expect(strstr(why, rows[i].why) != NULL, "row %zu: %s", i, why);
        cr_expect_not(has_data(), "row %zu", i);
        remove_folder();
        cr_assert_eq(mkdir(folder, 0700), 0);
    }
}
