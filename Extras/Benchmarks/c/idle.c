/*
 * idle HOST PORT N
 *
 * Opens N connections and holds them. It prints a line when all are connected; at SIGUSR1 it sends 64 bytes on
 * each, waits until all of them have come back, and prints another; at SIGTERM, or after two minutes, it ends.
 * From 10,000 connections on it takes one address of 127.0.0.0/8 for each 10,000, so that ports suffice.
 */

#include <signal.h>
#include <sys/resource.h>

#include "stream.h"

#define SIZE 64
#define PER_ADDRESS 10000
#define SECONDS_MAX 120
#define ANSWER_SECONDS_MAX 5

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

static void raise_limit(size_t count)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) {
        die("getrlimit");
    }
    limit.rlim_cur = limit.rlim_max;
    if (limit.rlim_max < count + 16 || setrlimit(RLIMIT_NOFILE, &limit) < 0) {
        fprintf(stderr, "idle: %zu connections need more descriptors than RLIMIT_NOFILE allows\n", count);
        exit(1);
    }
}

static int open_connection(const struct addrinfo *peer, size_t index)
{
    struct timeval limit = {ANSWER_SECONDS_MAX, 0};
    struct sockaddr_in local;

    int sd = socket(AF_INET, SOCK_STREAM, 0);
    if (sd < 0) {
        die("socket");
    }
    memset(&local, 0, sizeof(local));
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(index / PER_ADDRESS));
    set_on(sd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    set_on(sd, IPPROTO_TCP, TCP_NODELAY);
    if (setsockopt(sd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0) {
        die("SO_RCVTIMEO");
    }
    if (bind(sd, (struct sockaddr *)&local, sizeof(local)) < 0) {
        die("bind");
    }
    if (connect(sd, peer->ai_addr, peer->ai_addrlen) < 0) {
        die("connect");
    }
    return sd;
}

static void echo_once(int sd)
{
    uint8_t message[SIZE], echo[SIZE];

    memset(message, 'x', sizeof(message));
    if (write_all(sd, message, SIZE) < 0) {
        die("send");
    }
    for (size_t length = 0; length < SIZE;) {
        ssize_t n = recv(sd, echo + length, SIZE - length, 0);
        if (n <= 0) {
            die(n == 0 ? "the server closed" : "no echo");
        }
        length += (size_t)n;
    }
    if (memcmp(message, echo, SIZE) != 0) {
        fprintf(stderr, "idle: other bytes came back\n");
        exit(1);
    }
}

int main(int argc, char *argv[])
{
    struct timespec limit = {SECONDS_MAX, 0};
    sigset_t signals;

    if (argc != 4) {
        fprintf(stderr, "usage: %s HOST PORT N\n", argv[0]);
        return 64;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);

    size_t count = strtoul(argv[3], NULL, 10);
    raise_limit(count);
    struct addrinfo *peer = stream_peer(argv[1], argv[2]);
    int *sds = calloc(count, sizeof(*sds));
    if (sds == NULL) {
        die("calloc");
    }
    double start = seconds_now();
    for (size_t i = 0; i < count; i++) {
        sds[i] = open_connection(peer, i);
    }
    report("idle", "connected", "connections/s", (double)count / (seconds_now() - start));

    while (sigtimedwait(&signals, NULL, &limit) == SIGUSR1) {
        start = seconds_now();
        for (size_t i = 0; i < count; i++) {
            echo_once(sds[i]);
        }
        report("idle", "echoed", "echoes/s", (double)count / (seconds_now() - start));
    }
    return 0;
}
