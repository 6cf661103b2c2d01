#ifndef SCORE_H__
#define SCORE_H__

/* The 21-byte message of Examples/score, once as a program holds it and once as it travels. */

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#define NAMESIZE 13

struct score {
    uint8_t name[NAMESIZE];
    uint32_t math;
    uint32_t chinese;
};

struct score_wire {
    uint8_t name[NAMESIZE];
    uint32_t math;
    uint32_t chinese;
} __attribute__((packed));

_Static_assert(sizeof(struct score_wire) == 21, "the message has 21 bytes");

static inline void encode(const struct score *score, uint8_t *buffer)
{
    struct score_wire *wire = (struct score_wire *)buffer;

    memcpy(wire->name, score->name, NAMESIZE);
    wire->math = htonl(score->math);
    wire->chinese = htonl(score->chinese);
}

static inline void decode(const uint8_t *buffer, struct score *score)
{
    const struct score_wire *wire = (const struct score_wire *)buffer;

    memcpy(score->name, wire->name, NAMESIZE);
    score->math = ntohl(wire->math);
    score->chinese = ntohl(wire->chinese);
}

#endif
