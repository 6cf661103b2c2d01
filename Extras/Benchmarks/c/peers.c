/*
 * peers server PORT
 * peers client PORT SECONDS PEERS
 *
 * Many peers at one UDP socket. The server writes back what it reads, as a server in C does it today: 64 pieces a
 * call, which the kernel has joined (UDP_GRO) and cuts again (UDP_SEGMENT), each to its own peer. The client is all
 * of them, one address of 127.1.0.0/16 each: it sends a train of 4 datagrams of 64 bytes for a peer, and when all
 * of them are back, one for the next peer; 128 are under way. After a fifth of SECONDS to warm up the datagrams that
 * came back are counted for SECONDS. The server ends when 30 seconds long nothing has come.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "datagram.h"

#define SEGMENT 64
#define SEGMENTS 4
#define PIECES 64
#define PIECE_BYTES 65536
#define UNDER_WAY 128
#define PEERS_MAX 65536

union control {
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

struct pieces {
    struct mmsghdr headers[PIECES];
    struct iovec parts[PIECES];
    struct sockaddr_in names[PIECES];
    union control controls[PIECES];
};

static struct pieces in, out;

static int bound_socket(uint16_t port)
{
    int on = 1, bytes = 4 << 20;

    int sd = bound_datagram_socket(port);
    if (setsockopt(sd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) < 0 ||
        setsockopt(sd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) < 0 ||
        setsockopt(sd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)) < 0) {
        die("setsockopt");
    }
    return sd;
}

static void prepare(struct pieces *pieces, size_t bytes)
{
    uint8_t *memory = calloc(PIECES, bytes);

    if (memory == NULL) {
        die("calloc");
    }
    for (size_t i = 0; i < PIECES; i++) {
        pieces->parts[i].iov_base = memory + i * bytes;
        pieces->parts[i].iov_len = bytes;
        pieces->headers[i].msg_hdr.msg_iov = &pieces->parts[i];
        pieces->headers[i].msg_hdr.msg_iovlen = 1;
        pieces->headers[i].msg_hdr.msg_name = &pieces->names[i];
        pieces->headers[i].msg_hdr.msg_control = &pieces->controls[i];
    }
}

static int receive(int sd)
{
    for (size_t i = 0; i < PIECES; i++) {
        in.headers[i].msg_hdr.msg_namelen = sizeof(in.names[i]);
        in.headers[i].msg_hdr.msg_controllen = sizeof(in.controls[i].bytes);
    }
    int n = recvmmsg(sd, in.headers, PIECES, MSG_DONTWAIT, NULL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        die("recvmmsg");
    }
    return n < 0 ? 0 : n;
}

/* The address that a piece was sent to, and the size of its datagrams. */
static struct in_addr asked(struct msghdr *header, int *segment)
{
    struct in_addr address = {0};

    *segment = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;

            memcpy(&info, CMSG_DATA(c), sizeof(info));
            address = info.ipi_addr;
        } else if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
            memcpy(segment, CMSG_DATA(c), sizeof(*segment));
        }
    }
    return address;
}

/* Says from which address a piece leaves, and how it is cut. */
static void describe(struct msghdr *header, union control *control, struct in_addr source, int segment)
{
    struct in_pktinfo info;

    memset(&info, 0, sizeof(info));
    info.ipi_spec_dst = source;
    header->msg_control = control;
    header->msg_controllen = CMSG_SPACE(sizeof(info)) + (segment > 0 ? CMSG_SPACE(sizeof(uint16_t)) : 0);
    struct cmsghdr *c = CMSG_FIRSTHDR(header);
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof(info));
    memcpy(CMSG_DATA(c), &info, sizeof(info));
    if (segment > 0) {
        uint16_t size = (uint16_t)segment;

        c = (struct cmsghdr *)((char *)c + CMSG_SPACE(sizeof(info)));
        c->cmsg_level = IPPROTO_UDP;
        c->cmsg_type = UDP_SEGMENT;
        c->cmsg_len = CMSG_LEN(sizeof(size));
        memcpy(CMSG_DATA(c), &size, sizeof(size));
    }
}

static void send_all(int sd, struct mmsghdr *headers, int count)
{
    int sent = 0;

    while (sent < count) {
        int n = sendmmsg(sd, headers + sent, (unsigned)(count - sent), MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) {
            die("sendmmsg");
        }
        sent += n < 0 ? 0 : n;
    }
}

