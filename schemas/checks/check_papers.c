#include "schemas/checks/counter.h"
#include "schemas/checks/material_list.h"

/* MAT02 what the scanner found, MAT03 one signing session, MAT05 the papers an
 * owner's situation asks for. */

enum { RESOLUTION_DPI_MIN = 200 };

static void check_pages(struct counter *counter, struct number count, enum finding_name name, const char *path)
{
    if (count.is_present && count.value > 0)
        counter_add_detail(counter, name, path, "%lld", (long long)count.value);
}

static void check_scan(struct counter *counter, const struct material *material, uint32_t index)
{
    if (material->dpi.is_present && material->dpi.value < RESOLUTION_DPI_MIN)
        counter_add(counter, FINDING_MAT02_RESOLUTION, path_of("materials/%u/dpi", index).text);
    check_pages(counter, material->blank_pages, FINDING_MAT02_BLANK, path_of("materials/%u/blank_pages", index).text);
    check_pages(counter, material->unreadable_pages, FINDING_MAT02_UNREADABLE,
                path_of("materials/%u/unreadable_pages", index).text);
    check_pages(counter, material->turned_pages, FINDING_MAT02_TURNED,
                path_of("materials/%u/turned_pages", index).text);
}

/* Papers that several sign are signed together; the first one says where. */
static void check_sessions(struct counter *counter)
{
    const struct material_list *materials = &counter->application->materials;
    const struct material *first = NULL;
    for (uint32_t index = 0; index < materials->count; index++) {
        const struct material *material = &materials->items[index];
        if (!material->signing_session.data || material->signed_by.count < 2)
            continue;
        if (!first)
            first = material;
        if (!text_equal(material->signing_session, first->signing_session))
            counter_add(counter, FINDING_MAT03_SESSION, path_of("materials/%u/signing_session", index).text);
    }
}

/* The material that stands for a paper of the dictionary. */
static const char *material_of_paper(struct text paper)
{
    static const struct {
        const char *paper;
        const char *material;
    } papers[] = {{"marriage", "HYZM"}, {"notary", "GZS"}};
    for (size_t index = 0; index < sizeof papers / sizeof papers[0]; index++)
        if (text_is(paper, papers[index].paper))
            return papers[index].material;
    return NULL;
}

static void check_papers_of(struct counter *counter, const struct mortgagor *owner, uint32_t index)
{
    for (uint32_t each = 0; each < owner->papers.count; each++) {
        const char *code = material_of_paper(owner->papers.items[each]);
        if (code && !material_list_holds(counter, code))
            counter_add_detail(counter, FINDING_MAT05_PAPER, path_of("mortgagors/%u/papers/%u", index, each).text, "%s",
                               code);
    }
}

void check_papers(struct counter *counter)
{
    const struct case_submit *application = counter->application;
    if (!material_list_is_known(counter))
        return;
    for (uint32_t index = 0; index < application->materials.count; index++)
        check_scan(counter, &application->materials.items[index], index);
    check_sessions(counter);
    for (uint32_t index = 0; index < application->mortgagors.count; index++)
        check_papers_of(counter, &application->mortgagors.items[index], index);
}
