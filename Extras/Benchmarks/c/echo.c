/*
 * echo udp [N] | tcp [N]                                  both ends, two processes, over 127.0.0.1
 * echo udp-server PORT   | tcp-server PORT                one end, against another program
 * echo udp-client HOST PORT N | tcp-client HOST PORT N
 *
 * Ping-pong with 64 bytes: the client sends, waits for the echo, notes the time, sends the next. After N /
 * 10 rounds of warm-up N rounds are measured, and half of a round trip is reported, as sockperf does. Both
 * ends block; TCP has TCP_NODELAY. A server ends 30 seconds after the last message, a client when one echo
 * takes longer than 2 seconds.
 */

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"

#define SIZE 64
#define IDLE_TICKS_MAX 30
#define ROUND_TICKS_MAX 2

static void set_on(int sd, int level, int option)
{
    int on = 1;

    if (setsockopt(sd, level, option, &on, sizeof(on)) < 0) {
        die("setsockopt");
    }
}

static int bound_socket(int type, int port, int *chosen)
{
    struct sockaddr_in local;
    socklen_t length = sizeof(local);

    int sd = socket(AF_INET, type, 0);
    if (sd < 0) {
        die("socket");
    }
    if (type == SOCK_STREAM) {
        set_on(sd, SOL_SOCKET, SO_REUSEADDR);
    }
    memset(&local, 0, sizeof(local));
    local.sin_family = AF_INET;
    local.sin_port = htons((uint16_t)port);
    local.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(sd, (struct sockaddr *)&local, sizeof(local)) < 0) {
        die("bind");
    }
    if (type == SOCK_STREAM && listen(sd, 16) < 0) {
        die("listen");
    }
    if (getsockname(sd, (struct sockaddr *)&local, &length) < 0) {
        die("getsockname");
    }
    *chosen = ntohs(local.sin_port);
    return sd;
}

/* After EINTR: ends the server when nothing has come for IDLE_TICKS_MAX ticks. */
static void end_if_idle(sig_atomic_t last)
{
    if (errno != EINTR) {
        die("receive");
    }
    if (ticks - last > IDLE_TICKS_MAX) {
        exit(0);
    }
}

static void serve_udp(int sd)
{
    sig_atomic_t last = ticks;

    for (;;) {
        uint8_t buffer[2048];
        struct sockaddr_in peer;
        socklen_t peer_length = sizeof(peer);

        ssize_t n = recvfrom(sd, buffer, sizeof(buffer), 0, (struct sockaddr *)&peer, &peer_length);
        if (n < 0) {
            end_if_idle(last);
            continue;
        }
        last = ticks;
        if (sendto(sd, buffer, (size_t)n, 0, (struct sockaddr *)&peer, peer_length) < 0 && errno != EINTR) {
            die("sendto");
        }
    }
}

/* Writes all of the bytes; -1 when the peer has gone. */
static int send_all(int sd, const uint8_t *bytes, size_t size)
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

static void serve_tcp(int listener)
{
    sig_atomic_t last = ticks;

    for (;;) {
        int sd = accept(listener, NULL, NULL);
        if (sd < 0) {
            end_if_idle(last);
            continue;
        }
        set_on(sd, IPPROTO_TCP, TCP_NODELAY);
        for (;;) {
            uint8_t buffer[2048];

            ssize_t n = recv(sd, buffer, sizeof(buffer), 0);
            if (n < 0 && errno == EINTR) {
                end_if_idle(last);
                continue;
            }
            if (n <= 0 || send_all(sd, buffer, (size_t)n) < 0) {
                break;
            }
            last = ticks;
        }
        close(sd);
    }
}

