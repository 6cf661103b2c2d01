/*
 * Messages that say their length themselves, over TCP:
 *
 *     peer serve COUNT            answers COUNT messages: a and b change places, letters become capitals
 *     peer call PORT TEXT...      sends each text, prints each answer
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

int main(int argc, char **argv)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof place;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    uint32_t a, b;
    char text[256];
    if (argc < 3) return 64;
    if (strcmp(argv[1], "serve") == 0) {
        if (bind(fd, (struct sockaddr *)&place, size) || listen(fd, 1)) fail("listen");
        if (getsockname(fd, (struct sockaddr *)&place, &size)) fail("getsockname");
        printf("%d\n", ntohs(place.sin_port));
        fflush(stdout);
        int peer = accept(fd, NULL, NULL);
        if (peer < 0) fail("accept");
        for (int count = atoi(argv[2]); count > 0; count--) {
            read_message(peer, &a, &b, text);
            for (char *letter = text; *letter; letter++) *letter = (char)toupper((unsigned char)*letter);
            send_message(peer, b, a, text);
        }
        return 0;
    }
    place.sin_port = htons((uint16_t)atoi(argv[2]));
    if (connect(fd, (struct sockaddr *)&place, size)) fail("connect");
    for (int index = 3; index < argc; index++) send_message(fd, (uint32_t)index, 7, argv[index]);
    for (int index = 3; index < argc; index++) {
        read_message(fd, &a, &b, text);
        printf("%u %u %s\n", a, b, text);
    }
    return 0;
}
