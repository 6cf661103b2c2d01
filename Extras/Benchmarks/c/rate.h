#ifndef RATE_H__
#define RATE_H__

/*
 * How a receiver counts: for SECONDS from the first message, or until they stop coming. Its clock is read at
 * ticks of 50 ms, and the rate is taken up to the last tick after which messages still came: the tick in which
 * the sender stopped is no part of it. It ends after SECONDS + 10 when no message comes.
 */

#include "report.h"

struct rate {
    unsigned long long count, count_at_last, count_before_last;
    double seconds, began, first, last, before_last;
    sig_atomic_t seen;
};

static inline void rate_begin(struct rate *rate, double seconds)
{
    memset(rate, 0, sizeof(*rate));
    rate->seconds = seconds;
    rate->began = seconds_now();
    start_ticks(50 * 1000);
    rate->seen = ticks;
}

static inline void rate_add(struct rate *rate, unsigned long long count)
{
    if (rate->count == 0 && count > 0) {
        rate->first = rate->last = rate->before_last = seconds_now();
    }
    rate->count += count;
}

/* Asked after each call: whether the time is over. */
static inline int rate_is_over(struct rate *rate)
{
    if (ticks == rate->seen) {
        return 0;
    }
    rate->seen = ticks;
    double now = seconds_now();
    if (rate->count != rate->count_at_last) {
        rate->count_before_last = rate->count_at_last;
        rate->before_last = rate->last;
        rate->count_at_last = rate->count;
        rate->last = now;
    }
    if (rate->count == 0) {
        return now - rate->began > rate->seconds + 10;
    }
    return now - rate->first >= rate->seconds || now - rate->last > 0.5;
}

static inline double rate_per_second(const struct rate *rate)
{
    double elapsed = rate->before_last - rate->first;
    return elapsed > 0 ? (double)rate->count_before_last / elapsed : 0;
}

#endif
