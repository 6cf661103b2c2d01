// Holds many sockets, for programs that list them: sockets CONNECTIONS PROCESSES
//
// Each process has a listener and its share of the connections, both ends of them. "ready" on standard output says that all
// are there; they stay until a signal ends this process.
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void hold(int connections, int report, int end) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 128) != 0) fail("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0) fail("getsockname");
    for (int i = 0; i < connections; i++) {
        int client = socket(AF_INET, SOCK_STREAM, 0);
        if (client < 0) fail("socket");
        if (connect(client, (struct sockaddr *)&address, length) != 0) fail("connect");
        if (accept(listener, NULL, NULL) < 0) fail("accept");
    }
    if (write(report, "r", 1) != 1) fail("write");
    char byte;
    while (read(end, &byte, 1) > 0) {}
    exit(0);
}

int main(int count, char **words) {
    int connections = count > 1 ? atoi(words[1]) : 0, processes = count > 2 ? atoi(words[2]) : 0;
    if (connections < 1 || processes < 1 || processes > connections) {
        fprintf(stderr, "usage: sockets CONNECTIONS PROCESSES\n");
        return 64;
    }
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    // The children end when this process does: nobody else holds the pipe's other end.
    int report[2], end[2];
    if (pipe(report) != 0 || pipe(end) != 0) fail("pipe");
    for (int i = 0; i < processes; i++) {
        pid_t child = fork();
        if (child < 0) fail("fork");
        if (child == 0) {
            close(end[1]);
            close(report[0]);
            hold(connections / processes + (i < connections % processes), report[1], end[0]);
        }
    }
    close(report[1]);
    for (int i = 0; i < processes; i++) {
        char byte;
        if (read(report[0], &byte, 1) != 1) fail("a process ended early");
    }
    printf("ready\n");
    fflush(stdout);
    pause();
    return 0;
}
