#ifndef ONEVISIT_BROKER_CORE_MATERIAL_H
#define ONEVISIT_BROKER_CORE_MATERIAL_H

#include "broker/core/state.h"

/* The files of a branch, carried in pieces before the application that names
 * them. The core holds no bytes: a row says where in the journal the pieces of
 * a file stand. A file is named by its branch and its SM3.
 *
 *  1. Pieces come in order, each of MESSAGE_CHUNK_SIZE_MAX bytes but the last;
 *     piece 0 begins the file anew as long as it is not whole.
 *  2. The shell lets the last piece in only when the whole has its digest, so
 *     a file with all its pieces is good.
 *  3. An application is taken only when all files it carries are whole. From
 *     then on its window, and nobody else, may ask for their pieces.
 *  4. At most MATERIAL_WAITING_COUNT_MAX files of a branch wait for a case. */

uint32_t material_piece_count(int64_t size);
/* False when nothing of the file is held. Its list is valid until the core decodes again. */
bool material_find(struct core *core, struct text branch, struct bytes file_digest, struct material_row *out);
bool material_is_whole(const struct material_row *row);
/* The digest a material writes in hex, which the reader saw to (RULE_SM3_HEX). */
void material_digest(const struct material *material, uint8_t out[DIGEST_SIZE]);

/* Takes the piece of this turn into its file. */
void material_take(struct turn *turn);
/* STATUS_OK when all files that are carried are whole; sets turn->path. */
enum status materials_judge(struct turn *turn, const struct material_list *materials);
/* The case carries these files from now on. True when each material is carried. */
bool materials_bind(struct turn *turn, const struct case_file *file, const struct material_list *materials);

#endif
