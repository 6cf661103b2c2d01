/*
 * udp-batch send HOW SIZE HOST PORT SECONDS     HOW: sendto, sendmmsg, gso
 * udp-batch receive HOW SIZE PORT SECONDS       HOW: recvfrom, recvmmsg, gro
 *
 * What the kernel gives in C, call by call: one datagram, 64 datagrams, and datagrams that the kernel itself
 * cuts (UDP_SEGMENT) and hands over uncut (UDP_GRO). SIZE is 21, the typed message of udp-rate.c, or 1200, a
 * number and 1196 bytes; each message is encoded before it is sent, and checked and decoded after it came.
 * Socket buffers as the system gives them; the sender does not wait for the receiver. Counted as in udp-rate.c.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "block.h"
#include "datagram.h"
#include "rate.h"
#include "score.h"

#define DATAGRAMS_PER_CALL 64
#define TRAINS_PER_CALL 8
#define TRAIN_BYTES 65536
#define PAYLOAD_BYTES_MAX 65507
#define SEGMENTS_MAX 128

#define FILLER 0x5a

static size_t message_size;
static struct score score = {"Trans", 0, 97};
static struct block block;
static unsigned long long wrong;

static void encode_message(unsigned long long number, uint8_t *buffer)
{
    if (message_size == sizeof(struct score_wire)) {
        score.math = (uint32_t)number;
        encode(&score, buffer);
    } else {
        block.number = (uint32_t)number;
        encode_block(&block, buffer);
    }
}

/* Decodes into memory; the empty asm statement keeps the compiler from leaving the copy out. */
static void decode_message(const uint8_t *buffer)
{
    if (message_size == sizeof(struct score_wire)) {
        decode(buffer, &score);
        wrong += score.chinese != 97;
    } else {
        decode_block(buffer, &block);
        __asm__ volatile("" : : "r"(&block) : "memory");
        wrong += block.bytes[BLOCK_BYTES - 1] != FILLER;
    }
}

/* The messages of a datagram, or of several that the kernel has left together. */
static unsigned long long decode_all(const uint8_t *buffer, size_t length, size_t stride)
{
    unsigned long long count = 0;

    if (stride != message_size) {
        return 0;
    }
    for (size_t offset = 0; offset + message_size <= length; offset += message_size) {
        decode_message(buffer + offset);
        count++;
    }
    return count;
}

/* Receiving. */

static void receive_one_by_one(int sd, struct rate *rate)
{
    uint8_t buffer[2048];

    do {
        struct sockaddr_in peer;
        socklen_t peer_length = sizeof(peer);

        ssize_t n = recvfrom(sd, buffer, sizeof(buffer), 0, (struct sockaddr *)&peer, &peer_length);
        if (n >= 0) {
            rate_add(rate, decode_all(buffer, (size_t)n, (size_t)n));
        } else if (errno != EINTR) {
            die("recvfrom");
        }
    } while (!rate_is_over(rate));
}

/* The size of the datagrams that a buffer holds: one datagram, unless the kernel says otherwise. */
static size_t stride_of(struct msghdr *header, size_t length)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            int size;

            memcpy(&size, CMSG_DATA(c), sizeof(size));
            return (size_t)size;
        }
    }
    return length;
}

static void receive_many(int sd, size_t vectors, size_t bytes, int uncut, struct rate *rate)
{
    static struct mmsghdr headers[DATAGRAMS_PER_CALL];
    static struct iovec parts[DATAGRAMS_PER_CALL];
    static struct sockaddr_in peers[DATAGRAMS_PER_CALL];
    static union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } controls[DATAGRAMS_PER_CALL];
    int on = 1;

    if (uncut && setsockopt(sd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) < 0) {
        die("UDP_GRO");
    }
    uint8_t *buffer = malloc(vectors * bytes);
    if (buffer == NULL) {
        die("malloc");
    }
    for (size_t i = 0; i < vectors; i++) {
        parts[i].iov_base = buffer + i * bytes;
        parts[i].iov_len = bytes;
        headers[i].msg_hdr.msg_iov = &parts[i];
        headers[i].msg_hdr.msg_iovlen = 1;
        headers[i].msg_hdr.msg_name = &peers[i];
    }
    do {
        for (size_t i = 0; i < vectors; i++) {
            headers[i].msg_hdr.msg_namelen = sizeof(peers[i]);
            headers[i].msg_hdr.msg_control = uncut ? &controls[i] : NULL;
            headers[i].msg_hdr.msg_controllen = uncut ? sizeof(controls[i].bytes) : 0;
        }
        int n = recvmmsg(sd, headers, (unsigned)vectors, MSG_WAITFORONE, NULL);
        if (n < 0 && errno != EINTR) {
            die("recvmmsg");
        }
        for (int i = 0; i < n; i++) {
            size_t length = headers[i].msg_len;
            size_t stride = uncut ? stride_of(&headers[i].msg_hdr, length) : length;
            rate_add(rate, decode_all(parts[i].iov_base, length, stride));
        }
    } while (!rate_is_over(rate));
    free(buffer);
}

