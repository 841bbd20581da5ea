#include "tests/bench/applications.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "schemas/windows.h"

enum { APPLICATION_SIZE_MAX = 4096, UNITS_OF_BUILDING = 9000, UNITS_OF_PARCEL = 90000000 };

struct applications {
    json_t *template;
    struct digest *digest; /* borrowed */
};

bool applications_new(struct digest *digest, struct applications **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return false;
    (*out)->digest = digest;
    (*out)->template = json_load_file("tests/bench/application.json", 0, NULL);
    return (*out)->template != NULL;
}

void applications_free(struct applications **applications)
{
    if (*applications == NULL)
        return;
    json_decref((*applications)->template);
    free(*applications);
    *applications = NULL;
}

bool applications_make(struct applications *applications, uint32_t index, struct crowd_case *out)
{
    json_t *template = applications->template;
    json_t *unit = json_array_get(json_object_get(template, "units"), 0);
    const struct window *window = window_at(out->window);
    uint8_t *bytes = malloc(APPLICATION_SIZE_MAX);
    char number[32];
    char contract[32];
    size_t size = 0;

    snprintf(number, sizeof number, "%s999001GB%05uF%04u%04u", window->district, 1 + index / UNITS_OF_PARCEL % 99999,
             1 + index / UNITS_OF_BUILDING % 9000, 1 + index % UNITS_OF_BUILDING);
    snprintf(contract, sizeof contract, "DY-2026-%08u", index);
    json_object_set_new(template, "district", json_string(window->district));
    json_object_set_new(template, "dyhth", json_string(contract));
    json_object_set_new(unit, "bdcdyh", json_string(number));
    if (bytes == NULL || json_to_msgpack(template, bytes, APPLICATION_SIZE_MAX, &size) != STATUS_OK) {
        free(bytes);
        return false;
    }
    out->application = bytes_of(bytes, size);
    return digest_make(applications->digest, out->application, out->digest) == STATUS_OK;
}
