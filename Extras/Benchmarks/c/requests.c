/*
 * requests server PORT
 * requests client HOST PORT SECONDS CONNECTIONS
 *
 * The server is an epoll loop of one thread that writes back what it reads. The client, another such loop, is
 * the load of every server in the table: on each connection 64 bytes go out, and when all of them are back,
 * the next 64. After a fifth of SECONDS to warm up the echoes are counted for SECONDS. A server ends when 30
 * seconds long nothing has come, a client when 2 seconds long nothing comes back.
 */

#include <fcntl.h>
#include <sys/epoll.h>

#include "stream.h"

#define SIZE 64
#define EVENTS_PER_CALL 128
#define IDLE_MILLISECONDS_MAX 30000
#define ANSWER_MILLISECONDS_MAX 2000

static void watch(int epoll, int sd, uint32_t number)
{
    struct epoll_event event;

    memset(&event, 0, sizeof(event));
    event.events = EPOLLIN;
    event.data.u32 = number;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, sd, &event) < 0) {
        die("epoll_ctl");
    }
}

static int new_epoll(void)
{
    int epoll = epoll_create1(0);
    if (epoll < 0) {
        die("epoll_create1");
    }
    return epoll;
}

static void set_nonblocking(int sd)
{
    if (fcntl(sd, F_SETFL, O_NONBLOCK) < 0) {
        die("fcntl");
    }
}

static void serve(const char *port)
{
    int listener = listening_socket(port), epoll = new_epoll();

    set_nonblocking(listener);
    watch(epoll, listener, (uint32_t)listener);
    for (;;) {
        struct epoll_event events[EVENTS_PER_CALL];

        int n = epoll_wait(epoll, events, EVENTS_PER_CALL, IDLE_MILLISECONDS_MAX);
        if (n <= 0) {
            break;
        }
        for (int i = 0; i < n; i++) {
            uint8_t buffer[4096];
            int sd = (int)events[i].data.u32;

            if (sd == listener) {
                int peer = accept(listener, NULL, NULL);
                if (peer >= 0) {
                    set_on(peer, IPPROTO_TCP, TCP_NODELAY);
                    set_nonblocking(peer);
                    watch(epoll, peer, (uint32_t)peer);
                }
                continue;
            }
            ssize_t length = recv(sd, buffer, sizeof(buffer), 0);
            if (length < 0 && (errno == EAGAIN || errno == EINTR)) {
                continue;
            }
            /* So little is under way on a connection that its buffer always has room. */
            if (length <= 0 || send(sd, buffer, (size_t)length, MSG_NOSIGNAL) != length) {
                close(sd);
            }
        }
    }
}

static void ask(int sd, uint8_t *message, uint32_t number)
{
    memcpy(message, &number, sizeof(number));
    if (send(sd, message, SIZE, MSG_NOSIGNAL) != SIZE) {
        die("send");
    }
}

static void run_client(const char *host, const char *port, double seconds, size_t connections)
{
    struct addrinfo *peer = stream_peer(host, port);
    int *sds = calloc(connections, sizeof(*sds)), epoll = new_epoll();
    size_t *missing = calloc(connections, sizeof(*missing));
    unsigned long long count = 0;
    uint8_t message[SIZE];

    if (sds == NULL || missing == NULL) {
        die("calloc");
    }
    memset(message, 'x', sizeof(message));
    for (size_t i = 0; i < connections; i++) {
        sds[i] = connected_to(peer);
        set_nonblocking(sds[i]);
        watch(epoll, sds[i], (uint32_t)i);
    }
    for (size_t i = 0; i < connections; i++) {
        missing[i] = SIZE;
        ask(sds[i], message, (uint32_t)i);
    }

    double start = seconds_now() + seconds / 5, now;
    int is_warm = 0;
    do {
        struct epoll_event events[EVENTS_PER_CALL];

        int n = epoll_wait(epoll, events, EVENTS_PER_CALL, ANSWER_MILLISECONDS_MAX);
        if (n <= 0) {
            die(n == 0 ? "no answer" : "epoll_wait");
        }
        for (int i = 0; i < n; i++) {
            uint32_t number = events[i].data.u32, first;
            uint8_t buffer[SIZE];

            ssize_t length = recv(sds[number], buffer, missing[number], 0);
            if (length <= 0) {
                die(length == 0 ? "the server closed" : "recv");
            }
            memcpy(&first, buffer, sizeof(first));
            if (missing[number] == SIZE && length >= (ssize_t)sizeof(first) && first != number) {
                fprintf(stderr, "requests: another connection's bytes came back\n");
                exit(1);
            }
            missing[number] -= (size_t)length;
            if (missing[number] == 0) {
                count++;
                missing[number] = SIZE;
                ask(sds[number], message, number);
            }
        }
        now = seconds_now();
        if (!is_warm && now >= start) {
            is_warm = 1;
            start = now;
            count = 0;
        }
    } while (!is_warm || now - start < seconds);
    report("requests", "requests", "requests/s", (double)count / (now - start));
}

int main(int argc, char *argv[])
{
    if (argc == 3 && strcmp(argv[1], "server") == 0) {
        serve(argv[2]);
    } else if (argc == 6 && strcmp(argv[1], "client") == 0) {
        run_client(argv[2], argv[3], atof(argv[4]), strtoul(argv[5], NULL, 10));
    } else {
        fprintf(stderr, "usage: %s server PORT | client HOST PORT SECONDS CONNECTIONS\n", argv[0]);
        return 64;
    }
    return 0;
}
