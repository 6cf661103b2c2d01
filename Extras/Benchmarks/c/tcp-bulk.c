/*
 * tcp-bulk send SIZE HOST PORT SECONDS
 * tcp-bulk receive SIZE PORT SECONDS
 *
 * One stream in one direction. SIZE 21 or 1200: the typed messages of udp-batch.c, encoded one behind the other
 * into a buffer of 64 KiB that is written when it is full; the receiver decodes each, across the borders of
 * its reads. Another SIZE: writes of so many bytes, and reads of as many that nobody looks at. The row is bytes a
 * second at the receiver, counted as in rate.h.
 */

#include "block.h"
#include "rate.h"
#include "score.h"
#include "stream.h"

#define BUFFER_BYTES 65536
#define FILLER 0x5a

static int is_typed(size_t size)
{
    return size == sizeof(struct score_wire) || size == sizeof(struct block);
}

/* Decodes whole messages and returns how many bytes they took. */
static size_t decode_all(size_t size, const uint8_t *bytes, size_t length)
{
    struct score score;
    struct block block;
    size_t offset = 0;
    int is_right = 1;

    for (; offset + size <= length; offset += size) {
        if (size == sizeof(struct block)) {
            decode_block(bytes + offset, &block);
            __asm__ volatile("" : : "r"(&block) : "memory");
            is_right &= block.bytes[BLOCK_BYTES - 1] == FILLER;
        } else {
            decode(bytes + offset, &score);
            is_right &= score.chinese == 97;
        }
    }
    if (!is_right) {
        fprintf(stderr, "tcp-bulk: wrong values came\n");
        exit(1);
    }
    return offset;
}

static void receive(size_t size, const char *port, double seconds)
{
    size_t capacity = is_typed(size) ? BUFFER_BYTES : size, kept = 0;
    struct rate rate;

    int listener = listening_socket(port);
    uint8_t *buffer = malloc(capacity);
    if (buffer == NULL) {
        die("malloc");
    }
    rate_begin(&rate, seconds);
    int sd = -1;
    while (sd < 0 && !rate_is_over(&rate)) {
        sd = accept(listener, NULL, NULL);
        if (sd < 0 && errno != EINTR) {
            die("accept");
        }
    }
    while (sd >= 0 && !rate_is_over(&rate)) {
        ssize_t n = recv(sd, buffer + kept, capacity - kept, 0);
        if (n == 0) {
            break;
        }
        if (n < 0) {
            if (errno != EINTR && errno != ECONNRESET) {
                die("recv");
            }
            continue;
        }
        rate_add(&rate, (unsigned long long)n);
        if (is_typed(size)) {
            size_t length = kept + (size_t)n, taken = decode_all(size, buffer, length);
            kept = length - taken;
            memmove(buffer, buffer + taken, kept);
        }
    }
    report("tcp-bulk", "received", "bytes/s", rate_per_second(&rate));
    free(buffer);
}

/* Fills the buffer with messages; bytes that are no messages stay as they are. */
static void encode_all(size_t size, uint8_t *buffer, size_t length)
{
    static struct score score = {"Trans", 0, 97};
    static struct block block;

    if (size == sizeof(struct score_wire)) {
        for (size_t offset = 0; offset < length; offset += size) {
            score.math++;
            encode(&score, buffer + offset);
        }
    } else if (size == sizeof(struct block)) {
        memset(block.bytes, FILLER, sizeof(block.bytes));
        for (size_t offset = 0; offset < length; offset += size) {
            block.number++;
            encode_block(&block, buffer + offset);
        }
    }
}

static void send_to(size_t size, const char *host, const char *port, double seconds)
{
    size_t length = is_typed(size) ? BUFFER_BYTES / size * size : size;

    uint8_t *buffer = malloc(length);
    if (buffer == NULL) {
        die("malloc");
    }
    memset(buffer, FILLER, length);
    int sd = connected_to(stream_peer(host, port));
    start_ticks(50 * 1000);
    double start = seconds_now();
    do {
        for (sig_atomic_t seen = ticks; ticks == seen;) {
            encode_all(size, buffer, length);
            if (write_all(sd, buffer, length) < 0) {
                exit(0); /* The receiver has counted enough. */
            }
        }
    } while (seconds_now() - start < seconds);
    close(sd);
    free(buffer);
}

int main(int argc, char *argv[])
{
    size_t size = argc >= 3 ? strtoul(argv[2], NULL, 10) : 0;

    if (size > 0 && argc == 6 && strcmp(argv[1], "send") == 0) {
        send_to(size, argv[3], argv[4], atof(argv[5]));
    } else if (size > 0 && argc == 5 && strcmp(argv[1], "receive") == 0) {
        receive(size, argv[3], atof(argv[4]));
    } else {
        fprintf(stderr, "usage: %s send SIZE HOST PORT SECONDS | receive SIZE PORT SECONDS\n", argv[0]);
        return 64;
    }
    return 0;
}
