#include "agents/branch/scan.h"

#include <qpdf/qpdf-c.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/scan_image.h"

static bool begins_with(struct bytes file, const char *magic, size_t size)
{
    return file.size >= size && memcmp(file.data, magic, size) == 0;
}

/* Pages, or -1 where it is damaged. */
static long pdf_pages(struct bytes file)
{
    qpdf_data pdf = qpdf_init();
    long pages = -1;
    if (!pdf)
        return -1;
    qpdf_silence_errors(pdf);
    qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
    bool is_good = qpdf_read_memory(pdf, "file", (const char *)file.data, file.size, NULL) == QPDF_SUCCESS &&
                   qpdf_check_pdf(pdf) == QPDF_SUCCESS && !qpdf_more_warnings(pdf);
    if (is_good)
        pages = qpdf_get_num_pages(pdf);
    if (qpdf_has_error(pdf))
        (void)qpdf_get_error(pdf); /* read, so that nobody prints it */
    qpdf_cleanup(&pdf);
    return pages;
}

static void take(struct scan *out, const char *mime, long pages)
{
    *out = (struct scan){.flaw = pages > 0 ? SCAN_GOOD : SCAN_DAMAGED, .mime = mime, .pages = pages};
}

void scan_look(struct bytes file, struct scan *out)
{
    if (begins_with(file, "%PDF-", 5))
        take(out, "application/pdf", pdf_pages(file));
    else if (begins_with(file, "\xff\xd8\xff", 3))
        take(out, "image/jpeg", scan_jpeg_is_whole(file) ? 1 : -1);
    else if (begins_with(file, "\x89PNG\r\n\x1a\n", 8))
        take(out, "image/png", scan_png_is_whole(file) ? 1 : -1);
    else
        *out = (struct scan){.flaw = SCAN_KIND};
}
