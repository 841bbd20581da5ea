#ifndef ONEVISIT_BROKER_ZAP_H
#define ONEVISIT_BROKER_ZAP_H

#include "broker/auth.h"

/* Answers libzmq's ZAP questions (RFC 27) at the handshake: whose key is it? The
 * directory answers through auth.h. */
struct zap;

MUST_CHECK enum status zap_open(void *context, struct auth *auth, struct zap **out);
void zap_close(struct zap **zap);
void *zap_socket(const struct zap *zap);
/* Answers all handshakes that wait. */
void zap_serve(struct zap *zap, int64_t now_us);

#endif
