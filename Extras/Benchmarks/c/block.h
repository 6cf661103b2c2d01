#ifndef BLOCK_H__
#define BLOCK_H__

/* The 1200-byte message: a number and bytes, encoded and decoded as the score is. */

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_BYTES 1196

struct block {
    uint32_t number;
    uint8_t bytes[BLOCK_BYTES];
};

_Static_assert(sizeof(struct block) == 1200, "the message has 1200 bytes");

static inline void encode_block(const struct block *block, uint8_t *buffer)
{
    uint32_t number = htonl(block->number);

    memcpy(buffer, &number, sizeof(number));
    memcpy(buffer + sizeof(number), block->bytes, BLOCK_BYTES);
}

static inline void decode_block(const uint8_t *buffer, struct block *block)
{
    uint32_t number;

    memcpy(&number, buffer, sizeof(number));
    block->number = ntohl(number);
    memcpy(block->bytes, buffer + sizeof(number), BLOCK_BYTES);
}

#endif
