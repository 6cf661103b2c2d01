/* sender-tail HOST [PORT [NAME MATH CHINESE]]: sends one score whose name is as long as it is. */

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "proto-tail.h"

static uint32_t number(const char *text)
{
    char *end;

    errno = 0;
    unsigned long long value = strtoull(text, &end, 0);
    if (errno != 0 || end == text || *end != '\0' || strchr(text, '-') != NULL || value > UINT32_MAX) {
        fprintf(stderr, "%s: not a number from 0 to 4294967295\n", text);
        exit(1);
    }
    return (uint32_t)value;
}

int main(int argc, char *argv[])
{
    if (argc != 2 && argc != 3 && argc != 6) {
        fprintf(stderr, "usage: %s HOST [PORT [NAME MATH CHINESE]]\n", argv[0]);
        exit(1);
    }
    const char *port = argc > 2 ? argv[2] : RECVPORT;
    const char *name = argc > 3 ? argv[3] : "Li";
    size_t name_len = strlen(name);
    if (name_len > NAMEMAX) {
        fprintf(stderr, "%s: longer than %d bytes\n", name, NAMEMAX);
        exit(1);
    }

    /* What travels is the two numbers and the name, not sizeof(*msg), which counts one byte of name. */
    size_t size = offsetof(struct msg_tail_st, name) + name_len;
    struct msg_tail_st *msg = malloc(sizeof(*msg) + name_len);
    if (msg == NULL) {
        perror("malloc");
        exit(1);
    }
    msg->math = htonl(argc > 4 ? number(argv[4]) : 99);
    msg->chinese = htonl(argc > 5 ? number(argv[5]) : 77);
    memcpy(msg->name, name, name_len);

    struct addrinfo hints, *peer;
    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_DGRAM;
    int error = getaddrinfo(argv[1], port, &hints, &peer);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", argv[1], gai_strerror(error));
        exit(1);
    }

    int sd = socket(AF_INET, SOCK_DGRAM, 0);
    if (sd < 0) {
        perror("socket");
        exit(1);
    }
    if (sendto(sd, msg, size, 0, peer->ai_addr, peer->ai_addrlen) < 0) {
        perror("sendto");
        exit(1);
    }

    free(msg);
    freeaddrinfo(peer);
    close(sd);
    return 0;
}
