#include "broker/store/body_seal.h"

#include <unistd.h>

enum status body_seal_init(struct body_seal *seal)
{
    seal->algorithm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    seal->context = EVP_CIPHER_CTX_new();
    if (!seal->algorithm || !seal->context)
        return STATUS_NO_MEMORY;
    return getentropy(seal->start, sizeof seal->start) == 0 ? STATUS_OK : STATUS_IO;
}

void body_seal_fini(struct body_seal *seal)
{
    EVP_CIPHER_CTX_free(seal->context);
    EVP_CIPHER_free(seal->algorithm);
    *seal = (struct body_seal){0};
}

void body_seal_nonce(const struct body_seal *seal, uint64_t sequence, uint8_t out[NONCE_SIZE])
{
    memcpy(out, seal->start, NONCE_START_SIZE);
    for (int i = NONCE_SIZE - 1; i >= NONCE_START_SIZE; i--, sequence >>= 8)
        out[i] = (uint8_t)sequence;
}

enum status body_seal_close(const struct body_seal *seal, const uint8_t key[KEY_SIZE], const uint8_t nonce[NONCE_SIZE],
                            struct bytes clear, const struct bytes *parts, uint32_t count, uint8_t *out)
{
    int size = 0;
    if (EVP_EncryptInit_ex2(seal->context, seal->algorithm, key, nonce, NULL) != 1 ||
        EVP_EncryptUpdate(seal->context, NULL, &size, clear.data, (int)clear.size) != 1)
        return STATUS_IO;
    for (uint32_t i = 0; i < count; i++) {
        if (parts[i].size == 0)
            continue;
        if (EVP_EncryptUpdate(seal->context, out, &size, parts[i].data, (int)parts[i].size) != 1)
            return STATUS_IO;
        out += size;
    }
    if (EVP_EncryptFinal_ex(seal->context, out, &size) != 1 ||
        EVP_CIPHER_CTX_ctrl(seal->context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, out) != 1)
        return STATUS_IO;
    return STATUS_OK;
}

enum status body_seal_open(const struct body_seal *seal, const uint8_t key[KEY_SIZE], const uint8_t nonce[NONCE_SIZE],
                           struct bytes clear, struct bytes sealed, uint8_t *out)
{
    if (sealed.size < TAG_SIZE)
        return STATUS_CORRUPT;
    int size = 0, plain_size = (int)sealed.size - TAG_SIZE;
    uint8_t tag[TAG_SIZE], rest[TAG_SIZE];
    memcpy(tag, sealed.data + plain_size, TAG_SIZE);
    if (EVP_DecryptInit_ex2(seal->context, seal->algorithm, key, nonce, NULL) != 1 ||
        EVP_DecryptUpdate(seal->context, NULL, &size, clear.data, (int)clear.size) != 1)
        return STATUS_IO;
    if (plain_size > 0 && EVP_DecryptUpdate(seal->context, out, &size, sealed.data, plain_size) != 1)
        return STATUS_IO;
    if (EVP_CIPHER_CTX_ctrl(seal->context, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) != 1)
        return STATUS_IO;
    return EVP_DecryptFinal_ex(seal->context, rest, &size) == 1 ? STATUS_OK : STATUS_CORRUPT;
}
