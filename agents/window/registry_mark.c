#include "agents/window/registry_mark.h"

#include <string.h>

enum { AREA_PLACE = 6, SUBAREA_PLACE = 9, AREA_SIZE = 3 };

static bool has_at(struct text unit, uint32_t place, const char *digits)
{
    return unit.size >= place + AREA_SIZE && memcmp(unit.data + place, digits, AREA_SIZE) == 0;
}

enum registry_mark registry_mark_of(struct text unit)
{
    static const struct {
        const char *subarea;
        enum registry_mark mark;
    } marks[] = {{"901", MARK_SEIZED},    {"902", MARK_WAITING},   {"903", MARK_LOCKED},    {"904", MARK_OBJECTION},
                 {"905", MARK_PRENOTICE}, {"906", MARK_MORTGAGED}, {"907", MARK_RESIDENCE}, {"908", MARK_ALLOCATED},
                 {"909", MARK_ENDED},     {"910", MARK_STRANGER},  {"911", MARK_NOBODY}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (has_at(unit, AREA_PLACE, "999") && has_at(unit, SUBAREA_PLACE, marks[i].subarea))
            return marks[i].mark;
    return MARK_NONE;
}