static int connected_socket(int type, const char *host, const char *port)
{
    struct addrinfo hints, *peer;

    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = type;
    int error = getaddrinfo(host, port, &hints, &peer);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", host, gai_strerror(error));
        exit(1);
    }
    int sd = socket(AF_INET, type, 0);
    if (sd < 0) {
        die("socket");
    }
    if (type == SOCK_STREAM) {
        set_on(sd, IPPROTO_TCP, TCP_NODELAY);
    }
    if (connect(sd, peer->ai_addr, peer->ai_addrlen) < 0) {
        die("connect");
    }
    freeaddrinfo(peer);
    return sd;
}

static void round_trip(int sd, uint8_t *message)
{
    uint8_t echo[SIZE];
    sig_atomic_t start = ticks;

    if (send_all(sd, message, SIZE) < 0) {
        die("send");
    }
    for (size_t length = 0; length < SIZE;) {
        ssize_t n = recv(sd, echo + length, SIZE - length, 0);
        if (n == 0 || (n < 0 && (errno != EINTR || ticks - start > ROUND_TICKS_MAX))) {
            die(n == 0 ? "the server closed" : "no echo");
        }
        length += n > 0 ? (size_t)n : 0;
    }
    if (memcmp(message, echo, SIZE) != 0) {
        fprintf(stderr, "echo: other bytes came back\n");
        exit(1);
    }
}

static void run_client(int type, const char *host, const char *port, size_t count)
{
    uint8_t message[SIZE];

    if (count == 0) {
        count = 1;
    }
    double *samples = malloc(count * sizeof(*samples));
    if (samples == NULL) {
        die("malloc");
    }
    memset(message, 'x', sizeof(message));
    int sd = connected_socket(type, host, port);

    for (size_t i = 0; i < count / 10; i++) {
        round_trip(sd, message);
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(message, &i, sizeof(i));
        double start = seconds_now();
        round_trip(sd, message);
        samples[i] = (seconds_now() - start) / 2 * 1e6;
    }
    report("echo", type == SOCK_DGRAM ? "udp median" : "tcp median", "us", quantile(samples, count, 0.5));
    report("echo", type == SOCK_DGRAM ? "udp p99" : "tcp p99", "us", quantile(samples, count, 0.99));
    close(sd);
    free(samples);
}

static void serve(int type, int sd)
{
    if (type == SOCK_DGRAM) {
        serve_udp(sd);
    } else {
        serve_tcp(sd);
    }
}

static void pair(int type, size_t count)
{
    int port;
    int sd = bound_socket(type, 0, &port);

    pid_t child = fork();
    if (child < 0) {
        die("fork");
    }
    if (child == 0) {
        start_ticks(1000 * 1000);
        serve(type, sd);
    }
    close(sd);

    char text[8];
    snprintf(text, sizeof(text), "%d", port);
    start_ticks(1000 * 1000);
    run_client(type, "127.0.0.1", text, count);
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
}

int main(int argc, char *argv[])
{
    const char *mode = argc > 1 ? argv[1] : "";
    int type = strncmp(mode, "tcp", 3) == 0 ? SOCK_STREAM : SOCK_DGRAM;

    if (argc == 3 && (strcmp(mode, "udp-server") == 0 || strcmp(mode, "tcp-server") == 0)) {
        int port;
        int sd = bound_socket(type, atoi(argv[2]), &port);
        start_ticks(1000 * 1000);
        serve(type, sd);
    } else if (argc == 5 && (strcmp(mode, "udp-client") == 0 || strcmp(mode, "tcp-client") == 0)) {
        start_ticks(1000 * 1000);
        run_client(type, argv[2], argv[3], strtoul(argv[4], NULL, 10));
    } else if ((argc == 2 || argc == 3) && (strcmp(mode, "udp") == 0 || strcmp(mode, "tcp") == 0)) {
        pair(type, argc > 2 ? strtoul(argv[2], NULL, 10) : 20000);
    } else {
        fprintf(stderr, "usage: %s udp [N] | udp-server PORT | udp-client HOST PORT N; the same for tcp\n",
                argv[0]);
        exit(1);
    }
    return 0;
}
