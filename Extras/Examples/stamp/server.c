/* server [PORT [COUNT]]: tells the time to each client that connects; after COUNT clients it ends. */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "proto.h"

/* Sends all of the line. A client that has gone ends nothing: MSG_NOSIGNAL makes it EPIPE, not SIGPIPE. */
static void send_stamp(int sd)
{
    char line[STAMPSIZE];
    int len = snprintf(line, sizeof(line), FMT_STAMP, (long long)time(NULL));

    for (int sent = 0; sent < len;) {
        ssize_t n = send(sd, line + sent, (size_t)(len - sent), MSG_NOSIGNAL);
        if (n < 0) {
            perror("send");
            return;
        }
        sent += (int)n;
    }
}

int main(int argc, char *argv[])
{
    const char *port = argc > 1 ? argv[1] : SERVERPORT;
    long count = argc > 2 ? atol(argv[2]) : -1;

    int sd = socket(AF_INET, SOCK_STREAM, 0);
    if (sd < 0) {
        perror("socket");
        exit(1);
    }

    /*
     * The side that closes first keeps its connections in TIME_WAIT for a minute: here the server. Without
     * this option, set before bind, it could not start again until the last of them is gone.
     */
    int on = 1;
    if (setsockopt(sd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0) {
        perror("setsockopt");
        exit(1);
    }

    struct sockaddr_in local;
    memset(&local, 0, sizeof(local));
    local.sin_family = AF_INET;
    local.sin_port = htons((uint16_t)atoi(port));
    local.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(sd, (struct sockaddr *)&local, sizeof(local)) < 0) {
        perror("bind");
        exit(1);
    }
    if (listen(sd, 200) < 0) {
        perror("listen");
        exit(1);
    }

    long served = 0;
    while (count < 0 || served < count) {
        struct sockaddr_in peer;
        socklen_t peer_len = sizeof(peer);

        int client = accept(sd, (struct sockaddr *)&peer, &peer_len);
        if (client < 0) {
            perror("accept");
            if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK || errno == EOPNOTSUPP) {
                exit(1);
            }
            /* Other errors end one connection, or pass: out of descriptors or memory, wait a little. */
            struct timespec pause = {0, 10 * 1000 * 1000};
            nanosleep(&pause, NULL);
            continue;
        }

        char address[INET_ADDRSTRLEN];
        if (inet_ntop(AF_INET, &peer.sin_addr, address, sizeof(address)) != NULL) {
            fprintf(stderr, "%s:%d\n", address, ntohs(peer.sin_port));
        }
        send_stamp(client);
        close(client);
        served++;
    }

    close(sd);
    return 0;
}
