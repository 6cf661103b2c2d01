#ifndef STREAM_H__
#define STREAM_H__

/* What the C peers over TCP share: a listener on every address, a connection, a write of all bytes. */

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "report.h"

static inline void set_on(int sd, int level, int option)
{
    int on = 1;

    if (setsockopt(sd, level, option, &on, sizeof(on)) < 0) {
        die("setsockopt");
    }
}

static inline int listening_socket(const char *port)
{
    struct sockaddr_in local;

    int sd = socket(AF_INET, SOCK_STREAM, 0);
    if (sd < 0) {
        die("socket");
    }
    set_on(sd, SOL_SOCKET, SO_REUSEADDR);
    memset(&local, 0, sizeof(local));
    local.sin_family = AF_INET;
    local.sin_port = htons((uint16_t)atoi(port));
    local.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(sd, (struct sockaddr *)&local, sizeof(local)) < 0) {
        die("bind");
    }
    if (listen(sd, SOMAXCONN) < 0) {
        die("listen");
    }
    return sd;
}

static inline struct addrinfo *stream_peer(const char *host, const char *port)
{
    struct addrinfo hints, *peer;

    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    int error = getaddrinfo(host, port, &hints, &peer);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", host, gai_strerror(error));
        exit(1);
    }
    return peer;
}

/* With TCP_NODELAY: the small messages here wait for an answer. */
static inline int connected_to(const struct addrinfo *peer)
{
    int sd = socket(AF_INET, SOCK_STREAM, 0);
    if (sd < 0) {
        die("socket");
    }
    set_on(sd, IPPROTO_TCP, TCP_NODELAY);
    if (connect(sd, peer->ai_addr, peer->ai_addrlen) < 0) {
        die("connect");
    }
    return sd;
}

/* Writes all of the bytes, however often a signal comes between; -1 when the peer has gone. */
static inline int write_all(int sd, const uint8_t *bytes, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t n = send(sd, bytes + sent, size - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) {
            return -1;
        }
        sent += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

#endif