static int receive(const char *how, uint16_t port, double seconds)
{
    struct rate rate;

    int sd = bound_datagram_socket(port);
    rate_begin(&rate, seconds);
    if (strcmp(how, "recvfrom") == 0) {
        receive_one_by_one(sd, &rate);
    } else if (strcmp(how, "recvmmsg") == 0) {
        receive_many(sd, DATAGRAMS_PER_CALL, 2048, 0, &rate);
    } else if (strcmp(how, "gro") == 0) {
        receive_many(sd, TRAINS_PER_CALL, TRAIN_BYTES, 1, &rate);
    } else {
        return -1;
    }
    if (wrong > 0) {
        fprintf(stderr, "udp-batch: %llu of %llu messages had a wrong value\n", wrong, rate.count);
        exit(1);
    }
    report("udp-batch", "received", "messages/s", rate_per_second(&rate));
    close(sd);
    return 0;
}

/* Sending. */

static unsigned long long send_one(int sd, const struct addrinfo *peer, unsigned long long count)
{
    uint8_t buffer[2048];

    encode_message(count, buffer);
    if (sendto(sd, buffer, message_size, 0, peer->ai_addr, peer->ai_addrlen) < 0) {
        if (errno == EINTR || errno == ENOBUFS) {
            return 0;
        }
        die("sendto");
    }
    return 1;
}

/* Encodes a buffer full of messages, and sends it as so many datagrams of so many messages each. */
static unsigned long long send_many(int sd, const struct addrinfo *peer, size_t vectors, size_t segments,
                                    unsigned long long count)
{
    static struct mmsghdr headers[DATAGRAMS_PER_CALL];
    static struct iovec parts[DATAGRAMS_PER_CALL];
    static uint8_t buffer[TRAINS_PER_CALL * TRAIN_BYTES];

    for (size_t i = 0; i < vectors; i++) {
        parts[i].iov_base = buffer + i * segments * message_size;
        parts[i].iov_len = segments * message_size;
        headers[i].msg_hdr.msg_iov = &parts[i];
        headers[i].msg_hdr.msg_iovlen = 1;
        headers[i].msg_hdr.msg_name = peer->ai_addr;
        headers[i].msg_hdr.msg_namelen = peer->ai_addrlen;
    }
    for (size_t i = 0; i < vectors * segments; i++) {
        encode_message(count + i, buffer + i * message_size);
    }
    int n = sendmmsg(sd, headers, (unsigned)vectors, 0);
    if (n < 0) {
        if (errno == EINTR || errno == ENOBUFS) {
            return 0;
        }
        die("sendmmsg");
    }
    return (unsigned long long)n * segments;
}

/* The most segments that the kernel takes: its limit was 64 before Linux 6.9, and 128 since. */
static size_t segments_max(int sd)
{
    static uint8_t probe[SEGMENTS_MAX];
    int size = 1, stride = (int)message_size;
    size_t fitting = PAYLOAD_BYTES_MAX / message_size, segments = SEGMENTS_MAX;

    /* To a port where nobody listens on another address: the probe is no message of the benchmark. */
    struct sockaddr_in nobody;
    memset(&nobody, 0, sizeof(nobody));
    nobody.sin_family = AF_INET;
    nobody.sin_port = htons(9);
    nobody.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (setsockopt(sd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)) < 0) {
        die("UDP_SEGMENT");
    }
    while (segments > 1 && sendto(sd, probe, segments, 0, (struct sockaddr *)&nobody, sizeof(nobody)) < 0) {
        segments /= 2;
    }
    if (setsockopt(sd, IPPROTO_UDP, UDP_SEGMENT, &stride, sizeof(stride)) < 0) {
        die("UDP_SEGMENT");
    }
    return segments < fitting ? segments : fitting;
}

static int send_to(const char *how, const char *host, const char *port, double seconds)
{
    struct addrinfo hints, *peer;
    unsigned long long count = 0;
    size_t vectors = DATAGRAMS_PER_CALL, segments = 1;

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
    if (strcmp(how, "sendto") == 0) {
        vectors = 0;
    } else if (strcmp(how, "gso") == 0) {
        vectors = TRAINS_PER_CALL;
        segments = segments_max(sd);
    } else if (strcmp(how, "sendmmsg") != 0) {
        return -1;
    }
    memset(block.bytes, FILLER, sizeof(block.bytes));

    start_ticks(50 * 1000);
    sig_atomic_t seen = ticks;
    double start = seconds_now(), now;
    do {
        while (ticks == seen) {
            count += vectors == 0 ? send_one(sd, peer, count) : send_many(sd, peer, vectors, segments, count);
        }
        seen = ticks;
        now = seconds_now();
    } while (now - start < seconds);

    report("udp-batch", "sent", "messages/s", (double)count / (now - start));
    freeaddrinfo(peer);
    close(sd);
    return 0;
}

int main(int argc, char *argv[])
{
    int done = -1;

    if (argc >= 4) {
        message_size = strtoul(argv[3], NULL, 10);
    }
    if (message_size == sizeof(struct score_wire) || message_size == sizeof(struct block)) {
        if (argc == 7 && strcmp(argv[1], "send") == 0) {
            done = send_to(argv[2], argv[4], argv[5], atof(argv[6]));
        } else if (argc == 6 && strcmp(argv[1], "receive") == 0) {
            done = receive(argv[2], (uint16_t)atoi(argv[4]), atof(argv[5]));
        }
    }
    if (done < 0) {
        fprintf(stderr,
                "usage: %s send sendto|sendmmsg|gso 21|1200 HOST PORT SECONDS\n"
                "       %s receive recvfrom|recvmmsg|gro 21|1200 PORT SECONDS\n",
                argv[0], argv[0]);
        return 64;
    }
    return 0;
}
