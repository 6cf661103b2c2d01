/*
 * asker HOST PORT COUNT: asks COUNT questions of amount 1, each until its answer comes, and prints how many were
 * answered, how often they were sent, and what the counter said last.
 *
 * Stop-and-wait: one question at a time. The time-out doubles with each try and begins anew with the next question; an
 * answer with another number is a late or a doubled one.
 */
#include "proto.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

enum { FIRST = 20, LONGEST = 200, TRIES = 25 }; /* milliseconds; how often at most */

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Waits for the answer with this number; 0 when the time is up. */
static int await(int fd, uint16_t number, long end, struct order *answer)
{
    long left;
    while ((left = end - now()) > 0) {
        struct pollfd entry = {fd, POLLIN, 0};
        if (poll(&entry, 1, (int)left) > 0 && recv(fd, answer, sizeof *answer, MSG_TRUNC) == sizeof *answer &&
            answer->number == number)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(argc > 2 ? atoi(argv[2]) : 9000)};
    int count = argc > 3 ? atoi(argv[3]) : 1, answered = 0, sent = 0;
    uint16_t number = 0;
    uint32_t counter = 0;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    inet_pton(AF_INET, argc > 1 ? argv[1] : "127.0.0.1", &there.sin_addr);
    /* A random first number: whoever begins anew must not be taken for who repeats. */
    if (getrandom(&number, sizeof number, 0) != sizeof number || connect(fd, (struct sockaddr *)&there, sizeof there) < 0) {
        perror("connect");
        return 1;
    }
    for (int i = 0; i < count; i++) {
        struct order question = {htons(++number), htonl(1)}, answer;
        long wait = FIRST;
        for (int try = 0; try < TRIES; try++) {
            send(fd, &question, sizeof question, 0);
            sent++;
            if (await(fd, question.number, now() + wait, &answer)) {
                answered++;
                counter = ntohl(answer.amount);
                break;
            }
            wait = wait * 2 < LONGEST ? wait * 2 : LONGEST;
        }
    }
    printf("%d answered, %d sent, counter %u\n", answered, sent, counter);
    return answered == count ? 0 : 2;
}
