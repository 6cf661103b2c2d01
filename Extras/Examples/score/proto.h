#ifndef PROTO_H__
#define PROTO_H__

#include <stdint.h>

#define RECVPORT "8089"
#define NAMESIZE 13

/* One datagram is one message. Integers travel in network byte order. */
struct msg_st {
    uint8_t name[NAMESIZE]; /* filled up with NUL; 13 bytes of name have no NUL */
    uint32_t math;
    uint32_t chinese;
} __attribute__((packed));

#endif