static void serve(uint16_t port)
{
    int sd = bound_socket(port);

    prepare(&in, PIECE_BYTES);
    for (;;) {
        struct pollfd poller = {sd, POLLIN, 0};
        if (poll(&poller, 1, 30000) <= 0) {
            break;
        }
        int n = receive(sd);
        for (int i = 0; i < n; i++) {
            int segment;
            struct in_addr source = asked(&in.headers[i].msg_hdr, &segment);

            in.parts[i].iov_len = in.headers[i].msg_len;
            describe(&in.headers[i].msg_hdr, &in.controls[i], source, segment);
        }
        send_all(sd, in.headers, n);
        for (int i = 0; i < n; i++) {
            in.parts[i].iov_len = PIECE_BYTES;
        }
    }
}

static int missing[PEERS_MAX];
static int waiting;

static void add(int peer, uint16_t port)
{
    struct in_addr source = {htonl(0x7F010000u + (uint32_t)peer)};
    int i = waiting++;

    out.names[i].sin_family = AF_INET;
    out.names[i].sin_port = htons(port);
    out.names[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    out.headers[i].msg_hdr.msg_namelen = sizeof(out.names[i]);
    memcpy(out.parts[i].iov_base, &peer, sizeof(peer));
    describe(&out.headers[i].msg_hdr, &out.controls[i], source, SEGMENT);
    missing[peer] = SEGMENTS;
}

static void flush_all(int sd)
{
    send_all(sd, out.headers, waiting);
    waiting = 0;
}

static void ask(int sd, uint16_t port, double seconds, int peers)
{
    unsigned long long count = 0, lost = 0;
    int next = 0;

    prepare(&in, PIECE_BYTES);
    prepare(&out, SEGMENTS * SEGMENT);
    double start = seconds_now() + seconds / 5, now;
    int is_warm = 0, under_way = 0;
    do {
        while (under_way < UNDER_WAY) {
            add(next, port);
            next = (next + 1) % peers;
            under_way++;
            if (waiting == PIECES) {
                flush_all(sd);
            }
        }
        flush_all(sd);
        struct pollfd poller = {sd, POLLIN, 0};
        int ready = poll(&poller, 1, 100);
        if (ready < 0 && errno != EINTR) {
            die("poll");
        }
        if (ready == 0) {
            lost++;
            under_way = 0;
            if (lost > 100) {
                fprintf(stderr, "peers: no answer\n");
                exit(1);
            }
            memset(missing, 0, sizeof(missing));
        }
        int n = receive(sd);
        for (int i = 0; i < n; i++) {
            int segment, first;
            struct in_addr address = asked(&in.headers[i].msg_hdr, &segment);
            int peer = (int)(ntohl(address.s_addr) - 0x7F010000u);
            int datagrams = (int)in.headers[i].msg_len / SEGMENT;

            memcpy(&first, in.parts[i].iov_base, sizeof(first));
            if (peer < 0 || peer >= peers || (first != peer && first != 0)) {
                fprintf(stderr, "peers: an answer for another\n");
                exit(1);
            }
            count += (unsigned long long)datagrams;
            if (missing[peer] > 0) {
                missing[peer] -= datagrams;
                under_way -= missing[peer] <= 0;
            }
        }
        now = seconds_now();
        if (!is_warm && now >= start) {
            is_warm = 1;
            start = now;
            count = 0;
        }
    } while (!is_warm || now - start < seconds);
    report("peers", "echoed", "messages/s", (double)count / (now - start));
}

int main(int argc, char *argv[])
{
    if (argc == 3 && strcmp(argv[1], "server") == 0) {
        serve((uint16_t)atoi(argv[2]));
    } else if (argc == 5 && strcmp(argv[1], "client") == 0) {
        int peers = atoi(argv[4]);
        if (peers < UNDER_WAY || peers > PEERS_MAX) {
            peers = 10000;
        }
        ask(bound_socket(0), (uint16_t)atoi(argv[2]), atof(argv[3]), peers);
    } else {
        fprintf(stderr, "usage: peers server PORT\n       peers client PORT SECONDS PEERS\n");
        return 64;
    }
    return 0;
}
