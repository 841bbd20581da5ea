#include "agents/branch/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/branch/scan.h"

enum status attach_init(struct attach *attach, const char *folder)
{
    memset(attach, 0, sizeof *attach);
    attach->folder = folder;
    return digest_new(&attach->digest);
}

void attach_fini(struct attach *attach)
{
    digest_free(&attach->digest);
}

/* ---- reading ---- */

static enum status read_all(int file, uint8_t *out, size_t size)
{
    size_t used = 0;
    while (used < size) {
        ssize_t count = read(file, out + used, size - used);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return STATUS_IO; /* it grew shorter while it was read */
        used += (size_t)count;
    }
    return STATUS_OK;
}

static enum status take_open(int file, uint8_t **out, uint32_t *size)
{
    struct stat about;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size == 0)
        return STATUS_IO;
    if (about.st_size > MATERIAL_SIZE_MAX)
        return STATUS_TOO_LARGE;
    *size = (uint32_t)about.st_size;
    *out = malloc(*size);
    return *out ? read_all(file, *out, *size) : STATUS_NO_MEMORY;
}

enum status file_take(const char *path, uint8_t **out, uint32_t *size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    *out = NULL;
    *size = 0;
    if (file < 0)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_IO;
    enum status status = take_open(file, out, size);
    close(file);
    if (status != STATUS_OK) {
        free(*out);
        *out = NULL;
    }
    return status;
}

/* ---- what is found ---- */

static void find(struct attach *attach, enum finding_name name, size_t index, const char *field, const char *detail)
{
    struct check_result *found = &attach->found;
    if (found->count == CHECK_FOUND_COUNT_MAX) {
        found->has_more = true;
        return;
    }
    struct found *item = &found->items[found->count++];
    *item = (struct found){.name = name};
    snprintf(item->path, sizeof item->path, "materials/%zu/%s", index, field);
    snprintf(item->detail, sizeof item->detail, "%s", detail);
    found->error_count += finding_row(name)->level[0] == 'E';
}

/* What is written already must be so; what is not is written. False when out of memory. */
static bool agree(struct attach *attach, size_t index, json_t *material, const char *field, json_t *truth)
{
    const json_t *said = json_object_get(material, field);
    if (said && !json_equal(said, truth))
        find(attach, FINDING_MAT02_FILE_OTHER, index, field, "");
    if (said) {
        json_decref(truth);
        return true;
    }
    return json_object_set_new(material, field, truth) == 0;
}

static void judge_pages(struct attach *attach, size_t index, const json_t *material, long pages)
{
    char detail[32];
    const json_t *said = json_object_get(material, "pages");
    if (!json_is_integer(said) || json_integer_value(said) == pages)
        return;
    snprintf(detail, sizeof detail, "%ld", pages);
    find(attach, FINDING_MAT02_FILE_PAGES, index, "pages", detail);
}

/* ---- one material ---- */

static bool write_facts(struct attach *attach, size_t index, json_t *material, const struct scan *scan,
                        const struct attached *file)
{
    char hex[SM3_HEX_SIZE];
    hex_show(bytes_of(file->sm3, SM3_SIZE), hex, sizeof hex);
    return agree(attach, index, material, "sm3", json_string(hex)) &&
           agree(attach, index, material, "size", json_integer(file->size)) &&
           (!scan->mime || agree(attach, index, material, "mime", json_string(scan->mime))) &&
           json_object_set_new(material, "carried", json_true()) == 0;
}

static enum status look(struct attach *attach, size_t index, json_t *material, struct attached *file,
                        struct bytes content)
{
    struct scan scan;
    scan_look(content, &scan);
    if (scan.flaw == SCAN_KIND)
        find(attach, FINDING_MAT02_FILE_KIND, index, "file", "");
    else if (scan.flaw == SCAN_DAMAGED)
        find(attach, FINDING_MAT02_FILE_DAMAGED, index, "file", "");
    else
        judge_pages(attach, index, material, scan.pages);
    file->size = content.size;
    enum status status = digest_make(attach->digest, content, file->sm3);
    if (status != STATUS_OK)
        return status;
    return write_facts(attach, index, material, &scan, file) ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Below the folder, and nowhere else. */
static bool name_is_good(const char *name)
{
    return name && name[0] != '\0' && name[0] != '/' && !strstr(name, "..");
}

static bool make_path(const struct attach *attach, const json_t *name, char out[ATTACH_PATH_SIZE])
{
    const char *text = json_string_value(name);
    return name_is_good(text) && snprintf(out, ATTACH_PATH_SIZE, "%s/%s", attach->folder, text) < ATTACH_PATH_SIZE;
}

/* So that one fault is said once: the application is refused already, and lacks nothing else. */
static bool stand_in(json_t *material)
{
    char hex[SM3_HEX_SIZE];
    static const uint8_t nothing[SM3_SIZE];
    hex_show(bytes_of(nothing, SM3_SIZE), hex, sizeof hex);
    return json_object_get(material, "sm3") || json_object_set_new(material, "sm3", json_string(hex)) == 0;
}

static enum status attach_material(struct attach *attach, size_t index, json_t *material, const json_t *name)
{
    struct attached *file = &attach->files[attach->count];
    uint8_t *content = NULL;
    uint32_t size = 0;
    enum status status =
        make_path(attach, name, file->path) ? file_take(file->path, &content, &size) : STATUS_NOT_FOUND;
    if (status == STATUS_NO_MEMORY)
        return status;
    if (status == STATUS_TOO_LARGE)
        find(attach, FINDING_MAT02_FILE_LARGE, index, "file", "");
    else if (status != STATUS_OK)
        find(attach, FINDING_MAT02_FILE_MISSING, index, "file", "");
    if (status != STATUS_OK)
        return stand_in(material) ? STATUS_OK : STATUS_NO_MEMORY;
    status = look(attach, index, material, file, bytes_of(content, size));
    attach->count++;
    free(content);
    return status;
}

enum status attach_application(struct attach *attach, json_t *application)
{
    size_t index;
    json_t *material;
    enum status status = STATUS_OK;
    attach->count = 0;
    attach->found.count = attach->found.error_count = 0;
    attach->found.has_more = false;
    json_array_foreach(json_object_get(application, "materials"), index, material)
    {
        json_t *name = json_incref(json_object_get(material, "file"));
        if (!name && json_object_get(material, "carried"))
            find(attach, FINDING_MAT02_FILE_UNNAMED, index, "carried", "");
        if (name && attach->folder && attach->count < MATERIAL_COUNT_MAX) {
            status = attach_material(attach, index, material, name);
            (void)!json_object_del(material, "file");
        }
        json_decref(name);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}
