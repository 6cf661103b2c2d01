#ifndef DATAGRAM_H__
#define DATAGRAM_H__

/* What the UDP programs share. */

#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "report.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

/* A socket at a port of every IPv4 address; 0 lets the system choose. */
static inline int bound_datagram_socket(uint16_t port)
{
    struct sockaddr_in local;

    int sd = socket(AF_INET, SOCK_DGRAM, 0);
    if (sd < 0) {
        die("socket");
    }
    memset(&local, 0, sizeof(local));
    local.sin_family = AF_INET;
    local.sin_port = htons(port);
    local.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(sd, (struct sockaddr *)&local, sizeof(local)) < 0) {
        die("bind");
    }
    return sd;
}

#endif
