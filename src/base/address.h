/* Addresses and identifiers as people write them, to the bytes that they are. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* 192.0.2.1: four decimal numbers up to 255, without zeros in front. */
bool address_ipv4(struct bytes text, uint8_t at[4]);

/* RFC 4291, 2.2: 2001:db8::1, also with its last part dotted (::ffff:192.0.2.1). */
bool address_ipv6(struct bytes text, uint8_t at[16]);

/* n bytes of two hex digits each, all of them with ':' or all with '-' between them: 00:11:22:33:44:55. */
bool address_octets(struct bytes text, uint8_t *at, unsigned n);

/* RFC 9562: 00112233-4455-6677-8899-aabbccddeeff, the digits small or large. */
bool address_uuid(struct bytes text, uint8_t at[16]);

#endif
