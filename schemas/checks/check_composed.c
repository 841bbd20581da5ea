#include "schemas/checks/composed_form.h"
#include "schemas/checks/counter.h"

/* F02 for free text that is not in NFC (DOMAIN 6.2). Names are a matter of F14;
 * codes have a check of their own. */

static void check_text(struct counter *counter, struct text text, const char *path)
{
    if (text.data && !composed_form_holds(text))
        counter_add(counter, FINDING_F02_NOT_COMPOSED, path);
}

void check_composed(struct counter *counter)
{
    const struct case_submit *application = counter->application;
    for (uint32_t index = 0; index < application->units.count; index++) {
        check_text(counter, application->units.items[index].location, path_of("units/%u/zl", index).text);
        check_text(counter, application->units.items[index].use, path_of("units/%u/use", index).text);
    }
    check_text(counter, application->scope, "dbfw");
    check_text(counter, application->contract, "dyhth");
    check_text(counter, application->end_reason, "zxdyyy");
    check_text(counter, application->prenotice_number, "prenotice_ywh");
    check_text(counter, application->earlier_number, "ssywh");
    check_text(counter, application->fixing_fact, "zgzqqdss");
    for (uint32_t index = 0; index < application->alterations.count; index++) {
        check_text(counter, application->alterations.items[index].before, path_of("changes/%u/before", index).text);
        check_text(counter, application->alterations.items[index].after, path_of("changes/%u/after", index).text);
    }
    check_text(counter, application->building_location, "zjjzwzl");
    check_text(counter, application->building_scope, "zjjzwdyfw");
    for (uint32_t index = 0; index < application->materials.count; index++)
        check_text(counter, application->materials.items[index].name, path_of("materials/%u/name", index).text);
    check_text(counter, application->consent.correction_scope, "consent/correction_scope");
}
