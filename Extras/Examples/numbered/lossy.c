/*
 * lossy PORT SERVER_PORT PERCENT SEED: stands between an asker and an answerer on this host and loses so many of a
 * hundred datagrams each way, by chance.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static int open_at(int port)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) < 0) {
        perror("bind");
        exit(1);
    }
    return fd;
}

int main(int argc, char **argv)
{
    if (argc < 5) return 1;
    int percent = atoi(argv[3]);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2])),
                                 .sin_addr = {htonl(INADDR_LOOPBACK)}}, asker = {0};
    struct pollfd ends[2] = {{open_at(atoi(argv[1])), POLLIN, 0}, {open_at(0), POLLIN, 0}};
    srandom(atoi(argv[4]));
    while (poll(ends, 2, 30000) > 0)
        for (int end = 0; end < 2; end++) {
            char bytes[65536];
            struct sockaddr_in from;
            socklen_t size = sizeof from;
            ssize_t count;
            if (!(ends[end].revents & POLLIN)) continue;
            count = recvfrom(ends[end].fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);
            if (end == 0) asker = from;
            if (count < 0 || random() % 100 < percent) continue;
            sendto(ends[1 - end].fd, bytes, (size_t)count, 0, (struct sockaddr *)(end == 0 ? &server : &asker), size);
        }
    return 0;
}
