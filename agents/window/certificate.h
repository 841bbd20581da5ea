#ifndef ONEVISIT_AGENTS_WINDOW_CERTIFICATE_H
#define ONEVISIT_AGENTS_WINDOW_CERTIFICATE_H

#include "schemas/status.h"
#include "schemas/text.h"

/* A one-page PDF that stands for a registration proof in tests: stamped
 * 测试 / TEST all over, never to be taken for a real one. Chinese text uses the
 * predefined font STSong-Light, so that the file stays small. */

enum { CERTIFICATE_SIZE_MAX = 16384, CERTIFICATE_LINE_COUNT_MAX = 24 };

/* `lines` are UTF-8, one line of the page each. STATUS_LIMIT when it does not fit. */
MUST_CHECK enum status certificate_make(const struct text *lines, uint32_t count, uint8_t out[CERTIFICATE_SIZE_MAX],
                                        size_t *size);

#endif
