#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/keyfile.h"

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/onevisit-keys-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/K.key", folder);
    unlink(path);
    rmdir(folder);
}

TestSuite(keyfile, .init = make_folder, .fini = remove_folder);

static enum status read_file(const char *text, mode_t mode, char *secret, char *why)
{
    char path[128];
    snprintf(path, sizeof path, "%s/K.key", folder);
    FILE *file = fopen(path, "w");

    fputs(text, file);
    fclose(file);
    chmod(path, mode);
    return keyfile_secret(folder, "K", secret, why, 256);
}

/* The pair of the ZeroMQ manual. */
#define PUBLIC_KEY "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define SECRET_KEY "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"

static const char good_file[] = "participant = \"K\";\n"
                                "public_key = \"" PUBLIC_KEY "\";\n"
                                "secret_key = \"" SECRET_KEY "\";\n";

Test(keyfile, gives_the_secret_key)
{
    char secret[41];
    char why[256] = "";

    cr_assert_eq(read_file(good_file, 0600, secret, why), STATUS_OK, "%s", why);
    cr_assert_str_eq(secret, SECRET_KEY);
}

Test(keyfile, is_refused_when_others_may_read_it)
{
    char secret[41];
    char why[256] = "";

    cr_assert_eq(read_file(good_file, 0640, secret, why), STATUS_CONFIG);
    cr_assert(strstr(why, "chmod 600") != NULL, "%s", why);
}

Test(keyfile, says_how_to_make_a_missing_one)
{
    char secret[41];
    char why[256] = "";

    cr_assert_eq(keyfile_secret(folder, "K", secret, why, sizeof why), STATUS_NO_KEY);
    cr_assert(strstr(why, "onevisit key new K") != NULL, "%s", why);
}

Test(keyfile, is_refused_when_the_key_is_short_or_the_syntax_wrong)
{
    char secret[41];
    char why[256] = "";

    cr_assert_eq(read_file("secret_key = \"0123\";\n", 0600, secret, why), STATUS_CONFIG);
    cr_assert_eq(read_file("secret_key 0123\n", 0600, secret, why), STATUS_CONFIG);
}

Test(keyfile, is_refused_when_its_keys_are_no_pair)
{
    char secret[41];
    char why[256] = "";

    cr_assert_eq(read_file("public_key = \"" SECRET_KEY "\";\nsecret_key = \"" SECRET_KEY "\";\n", 0600, secret, why),
                 STATUS_CONFIG);
    cr_assert(strstr(why, "no pair") != NULL, "%s", why);
    cr_assert_eq(read_file("secret_key = \"" SECRET_KEY "\";\n", 0600, secret, why), STATUS_CONFIG);
}
