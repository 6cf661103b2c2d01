/*
 * udp-rate pair SECONDS               both halves, two processes, over 127.0.0.1
 * udp-rate send HOST PORT SECONDS     one half, against another program
 * udp-rate receive PORT SECONDS
 *
 * One typed 21-byte message a call: sendto on one side, recvfrom on the other, socket buffers as the system
 * gives them. The sender encodes each message (math counts them), the receiver checks the length and
 * decodes. The sender does not wait for the receiver: what overflows its buffer is lost, and "sent" less
 * "received" shows it.
 *
 * How the receiver counts is told in rate.h.
 */

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "datagram.h"
#include "rate.h"
#include "score.h"

static int bound_socket(uint16_t port, uint16_t *chosen)
{
    struct sockaddr_in local;
    socklen_t length = sizeof(local);

    int sd = bound_datagram_socket(port);
    if (getsockname(sd, (struct sockaddr *)&local, &length) < 0) {
        die("getsockname");
    }
    *chosen = ntohs(local.sin_port);
    return sd;
}

static void receive(int sd, double seconds)
{
    struct score score = {"", 0, 0};
    unsigned long long decoded = 0;
    struct rate rate;

    rate_begin(&rate, seconds);
    do {
        uint8_t buffer[2048];
        struct sockaddr_in peer;
        socklen_t peer_length = sizeof(peer);

        ssize_t n = recvfrom(sd, buffer, sizeof(buffer), 0, (struct sockaddr *)&peer, &peer_length);
        if (n == (ssize_t)sizeof(struct score_wire)) {
            decode(buffer, &score);
            decoded += score.chinese == 97;
            rate_add(&rate, 1);
        } else if (n < 0 && errno != EINTR) {
            die("recvfrom");
        }
    } while (!rate_is_over(&rate));
    if (decoded != rate.count) {
        fprintf(stderr, "udp-rate: %llu of %llu messages had a wrong value\n", rate.count - decoded, rate.count);
        exit(1);
    }
    report("udp", "received", "messages/s", rate_per_second(&rate));
}

static void send_to(const char *host, const char *port, double seconds)
{
    struct addrinfo hints, *peer;
    struct score score = {"Trans", 0, 97};
    unsigned long long count = 0;

    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_DGRAM;
    int error = getaddrinfo(host, port, &hints, &peer);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", host, gai_strerror(error));
        exit(1);
    }
    int sd = socket(AF_INET, SOCK_DGRAM, 0);
    if (sd < 0) {
        die("socket");
    }

    start_ticks(50 * 1000);
    sig_atomic_t seen = ticks;
    double start = seconds_now(), now;
    do {
        while (ticks == seen) {
            uint8_t buffer[sizeof(struct score_wire)];

            score.math = (uint32_t)count;
            encode(&score, buffer);
            if (sendto(sd, buffer, sizeof(buffer), 0, peer->ai_addr, peer->ai_addrlen) < 0) {
                if (errno == EINTR || errno == ENOBUFS) {
                    continue;
                }
                die("sendto");
            }
            count++;
        }
        seen = ticks;
        now = seconds_now();
    } while (now - start < seconds);

    report("udp", "sent", "messages/s", (double)count / (now - start));
    freeaddrinfo(peer);
    close(sd);
}

static void pair(double seconds)
{
    uint16_t port;
    int status;

    int sd = bound_socket(0, &port);
    pid_t child = fork();
    if (child < 0) {
        die("fork");
    }
    if (child == 0) {
        char text[8];

        close(sd);
        snprintf(text, sizeof(text), "%u", (unsigned)port);
        send_to("127.0.0.1", text, seconds);
        exit(0);
    }
    receive(sd, seconds);
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            die("waitpid");
        }
    }
    exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int main(int argc, char *argv[])
{
    if (argc >= 2 && argc <= 3 && strcmp(argv[1], "pair") == 0) {
        pair(argc > 2 ? atof(argv[2]) : 2);
    } else if (argc == 5 && strcmp(argv[1], "send") == 0) {
        send_to(argv[2], argv[3], atof(argv[4]));
    } else if (argc == 4 && strcmp(argv[1], "receive") == 0) {
        uint16_t port;
        int sd = bound_socket((uint16_t)atoi(argv[2]), &port);
        receive(sd, atof(argv[3]));
        close(sd);
    } else {
        fprintf(stderr, "usage: %s pair [SECONDS] | send HOST PORT SECONDS | receive PORT SECONDS\n",
                argv[0]);
        exit(1);
    }
    return 0;
}
