/*
 * codec [SECONDS]: nanoseconds to encode and to decode the 21-byte struct through a buffer.
 *
 * The loop, which the Swift peers repeat step by step:
 *
 *     value = { name "Trans", math 83, chinese 97 }      in memory, in host order
 *     11 batches; in each batch, n times:
 *         encode:      value.math = i;  barrier(value);  encode(value -> buffer);  barrier(buffer)
 *         decode:      buffer[0] = i;  barrier(buffer);  decode(buffer -> value);  barrier(value)
 *         round trip:  value.math = i;  barrier(value);  encode(value -> buffer);  barrier(buffer);
 *                      decode(buffer -> other);  barrier(other)
 *     the row is the median of the batches, each divided by n
 *
 * A barrier is an empty asm statement that is handed the address and says that it may read and write
 * memory. So the compiler has to have stored what came before and to load again what comes after, each
 * time; it can neither drop the work nor move it out of the loop, and the barrier itself costs no
 * instruction. The changing value makes no two rounds the same. Encoding fills a buffer that exists;
 * nothing is allocated. Decoding checks the length, as a receiver must; the length passes through a barrier
 * of its own, so the check is made each time.
 *
 * In a round trip the eight-byte loads of the name may overlap two stores, and the processor then waits for
 * the stores: a round trip can cost more than its two halves. A message that goes through a socket never
 * meets that.
 */

#include "report.h"
#include "score.h"

#define BATCHES 11

static inline void barrier(void *memory)
{
    __asm__ volatile("" : : "r"(memory) : "memory");
}

static inline size_t opaque(size_t number)
{
    __asm__ volatile("" : "+r"(number));
    return number;
}

static struct score value = {"Trans", 83, 97}, other;
static uint8_t buffer[sizeof(struct score_wire)];

static void check(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "codec: %s\n", what);
        exit(1);
    }
}

static void run_encode(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        value.math = i;
        barrier(&value);
        encode(&value, buffer);
        barrier(buffer);
    }
}

static void run_decode(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        buffer[0] = (uint8_t)i;
        barrier(buffer);
        check(opaque(sizeof(buffer)) == sizeof(struct score_wire), "wrong length");
        decode(buffer, &value);
        barrier(&value);
    }
}

static void run_round_trip(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        value.math = i;
        barrier(&value);
        encode(&value, buffer);
        barrier(buffer);
        check(opaque(sizeof(buffer)) == sizeof(struct score_wire), "wrong length");
        decode(buffer, &other);
        barrier(&other);
    }
}

static void measure(const char *row, void (*run)(uint32_t), double seconds)
{
    double batches[BATCHES];

    /* Warm up, and find the n that fills a batch. */
    uint32_t n = 1000;
    for (;;) {
        double start = seconds_now();
        run(n);
        if (seconds_now() - start >= seconds / BATCHES || n > UINT32_MAX / 2) {
            break;
        }
        n *= 2;
    }

    for (int i = 0; i < BATCHES; i++) {
        double start = seconds_now();
        run(n);
        batches[i] = (seconds_now() - start) / n * 1e9;
    }
    report("codec", row, "ns", quantile(batches, BATCHES, 0.5));
}

int main(int argc, char *argv[])
{
    double seconds = argc > 1 ? atof(argv[1]) : 0.5;

    measure("encode", run_encode, seconds);
    measure("decode", run_decode, seconds);
    measure("round trip", run_round_trip, seconds);

    struct score last = {"Trans", 0x01020304, 97};
    static const uint8_t expected[] = {
        'T', 'r', 'a', 'n', 's', 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 97,
    };
    encode(&last, buffer);
    check(memcmp(buffer, expected, sizeof(expected)) == 0, "wrong bytes");
    decode(buffer, &other);
    check(other.math == last.math && other.chinese == last.chinese, "wrong values");
    return 0;
}
