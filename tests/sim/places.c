#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "schemas/record.h"
#include "tests/sim/keyring.h"
#include "tests/sim/peer.h"
#include "tests/sim/ruling.h"
#include "tests/sim/world.h"

/* The two real files the daemon reads at each start, made once for all runs: its
 * key and the directory of all peers there may be. And the application everybody
 * starts from. */

static char folder[64];

static void remove_places(void)
{
    char path[128];

    snprintf(path, sizeof path, "%s/K.key", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/directory.json", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/rules", folder);
    ruling_remove_folder(path);
    rmdir(folder);
}

static bool write_key(void)
{
    char path[128], public[41], secret[41];

    if (zmq_curve_keypair(public, secret) != 0)
        return false;
    snprintf(path, sizeof path, "%s/K.key", folder);
    FILE *file = fopen(path, "w");
    if (file == NULL || fchmod(fileno(file), S_IRUSR | S_IWUSR) != 0)
        return false;
    fprintf(file, "participant = \"K\";\npublic_key = \"%s\";\nsecret_key = \"%s\";\n", public, secret);
    return fclose(file) == 0;
}

bool places_make(struct settings *out)
{
    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "/tmp/onevisit-sim-XXXXXX");
        if (mkdtemp(folder) == NULL || !write_key())
            return false;
        atexit(remove_places);
    }
    settings_init(out);
    snprintf(out->data, sizeof out->data, "/sim");
    snprintf(out->keys, sizeof out->keys, "%s", folder);
    snprintf(out->directory, sizeof out->directory, "%s/directory.json", folder);
    snprintf(out->listen, sizeof out->listen, "sim");
    out->is_test = true;
    out->checkpoint_records_max = 16 + random_below(&world->random, 64);
    out->batch_count_max = 1 + random_below(&world->random, 64);
    out->lease_ms_max = 8000;
    out->delivery_attempts_max = world_has(FEATURE_PARK) ? 3 : 10000;
    out->silence_ms_max = 12000;
    out->heartbeat_ms = 2000;
    out->archive_days = random_below(&world->random, 2);
    if (!world_has(FEATURE_RULES))
        return keyring_write(out->directory);
    snprintf(out->rules, sizeof out->rules, "%s/rules", folder);
    return ruling_make_folder(out->rules) && keyring_write(out->directory);
}

/* ---- the application ---- */

static const char example[] =
    "{\"kind\":\"M01\",\"district\":\"370102\",\"units\":[{\"bdcdyh\":\"370102999001GB00001F00010203\",\"bdcqzh\":"
    "\"鲁（2026）济南市不动产权第0012345号\",\"zl\":\"示例路1号\",\"mj\":\"118.42\",\"use\":\"住宅\"}],\"dybdclx\":"
    "\"2\","
    "\"mortgagors\":[{\"name\":\"张某\",\"idt\":\"1\",\"id\":\"370116198506150003\",\"gyfs\":\"0\"}],\"mortgagee\":{"
    "\"name\":\"示例银行历下支行\",\"uscc\":\"91370100MAQQQQ019K\",\"cnaps\":\"105451099995\",\"agent\":{\"name\":"
    "\"王某\","
    "\"idt\":\"1\",\"id\":\"371681197811030009\"}},\"debtors\":[{\"ref\":\"mortgagors/"
    "0\"}],\"dyfs\":\"1\",\"bdbzzqse\":"
    "80210700,\"zwlxqssj\":\"2026-09-30\",\"zwlxjssj\":\"2056-09-30\",\"dbfw\":\"主债权及利息\",\"sfczjzhxz\":0,"
    "\"dyhth\":"
    "\"DY-2026-000001\",\"materials\":[{\"code\":\"SQS\",\"pages\":2,\"sm3\":"
    "\"aed7b506e34ef74e5c9cf470dea70a93500b472a0e94bc0af0495f5d06ffdfb1\",\"signed_by\":[\"mortgagors/0\",\"mortgagee/"
    "agent\"]},{\"code\":\"ID\",\"pages\":4,\"sm3\":"
    "\"832603cf7e7de29985d43bf2115c62d2c4bea53fb97adda928e6d437be0f09cc\"},"
    "{\"code\":\"QSZ\",\"pages\":2,\"sm3\":\"5591a1d9bca9de4b3e712423dbeb64422c682d0e8da941f18607fd2cbf76b0d0\"},{"
    "\"code\":"
    "\"HTB\",\"pages\":1,\"sm3\":\"8dd89754b23cb83d6aa00174bd801c1783e2a3d5b37377ff910b9cd162811476\",\"signed_by\":["
    "\"mortgagors/0\",\"mortgagee/agent\"]},{\"code\":\"SQWT\",\"pages\":1,\"sm3\":"
    "\"34538bd2f2ae9d23be938d1a7c1493b7d4a8a0ca438c97ca4a82a127773d7ad1\",\"signed_by\":[\"mortgagee\"]},{\"code\":"
    "\"XWBL\",\"pages\":2,\"sm3\":\"58cb6cee484d9995c2cd2b579542f60f5c4e2fab568c1f301bb48b463db84456\",\"signed_by\":["
    "\"mortgagors/0\"]}],\"consent\":{\"pipl\":\"C-0001\",\"face\":[\"F-01\"]},\"fee_payer\":\"mortgagee\"}";

const struct case_submit *application_example(void)
{
    static struct case_submit application;
    static uint8_t memory[1 << 16];
    static json_t *json; /* its texts are borrowed for ever */
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {.count = 0};

    if (json != NULL)
        return &application;
    json = json_loads(example, 0, NULL);
    if (json == NULL || record_from_json(&record_case_submit, json, &arena, &application, &problems) != STATUS_OK) {
        fprintf(stderr, "sim: the example application cannot be read: %s\n",
                problems.count > 0 ? problems.items[0].path : "no JSON");
        abort();
    }
    return &application;
}
