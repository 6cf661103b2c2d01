#ifndef PROTO_TAIL_H__
#define PROTO_TAIL_H__

#include <stdint.h>

#define RECVPORT "8089"

/*
 * 512 bytes, less 8 of UDP header, less the 8 bytes in front of the name. UDP would carry more; 504 bytes of
 * payload is what every IPv4 host has to take.
 */
#define NAMEMAX (512-8-8)

/* One datagram is one message. Integers travel in network byte order. */
struct msg_tail_st {
    uint32_t math;
    uint32_t chinese;
    uint8_t name[1]; /* where the name begins: it is the rest of the datagram, 0 to NAMEMAX bytes, no NUL */
} __attribute__((packed));

#endif
