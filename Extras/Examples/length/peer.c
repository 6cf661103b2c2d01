/*
 * Messages that say their length themselves, over TCP or a Unix stream:
 *
 *     peer serve COUNT [PLACE]    answers COUNT messages: a and b change places, letters become capitals
 *     peer call PLACE TEXT...     sends each text, prints each answer
 *     peer receive COUNT [PLACE]  prints COUNT messages
 *     peer send PLACE TEXT...     sends each text
 *
 * PLACE is a port of this host, or the path of a Unix socket, which has a slash in it. Whoever waits for others says first
 * where; without a place that is a port that the system chose.
 *
 * The bytes go out a few at a time: a stream has no borders, and both sides find them by n.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct header {
    uint32_t a, b;
    uint8_t n; /* the bytes of the text that follows */
} __attribute__((packed));

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void read_all(int fd, void *data, size_t size)
{
    uint8_t *next = data;
    while (size > 0) {
        ssize_t count = read(fd, next, size);
        if (count <= 0) fail("read");
        next += count;
        size -= (size_t)count;
    }
}

static void write_all(int fd, const void *data, size_t size)
{
    const uint8_t *next = data;
    while (size > 0) {
        ssize_t count = write(fd, next, size < 5 ? size : 5);
        if (count <= 0) fail("write");
        next += count;
        size -= (size_t)count;
    }
}

static void send_message(int fd, uint32_t a, uint32_t b, const char *text)
{
    struct header header = {htonl(a), htonl(b), (uint8_t)strlen(text)};
    write_all(fd, &header, sizeof header);
    write_all(fd, text, header.n);
}

static void read_message(int fd, uint32_t *a, uint32_t *b, char text[256])
{
    struct header header;
    read_all(fd, &header, sizeof header);
    read_all(fd, text, header.n);
    text[header.n] = 0;
    *a = ntohl(header.a);
    *b = ntohl(header.b);
}

/* Listens there and takes one client, or connects to there. */
static int open_stream(const char *place, int listens)
{
    struct sockaddr_in internet = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr *address = (struct sockaddr *)&internet;
    socklen_t size = sizeof internet;
    int is_local = strchr(place, '/') != NULL;
    if (is_local) {
        strncpy(local.sun_path, place, sizeof local.sun_path - 1);
        address = (struct sockaddr *)&local;
        size = sizeof local;
    } else {
        internet.sin_port = htons((uint16_t)atoi(place));
    }
    int fd = socket(address->sa_family, SOCK_STREAM, 0);
    if (!listens) {
        if (connect(fd, address, size)) fail("connect");
        return fd;
    }
    if (bind(fd, address, size) || listen(fd, 1)) fail("listen");
    if (getsockname(fd, address, &size)) fail("getsockname");
    if (is_local) printf("%s\n", place);
    else printf("%d\n", ntohs(internet.sin_port));
    fflush(stdout);
    int peer = accept(fd, NULL, NULL);
    if (peer < 0) fail("accept");
    return peer;
}

int main(int argc, char **argv)
{
    uint32_t a, b;
    char text[256];
    if (argc < 3) return 64;
    int serves = strcmp(argv[1], "serve") == 0, calls = strcmp(argv[1], "call") == 0;
    if (serves || strcmp(argv[1], "receive") == 0) {
        int fd = open_stream(argc > 3 ? argv[3] : "0", 1);
        for (int count = atoi(argv[2]); count > 0; count--) {
            read_message(fd, &a, &b, text);
            if (!serves) {
                printf("%u %u %s\n", a, b, text);
                continue;
            }
            for (char *letter = text; *letter; letter++) *letter = (char)toupper((unsigned char)*letter);
            send_message(fd, b, a, text);
        }
        return 0;
    }
    int fd = open_stream(argv[2], 0);
    for (int index = 3; index < argc; index++) send_message(fd, (uint32_t)index, 7, argv[index]);
    for (int index = 3; calls && index < argc; index++) {
        read_message(fd, &a, &b, text);
        printf("%u %u %s\n", a, b, text);
    }
    return 0;
}
