/*
 * requests server PORT
 * requests client HOST PORT SECONDS CONNECTIONS
 * requests pipeline HOST PORT SECONDS WINDOW
 * requests pipeline-each HOST PORT SECONDS WINDOW
 *
 * The server is an epoll loop of one thread that writes back what it reads. The client, another such loop, is
 * the load of every server in the table: on each connection 64 bytes go out, and when all of them are back,
 * the next 64. After a fifth of SECONDS to warm up the echoes are counted for SECONDS. A server ends when 30
 * seconds long nothing has come, a client when 2 seconds long nothing comes back.
 *
 * The pipelining clients hold WINDOW messages under way on one connection: what has come back, in order, is replaced
 * by as many new ones, in one call of send or (pipeline-each) in one call each, as a client has it that is given its
 * questions one by one.
 */

#include <fcntl.h>
#include <sys/epoll.h>

#include "stream.h"

#define SIZE 64
#define WINDOW_MAX 100
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
            /* So little is under way on a connection (100 messages at most) that its buffer always has room. */
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

/* New questions, numbered on. */
static void ask_next(int sd, size_t count, uint32_t *number, size_t messages_per_call)
{
    static uint8_t messages[WINDOW_MAX * SIZE];

    while (count > 0) {
        size_t n = count < messages_per_call ? count : messages_per_call;
        for (size_t i = 0; i < n; i++) {
            memcpy(messages + i * SIZE, number, sizeof(*number));
            memset(messages + i * SIZE + sizeof(*number), 'x', SIZE - sizeof(*number));
            ++*number;
        }
        if (write_all(sd, messages, n * SIZE) < 0) {
            die("send");
        }
        count -= n;
    }
}

static void run_pipeline(const char *host, const char *port, double seconds, size_t window, size_t messages_per_call)
{
    static uint8_t buffer[WINDOW_MAX * SIZE];
    struct timeval wait = {ANSWER_MILLISECONDS_MAX / 1000, 0};
    int sd = connected_to(stream_peer(host, port)), is_warm = 0;
    uint32_t asked = 0, answered = 0;
    size_t length = 0;
    unsigned long long count = 0;
    char row[32];

    if (setsockopt(sd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) < 0) {
        die("setsockopt");
    }
    ask_next(sd, window, &asked, messages_per_call);
    double start = seconds_now() + seconds / 5, now;
    do {
        ssize_t n = recv(sd, buffer + length, sizeof(buffer) - length, 0);
        if (n <= 0) {
            die(n == 0 ? "the server closed" : "recv");
        }
        length += (size_t)n;
        size_t whole = length / SIZE;
        for (size_t i = 0; i < whole; i++) {
            uint32_t number;
            memcpy(&number, buffer + i * SIZE, sizeof(number));
            if (number != answered++) {
                fprintf(stderr, "requests: another message's bytes came back\n");
                exit(1);
            }
        }
        length -= whole * SIZE;
        memmove(buffer, buffer + whole * SIZE, length);
        count += whole;
        ask_next(sd, whole, &asked, messages_per_call);
        now = seconds_now();
        if (!is_warm && now >= start) {
            is_warm = 1;
            start = now;
            count = 0;
        }
    } while (!is_warm || now - start < seconds);
    snprintf(row, sizeof(row), "%zu under way", window);
    report("parallel", row, "requests/s", (double)count / (now - start));
}

int main(int argc, char *argv[])
{
    if (argc == 3 && strcmp(argv[1], "server") == 0) {
        serve(argv[2]);
    } else if (argc == 6 && strcmp(argv[1], "client") == 0) {
        run_client(argv[2], argv[3], atof(argv[4]), strtoul(argv[5], NULL, 10));
    } else if (argc == 6 && strncmp(argv[1], "pipeline", 8) == 0) {
        size_t window = strtoul(argv[5], NULL, 10);
        if (window == 0 || window > WINDOW_MAX) {
            fprintf(stderr, "%s: WINDOW is 1 to %d\n", argv[0], WINDOW_MAX);
            return 64;
        }
        int is_each = strcmp(argv[1], "pipeline-each") == 0;
        run_pipeline(argv[2], argv[3], atof(argv[4]), window, is_each ? 1 : WINDOW_MAX);
    } else {
        fprintf(stderr, "usage: %s server PORT | client HOST PORT SECONDS CONNECTIONS |\n"
                "       pipeline HOST PORT SECONDS WINDOW | pipeline-each HOST PORT SECONDS WINDOW\n", argv[0]);
        return 64;
    }
    return 0;
}
