#ifndef REPORT_H__
#define REPORT_H__

/* What the C peers share: the clock, a line of JSON, the median, a time limit without a call per message. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static inline double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline void report(const char *benchmark, const char *row, const char *unit, double value)
{
    printf("{\"benchmark\":\"%s\",\"peer\":\"c\",\"row\":\"%s\",\"unit\":\"%s\",\"value\":%.3f}\n",
           benchmark, row, unit, value);
    fflush(stdout);
}

static inline _Noreturn void die(const char *operation)
{
    perror(operation);
    exit(1);
}

static inline int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts the samples and returns the smallest that at least the given part of them does not exceed. */
static inline double quantile(double *samples, size_t count, double part)
{
    qsort(samples, count, sizeof(*samples), compare_doubles);
    size_t index = (size_t)(part * (double)count);
    return samples[index < count ? index : count - 1];
}

static volatile sig_atomic_t ticks;

static void tick(int signal_number)
{
    (void)signal_number;
    ticks++;
}

/*
 * A signal at each interval, without SA_RESTART: a blocked call returns EINTR, and a loop that never blocks
 * sees the counter change. The measured loops so need no clock, no poll and no SO_RCVTIMEO.
 */
static inline void start_ticks(long microseconds)
{
    struct sigaction action;
    struct itimerval timer;

    memset(&action, 0, sizeof(action));
    action.sa_handler = tick;
    if (sigaction(SIGALRM, &action, NULL) < 0) {
        die("sigaction");
    }
    timer.it_interval.tv_sec = microseconds / 1000000;
    timer.it_interval.tv_usec = microseconds % 1000000;
    timer.it_value = timer.it_interval;
    if (setitimer(ITIMER_REAL, &timer, NULL) < 0) {
        die("setitimer");
    }
}

#endif
