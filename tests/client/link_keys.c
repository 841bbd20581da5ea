#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/client/link.h"

#define KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

static const struct {
    const char *content; /* NULL: no file */
    enum status status;
    const char *why; /* part of the sentence */
} rows[] = {
    {"participant = \"B:105451099995\"; public_key = \"" KEY "\"; secret_key = \"" KEY "\";", STATUS_OK, ""},
    {"participant = \"K\"; public_key = \"" KEY "\";", STATUS_OK, ""},
    {"participant = \"K\"; public_key = \"short\";", STATUS_CONFIG, "40 characters"},
    {"participant = \"K\"; public_key = \"" KEY "\"; secret_key = \"" KEY "x\";", STATUS_CONFIG, "40 characters"},
    {"public_key = \"" KEY "\";", STATUS_CONFIG, "participant"},
    {"participant = \"K\";\nthis is nothing", STATUS_CONFIG, "line 2"},
    {NULL, STATUS_NOT_FOUND, "no such key file"},
};

Test(link_keys, reads_key_files_and_says_what_is_wrong)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[] = "/tmp/onevisit-keys-XXXXXX";
        char why[256] = "";
        struct link_keys keys;
        int file = mkstemp(path);
        if (rows[i].content)
            cr_assert_eq(write(file, rows[i].content, strlen(rows[i].content)), (ssize_t)strlen(rows[i].content));
        else
            unlink(path);
        cr_expect_eq(link_keys_read(path, &keys, why, sizeof why), rows[i].status, "row %zu: %s", i, why);
        cr_expect(strstr(why, rows[i].why), "row %zu: %s", i, why);
        close(file);
        unlink(path);
    }
}

Test(link_keys, refuses_a_secret_that_others_may_read)
{
    static const struct {
        mode_t mode;
        size_t row; /* of rows: 0 a secret, 1 none */
        enum status status;
    } modes[] = {{0600, 0, STATUS_OK},     {0400, 0, STATUS_OK},     {0640, 0, STATUS_CONFIG},
                 {0604, 0, STATUS_CONFIG}, {0644, 0, STATUS_CONFIG}, {0644, 1, STATUS_OK}};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        char path[] = "/tmp/onevisit-keys-XXXXXX";
        char why[256] = "";
        struct link_keys keys;
        const char *content = rows[modes[i].row].content;
        int file = mkstemp(path);
        cr_assert_eq(write(file, content, strlen(content)), (ssize_t)strlen(content));
        cr_assert_eq(fchmod(file, modes[i].mode), 0);
        cr_expect_eq(link_keys_read(path, &keys, why, sizeof why), modes[i].status, "row %zu: %s", i, why);
        if (modes[i].status != STATUS_OK)
            cr_expect(strstr(why, "chmod 600"), "%s", why);
        close(file);
        unlink(path);
    }
}

Test(link_keys, takes_the_participant_and_both_keys)
{
    char path[] = "/tmp/onevisit-keys-XXXXXX";
    char why[256] = "";
    struct link_keys keys;
    int file = mkstemp(path);
    cr_assert_eq(write(file, rows[0].content, strlen(rows[0].content)), (ssize_t)strlen(rows[0].content));
    cr_assert_eq(link_keys_read(path, &keys, why, sizeof why), STATUS_OK);
    cr_assert_str_eq(keys.participant, "B:105451099995");
    cr_assert_str_eq(keys.public_key, KEY);
    cr_assert_str_eq(keys.secret_key, KEY);
    close(file);
    unlink(path);
}
