/*
 * packet-send PORT SECONDS
 *
 * Sends UDP datagrams with the 21-byte struct over lo as fast as one core can, so that who captures has something
 * to do: by a packet socket, 64 frames a call, past the queue of the link. They are addressed to nobody's hardware
 * address: loopback brings them back, captures see them, and IP drops them without looking further. Needs root.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "report.h"
#include "score.h"

#define FRAMES 64
#define HEAD (14 + 20 + 8)
#define FRAME_BYTES (HEAD + sizeof(struct score_wire))

static uint8_t frames[FRAMES][FRAME_BYTES];

static void put16(uint8_t *place, unsigned value)
{
    place[0] = (uint8_t)(value >> 8);
    place[1] = (uint8_t)value;
}

static void head(uint8_t *frame, unsigned port)
{
    uint32_t sum = 0;

    memset(frame, 2, 12);
    put16(frame + 12, ETH_P_IP);
    uint8_t *ip = frame + 14;
    memset(ip, 0, 20);
    ip[0] = 0x45;
    put16(ip + 2, FRAME_BYTES - 14);
    ip[8] = 64;
    ip[9] = IPPROTO_UDP;
    memcpy(ip + 12, (uint8_t[]){127, 0, 0, 1, 127, 0, 0, 1}, 8);
    for (int i = 0; i < 20; i += 2) {
        sum += (uint32_t)ip[i] << 8 | ip[i + 1];
    }
    put16(ip + 10, ~(sum + (sum >> 16)) & 0xffff);
    put16(ip + 20, 40000);
    put16(ip + 22, port);
    put16(ip + 24, FRAME_BYTES - 34);
    put16(ip + 26, 0);
}

int main(int argc, char *argv[])
{
    static struct mmsghdr headers[FRAMES];
    static struct iovec parts[FRAMES];
    unsigned long long count = 0;
    struct score score = {"Trans", 0, 97};
    struct sockaddr_ll link;
    int on = 1;

    if (argc != 3) {
        fprintf(stderr, "usage: %s PORT SECONDS\n", argv[0]);
        return 64;
    }
    double seconds = atof(argv[2]);
    int sd = socket(AF_PACKET, SOCK_RAW, 0);
    if (sd < 0) {
        die("socket");
    }
    memset(&link, 0, sizeof(link));
    link.sll_family = AF_PACKET;
    link.sll_ifindex = (int)if_nametoindex("lo");
    if (bind(sd, (struct sockaddr *)&link, sizeof(link)) < 0) {
        die("bind");
    }
    if (setsockopt(sd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) < 0) {
        die("PACKET_QDISC_BYPASS");
    }
    for (int i = 0; i < FRAMES; i++) {
        head(frames[i], (unsigned)atoi(argv[1]));
        parts[i].iov_base = frames[i];
        parts[i].iov_len = FRAME_BYTES;
        headers[i].msg_hdr.msg_iov = &parts[i];
        headers[i].msg_hdr.msg_iovlen = 1;
    }
    start_ticks(50 * 1000);
    sig_atomic_t seen = ticks;
    double start = seconds_now(), now;
    do {
        while (ticks == seen) {
            for (int i = 0; i < FRAMES; i++) {
                score.math = (uint32_t)(count + (unsigned)i);
                encode(&score, frames[i] + HEAD);
            }
            int n = sendmmsg(sd, headers, FRAMES, 0);
            if (n < 0 && errno != EINTR && errno != ENOBUFS) {
                die("sendmmsg");
            }
            count += n > 0 ? (unsigned long long)n : 0;
        }
        seen = ticks;
        now = seconds_now();
    } while (now - start < seconds);
    report("capture", "count", "packets", (double)count);
    report("capture", "sent", "packets/s", (double)count / (now - start));
    return 0;
}
