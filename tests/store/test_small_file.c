#include "broker/store/small_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "house.h"

static struct house house;

static void set_up(void)
{
    house_init(&house);
}

static void tear_down(void)
{
    house_fini(&house);
}

TestSuite(small_file, .init = set_up, .fini = tear_down);

Test(small_file, writes_reads_and_removes)
{
    char path[SMALL_FILE_PATH_SIZE], why[STORE_WHY_SIZE];
    uint8_t out[8];
    size_t size;
    cr_assert_eq(folder_make(house.folder, why), STATUS_OK, "%s", why);
    cr_assert_eq(folder_make(house.folder, why), STATUS_OK, "%s", why);
    cr_assert_eq(small_file_path(path, house.folder, "name", why), STATUS_OK);
    cr_assert_eq(small_file_read(path, out, sizeof out, &size, why), STATUS_NOT_FOUND);
    cr_assert_eq(small_file_write(house.folder, "name", bytes_of("12345678", 8), why), STATUS_OK, "%s", why);
    cr_assert_eq(small_file_read(path, out, sizeof out, &size, why), STATUS_OK);
    cr_assert_eq(size, 8);
    cr_assert_eq(small_file_read(path, out, 7, &size, why), STATUS_CORRUPT);
    cr_assert_eq(small_file_write(house.folder, "name", bytes_of("123", 3), why), STATUS_OK);
    cr_assert_eq(small_file_read(path, out, sizeof out, &size, why), STATUS_OK);
    cr_assert_eq(size, 3);
    struct stat about;
    cr_assert_eq(stat(path, &about), 0);
    cr_assert_eq(about.st_mode & 0777, 0600);
    cr_assert_eq(small_file_remove(house.folder, "name", why), STATUS_OK);
    cr_assert_eq(small_file_remove(house.folder, "name", why), STATUS_OK);
    cr_assert_not(small_file_is_there(path));
}

Test(small_file, sees_whether_a_folder_is_empty)
{
    char why[STORE_WHY_SIZE];
    bool is_empty = false;
    cr_assert_eq(folder_is_empty(house.folder, &is_empty, why), STATUS_OK);
    cr_assert(is_empty, "not there yet");
    cr_assert_eq(folder_make(house.folder, why), STATUS_OK);
    cr_assert_eq(mkdir(house_path(&house, "lost+found"), 0700), 0);
    cr_assert_eq(folder_is_empty(house.folder, &is_empty, why), STATUS_OK);
    cr_assert(is_empty, "a fresh disk");
    file_put(house_path(&house, ".hidden"), "", 0);
    cr_assert_eq(folder_is_empty(house.folder, &is_empty, why), STATUS_OK);
    cr_assert_not(is_empty);
    cr_assert_eq(folder_is_empty_but(house.folder, ".hidden", &is_empty, why), STATUS_OK);
    cr_assert(is_empty);
}

Test(small_file, refuses_paths_that_are_too_long_or_no_folder)
{
    char path[SMALL_FILE_PATH_SIZE], name[SMALL_FILE_PATH_SIZE + 1], why[STORE_WHY_SIZE];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    cr_assert_eq(small_file_path(path, house.root, name, why), STATUS_CONFIG);
    cr_assert_eq(strlen(why) < STORE_WHY_SIZE, true);
    file_put(house.folder, "", 0);
    cr_assert_eq(folder_make(house.folder, why), STATUS_IO);
    cr_assert(strstr(why, house.folder), "%s", why);
}

Test(small_file, tells_a_full_disk_from_other_errors)
{
    char why[STORE_WHY_SIZE];
    cr_assert_eq(file_error(ENOSPC, "p", "w", why), STATUS_DISK_FULL);
    cr_assert_eq(file_error(EDQUOT, "p", "w", why), STATUS_DISK_FULL);
    cr_assert_eq(file_error(EFBIG, "p", "w", why), STATUS_DISK_FULL);
    cr_assert_eq(file_error(EIO, "p", "w", why), STATUS_IO);
    cr_assert_eq(file_error(ENOENT, "p", "w", why), STATUS_NOT_FOUND);
}
