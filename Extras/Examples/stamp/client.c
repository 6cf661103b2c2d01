/* client HOST [PORT]: asks a stamp server for the time and prints it. */

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "proto.h"

static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints, *list;

    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    int error = getaddrinfo(host, port, &hints, &list);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", host, gai_strerror(error));
        exit(1);
    }

    /* "localhost" is two addresses, and the server may listen at the second. */
    int sd = -1;
    for (struct addrinfo *each = list; each != NULL; each = each->ai_next) {
        sd = socket(each->ai_family, each->ai_socktype, each->ai_protocol);
        if (sd < 0) {
            continue;
        }
        if (connect(sd, each->ai_addr, each->ai_addrlen) == 0) {
            break;
        }
        int reason = errno;
        close(sd);
        errno = reason;
        sd = -1;
    }
    if (sd < 0) {
        perror("connect");
        exit(1);
    }
    freeaddrinfo(list);
    return sd;
}

int main(int argc, char *argv[])
{
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: %s HOST [PORT]\n", argv[0]);
        exit(1);
    }
    int sd = connect_to(argv[1], argc > 2 ? argv[2] : SERVERPORT);

    /* A stream has no messages: one read may bring half a line, so read until the line has its end. */
    char line[STAMPSIZE];
    size_t len = 0;
    line[0] = '\0';
    while (strchr(line, '\n') == NULL) {
        if (len == sizeof(line) - 1) {
            fprintf(stderr, "no end of line in the first %zu bytes\n", len);
            exit(1);
        }
        ssize_t n = recv(sd, line + len, sizeof(line) - 1 - len, 0);
        if (n < 0) {
            perror("recv");
            exit(1);
        }
        if (n == 0) {
            fprintf(stderr, "the server closed before the end of the line\n");
            exit(1);
        }
        len += (size_t)n;
        line[len] = '\0';
    }
    close(sd);

    char *end;
    errno = 0;
    long long stamp = strtoll(line, &end, 10);
    if (errno != 0 || end == line || (*end != '\r' && *end != '\n')) {
        fprintf(stderr, "not a number: %s", line);
        exit(1);
    }

    printf("stamp = %lld\n", stamp);
    if (fflush(stdout) != 0) {
        perror("stdout");
        exit(1);
    }
    return 0;
}
