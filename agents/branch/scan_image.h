#ifndef ONEVISIT_AGENTS_BRANCH_SCAN_IMAGE_H
#define ONEVISIT_AGENTS_BRANCH_SCAN_IMAGE_H

#include "agents/branch/scan.h"

/* Private to scan.c: does every line of the picture decode? */
bool scan_jpeg_is_whole(struct bytes file);
bool scan_png_is_whole(struct bytes file);

#endif
