/*
 * flow [SECONDS]: nanoseconds to ask a token bucket for a packet, and to take a sample of a round trip (RFC 6298), as a C
 * programmer writes them: integers, time as an argument.
 *
 * The loop is that of codec.c: 11 batches, the median of which is the row. A packet that is due each millisecond is asked
 * for every 0.9 ms; a sample is taken a millisecond, of 20 to 21 ms.
 */

#include "report.h"

#include <stdint.h>

#define BATCHES 11

static inline void barrier(void *memory)
{
    __asm__ volatile("" : : "r"(memory) : "memory");
}

struct bucket {
    int64_t rate, burst, tokens, last;
    uint64_t fraction;
};

static int take(struct bucket *bucket, int64_t count, int64_t now)
{
    if (now > bucket->last) {
        /* To the billionth of a token; a year at a gigabyte a second fits into 128 bits. */
        unsigned __int128 gain = (unsigned __int128)(uint64_t)(now - bucket->last) * (uint64_t)bucket->rate + bucket->fraction;
        uint64_t whole = gain >> 64 ? UINT64_MAX : (uint64_t)gain / 1000000000u;
        bucket->last = now;
        if (whole >= (uint64_t)(bucket->burst - bucket->tokens)) {
            bucket->tokens = bucket->burst;
            bucket->fraction = 0;
        } else {
            bucket->tokens += (int64_t)whole;
            bucket->fraction = (uint64_t)gain % 1000000000u;
        }
    }
    if (count > bucket->tokens) {
        return 0;
    }
    bucket->tokens -= count;
    return 1;
}

struct estimator {
    int64_t eighths, quarters, least;
    uint64_t samples;
};

static void add_sample(struct estimator *path, int64_t sample)
{
    if (path->samples++ == 0) {
        path->eighths = sample * 8;
        path->quarters = sample * 2;
        path->least = sample;
        return;
    }
    int64_t error = sample - path->eighths / 8;
    path->quarters += (error < 0 ? -error : error) - path->quarters / 4;
    path->eighths += error;
    if (sample < path->least) {
        path->least = sample;
    }
}

static struct bucket bucket = {1250000, 15000, 15000, 0, 0};
static struct estimator path;
static int64_t now;
static int64_t taken;

static void run_bucket(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        now += 900000;
        taken += take(&bucket, 1250, now);
        barrier(&taken);
    }
}

static void run_estimator(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        now += 1000000;
        int64_t sent = now - 20000000 - (int64_t)(i & 1023) * 1000;
        add_sample(&path, now - sent);
        barrier(&path);
    }
}

/* The time that this thread has had a processor: the loops wait for nothing. */
static double processor_seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void measure(const char *row, void (*run)(uint32_t), double seconds)
{
    double batches[BATCHES];
    uint32_t n = 1000;

    /* Warm up, and find the n that fills a batch. */
    for (;;) {
        double start = processor_seconds_now();
        run(n);
        if (processor_seconds_now() - start >= seconds / BATCHES || n > UINT32_MAX / 2) {
            break;
        }
        n *= 2;
    }
    for (int i = 0; i < BATCHES; i++) {
        double start = processor_seconds_now();
        run(n);
        batches[i] = (processor_seconds_now() - start) / n * 1e9;
    }
    report("flow", row, "ns", quantile(batches, BATCHES, 0.5));
}

int main(int argc, char *argv[])
{
    double seconds = argc > 1 ? atof(argv[1]) : 0.5;

    measure("token bucket", run_bucket, seconds);
    measure("round-trip estimator", run_estimator, seconds);
    if (taken == 0 || path.samples == 0) {
        fprintf(stderr, "flow: nothing was measured\n");
        return 1;
    }
    return 0;
}
