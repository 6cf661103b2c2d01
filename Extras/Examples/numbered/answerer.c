/*
 * answerer PORT: adds the amounts of questions to a counter, each question once, and answers with the counter.
 *
 * A question that comes again has the same number and comes from the same address: its answer is sent again and nothing
 * is added. Ends with SIGTERM and prints the counter.
 */
#include "proto.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define KEPT 1024 /* the latest answers, of all who ask */

static struct kept {
    struct sockaddr_in peer;
    struct order question, answer;
} kept[KEPT];

static volatile sig_atomic_t is_over;

static void end(int signal)
{
    (void)signal;
    is_over = 1;
}

int main(int argc, char **argv)
{
    uint32_t counter = 0;
    unsigned next = 0;
    struct sigaction action = {.sa_handler = end}; /* no SA_RESTART: recvfrom ends */
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 9000)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    sigaction(SIGTERM, &action, NULL);
    if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) < 0) {
        perror("bind");
        return 1;
    }
    while (!is_over) {
        struct order question;
        struct sockaddr_in peer;
        socklen_t size = sizeof peer;
        struct kept *entry = NULL;
        if (recvfrom(fd, &question, sizeof question, MSG_TRUNC, (struct sockaddr *)&peer, &size) != sizeof question)
            continue;
        for (unsigned i = 0; i < KEPT && entry == NULL; i++)
            if (kept[i].peer.sin_addr.s_addr == peer.sin_addr.s_addr && kept[i].peer.sin_port == peer.sin_port &&
                memcmp(&kept[i].question, &question, sizeof question) == 0)
                entry = &kept[i];
        if (entry == NULL) {
            counter += ntohl(question.amount);
            entry = &kept[next++ % KEPT];
            *entry = (struct kept){peer, question, {question.number, htonl(counter)}};
        }
        sendto(fd, &entry->answer, sizeof entry->answer, 0, (struct sockaddr *)&peer, size);
    }
    printf("%u\n", counter);
    return 0;
}
