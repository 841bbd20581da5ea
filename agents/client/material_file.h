#ifndef ONEVISIT_AGENTS_CLIENT_MATERIAL_FILE_H
#define ONEVISIT_AGENTS_CLIENT_MATERIAL_FILE_H

#include "agents/client/digest.h"
#include "schemas/message.h"

/* The files of materials in an agent's data folder: DATA/materials/SM3 in hex,
 * readable by its owner alone. A file stands under its name only when it is
 * whole, on disk, and of that digest; until then its pieces gather in SM3.part,
 * from where they go on after a crash. */

enum { MATERIAL_PATH_SIZE = 4200 };

/* Where the whole file stands. False when the path is too long. */
bool material_file_path(const char *data, const uint8_t sm3[SM3_SIZE], char out[MATERIAL_PATH_SIZE]);
bool material_file_is_there(const char *data, const uint8_t sm3[SM3_SIZE]);

/* How much of it has gathered, in whole pieces. */
int64_t material_file_gathered(const char *data, const uint8_t sm3[SM3_SIZE]);
MUST_CHECK enum status material_file_put(const char *data, const uint8_t sm3[SM3_SIZE], int64_t offset,
                                         struct bytes piece);
/* All `size` bytes have gathered: on disk and in place when this says STATUS_OK. STATUS_DIGEST: they are not the file,
 * and are gone. */
MUST_CHECK enum status material_file_finish(const char *data, const uint8_t sm3[SM3_SIZE], int64_t size,
                                            struct digest *digest);

/* Reads one piece; `out` has room for MESSAGE_CHUNK_SIZE_MAX bytes. STATUS_NOT_FOUND, STATUS_IO. */
MUST_CHECK enum status material_file_piece(const char *data, const uint8_t sm3[SM3_SIZE], int64_t offset, uint8_t *out,
                                           uint32_t *size);

/* The bytes behind a material's `sm3`; false where that is no digest. */
bool material_sm3(struct text hex, uint8_t out[SM3_SIZE]);

#endif
