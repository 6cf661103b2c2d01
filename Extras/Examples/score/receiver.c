/* receiver [PORT [COUNT]]: prints every score that arrives; after COUNT of them it ends. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "proto.h"

int main(int argc, char *argv[])
{
    const char *port = argc > 1 ? argv[1] : RECVPORT;
    long count = argc > 2 ? atol(argv[2]) : -1;

    int sd = socket(AF_INET, SOCK_DGRAM, 0);
    if (sd < 0) {
        perror("socket");
        exit(1);
    }

    /* No SO_REUSEADDR: on UDP it would let a second receiver take the messages away from this one. */
    struct sockaddr_in local;
    memset(&local, 0, sizeof(local));
    local.sin_family = AF_INET;
    local.sin_port = htons((uint16_t)atoi(port));
    local.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(sd, (struct sockaddr *)&local, sizeof(local)) < 0) {
        perror("bind");
        exit(1);
    }

    long received = 0;
    while (count < 0 || received < count) {
        struct msg_st msg;
        struct sockaddr_in peer;
        socklen_t peer_len = sizeof(peer);

        /* MSG_TRUNC: the result is the length of the datagram, also where it is longer than the message. */
        ssize_t n = recvfrom(sd, &msg, sizeof(msg), MSG_TRUNC, (struct sockaddr *)&peer, &peer_len);
        if (n < 0) {
            perror("recvfrom");
            exit(1);
        }

        char address[INET_ADDRSTRLEN];
        if (inet_ntop(AF_INET, &peer.sin_addr, address, sizeof(address)) == NULL) {
            perror("inet_ntop");
            exit(1);
        }
        if (n != (ssize_t)sizeof(msg)) {
            fprintf(stderr, "%s:%d: ignored: %zd bytes where a message has %zu\n", address,
                    ntohs(peer.sin_port), n, sizeof(msg));
            continue;
        }

        /* At most NAMESIZE bytes: a name that fills its field has no NUL behind it. */
        fprintf(stderr, "%s:%d\n", address, ntohs(peer.sin_port));
        printf("%.*s %lu %lu\n", NAMESIZE, (const char *)msg.name, (unsigned long)ntohl(msg.math),
               (unsigned long)ntohl(msg.chinese));
        if (fflush(stdout) != 0) {
            perror("stdout");
            exit(1);
        }
        received++;
    }

    close(sd);
    return 0;
}
