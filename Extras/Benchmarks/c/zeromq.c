/*
 * zeromq send SIZE HOST PORT SECONDS
 * zeromq receive SIZE PORT SECONDS
 *
 * ZeroMQ's PUSH and PULL over TCP: whole messages, in order, which it gathers into large writes by a thread of
 * its own. SIZE is 21, the typed message of udp-rate.c, or 1200, a number and 1196 bytes; each is encoded into
 * the message and decoded from it. All options as the library has them, but the sender ends without a wait.
 * Counted as in rate.h.
 */

#include <errno.h>
#include <zmq.h>

#include "block.h"
#include "rate.h"
#include "score.h"

#define FILLER 0x5a

static struct score score = {"Trans", 0, 97};
static struct block block;

static void *opened(int type)
{
    void *context = zmq_ctx_new();
    void *end = context == NULL ? NULL : zmq_socket(context, type);
    if (end == NULL) {
        die("zmq_socket");
    }
    return end;
}

static void receive(size_t size, const char *port, double seconds)
{
    char place[64];
    uint8_t buffer[2048];
    unsigned long long wrong = 0;
    struct rate rate;

    void *pull = opened(ZMQ_PULL);
    snprintf(place, sizeof(place), "tcp://*:%s", port);
    if (zmq_bind(pull, place) < 0) {
        die("zmq_bind");
    }
    rate_begin(&rate, seconds);
    do {
        int n = zmq_recv(pull, buffer, sizeof(buffer), 0);
        if (n < 0 && errno != EINTR) {
            die("zmq_recv");
        }
        if (n != (int)size) {
            continue;
        }
        if (size == sizeof(struct block)) {
            decode_block(buffer, &block);
            __asm__ volatile("" : : "r"(&block) : "memory");
            wrong += block.bytes[BLOCK_BYTES - 1] != FILLER;
        } else {
            decode(buffer, &score);
            wrong += score.chinese != 97;
        }
        rate_add(&rate, 1);
    } while (!rate_is_over(&rate));
    if (wrong > 0) {
        fprintf(stderr, "zeromq: %llu of %llu messages had a wrong value\n", wrong, rate.count);
        exit(1);
    }
    report("tcp-messages", "received", "messages/s", rate_per_second(&rate));
}

static void send_to(size_t size, const char *host, const char *port, double seconds)
{
    char place[256];
    uint8_t buffer[sizeof(struct block)];
    int milliseconds = 500;

    void *push = opened(ZMQ_PUSH);
    /* A receiver that has counted enough takes no more. */
    zmq_setsockopt(push, ZMQ_SNDTIMEO, &milliseconds, sizeof(milliseconds));
    snprintf(place, sizeof(place), "tcp://%s:%s", host, port);
    if (zmq_connect(push, place) < 0) {
        die("zmq_connect");
    }
    memset(block.bytes, FILLER, sizeof(block.bytes));
    start_ticks(50 * 1000);
    double start = seconds_now();
    do {
        for (sig_atomic_t seen = ticks; ticks == seen;) {
            if (size == sizeof(struct block)) {
                block.number++;
                encode_block(&block, buffer);
            } else {
                score.math++;
                encode(&score, buffer);
            }
            if (zmq_send(push, buffer, size, 0) < 0 && errno != EINTR && errno != EAGAIN) {
                die("zmq_send");
            }
        }
    } while (seconds_now() - start < seconds);
    exit(0);
}

int main(int argc, char *argv[])
{
    size_t size = argc >= 3 ? strtoul(argv[2], NULL, 10) : 0;
    int is_known = size == sizeof(struct score_wire) || size == sizeof(struct block);

    if (is_known && argc == 6 && strcmp(argv[1], "send") == 0) {
        send_to(size, argv[3], argv[4], atof(argv[5]));
    } else if (is_known && argc == 5 && strcmp(argv[1], "receive") == 0) {
        receive(size, argv[3], atof(argv[4]));
    } else {
        fprintf(stderr, "usage: %s send 21|1200 HOST PORT SECONDS | receive 21|1200 PORT SECONDS\n", argv[0]);
        return 64;
    }
    return 0;
}
