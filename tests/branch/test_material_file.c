#include "agents/client/material_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char data[64];
static uint8_t content[MESSAGE_CHUNK_SIZE_MAX + 100];
static uint8_t sm3[SM3_SIZE];
static struct digest *digest;

static void set_up(void)
{
    snprintf(data, sizeof data, "/tmp/onevisit-material-XXXXXX");
    cr_assert_not_null(mkdtemp(data));
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i * 31 + i / 251);
    cr_assert_eq(digest_new(&digest), STATUS_OK);
    cr_assert_eq(digest_make(digest, bytes_of(content, sizeof content), sm3), STATUS_OK);
}

static void tear_down(void)
{
    char command[128];
    digest_free(&digest);
    snprintf(command, sizeof command, "rm -rf '%s'", data);
    cr_assert_eq(system(command), 0);
}

TestSuite(material_file, .init = set_up, .fini = tear_down);

static void put_first(void)
{
    cr_assert_eq(material_file_put(data, sm3, 0, bytes_of(content, MESSAGE_CHUNK_SIZE_MAX)), STATUS_OK);
}

static void put_second(void)
{
    cr_assert_eq(material_file_put(data, sm3, MESSAGE_CHUNK_SIZE_MAX, bytes_of(content + MESSAGE_CHUNK_SIZE_MAX, 100)),
                 STATUS_OK);
}

Test(material_file, stands_under_its_name_only_when_it_is_whole)
{
    char path[MATERIAL_PATH_SIZE];
    struct stat about;
    cr_expect_eq(material_file_gathered(data, sm3), 0);
    put_first();
    cr_expect_not(material_file_is_there(data, sm3));
    cr_expect_eq(material_file_gathered(data, sm3), MESSAGE_CHUNK_SIZE_MAX, "from here it goes on");
    put_second();
    cr_expect_not(material_file_is_there(data, sm3));
    cr_expect_eq(material_file_finish(data, sm3, sizeof content, digest), STATUS_OK);
    cr_expect(material_file_is_there(data, sm3));
    cr_expect_eq(material_file_gathered(data, sm3), 0);
    cr_assert(material_file_path(data, sm3, path));
    cr_assert_eq(stat(path, &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0600);
}

Test(material_file, comes_back_piece_by_piece)
{
    static uint8_t piece[MESSAGE_CHUNK_SIZE_MAX];
    uint32_t size = 0;
    put_first();
    put_second();
    cr_assert_eq(material_file_finish(data, sm3, sizeof content, digest), STATUS_OK);
    cr_expect_eq(material_file_piece(data, sm3, MESSAGE_CHUNK_SIZE_MAX, piece, &size), STATUS_OK);
    cr_expect_eq(size, 100);
    cr_expect_eq(memcmp(piece, content + MESSAGE_CHUNK_SIZE_MAX, 100), 0);
}

Test(material_file, with_a_wrong_bit_or_another_size_is_thrown_away)
{
    put_first();
    cr_expect_eq(material_file_finish(data, sm3, sizeof content, digest), STATUS_DIGEST, "the end is missing");
    cr_expect_eq(material_file_gathered(data, sm3), 0);
    content[5] ^= 1;
    put_first();
    content[5] ^= 1;
    put_second();
    cr_expect_eq(material_file_finish(data, sm3, sizeof content, digest), STATUS_DIGEST);
    cr_expect_not(material_file_is_there(data, sm3));
    cr_expect_eq(material_file_gathered(data, sm3), 0, "it begins anew");
}

Test(material_file, reads_only_a_whole_digest_from_hex)
{
    uint8_t out[SM3_SIZE];
    const char *hex = "00ff00000000000000000000000000000000000000000000000000000000000a";
    cr_expect(material_sm3(text_of(hex), out));
    cr_expect_eq(out[1], 0xff);
    cr_expect_eq(out[31], 10);
    cr_expect_not(material_sm3(text_of("00FF0000000000000000000000000000000000000000000000000000000000aa"), out));
    cr_expect_not(material_sm3((struct text){hex, 63}, out));
    cr_expect_not(material_sm3(text_of(NULL), out));
}
