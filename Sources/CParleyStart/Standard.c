#define _GNU_SOURCE
#include "include/CParleyStart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

int parley_argument_count(void) {
    return argument_count;
}

const char *parley_argument(int index) {
    return index >= 0 && index < argument_count ? arguments[index] : 0;
}

static void put(const char *text) {
    size_t left = strlen(text);
    while (left > 0) {
        // Nobody may read it: then these words are lost, and the process ends all the same.
        struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
        if (poll(&room, 1, 1000) == 0) return;
        ssize_t done = write(STDERR_FILENO, text, left);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return;
        text += done;
        left -= (size_t)done;
    }
}

_Noreturn void parley_give_up(const char *message, const char *remedy) {
    int is_json = 0;
    for (int index = 1; index < argument_count; index++) is_json |= strcmp(arguments[index], "--json") == 0;
    if (is_json) {
        put("{\"schema\":\"parley.error/1\",\"error\":\"");
        put(message);
        put("\",\"remedy\":\"");
        put(remedy);
        put("\",\"exit\":1}\n");
    } else {
        put("parley: ");
        put(message);
        put(". ");
        put(remedy);
        put("\n");
    }
    _exit(1);
}

/// Whoever started us may have closed 0, 1 or 2. The next file or socket would get that number, and what is meant for
/// standard output or standard error would go into it, to whoever is on its other end.
///
/// What is opened in their place cannot be used in their way: standard input cannot be read, the other two cannot be
/// written. So each use still fails with EBADF, as it would without; nothing is lost in silence.
static void take_standard_descriptors(void) {
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++) {
        if (fcntl(number, F_GETFD) != -1 || errno != EBADF) continue;
        // The lowest free number is this one, because those below it are taken.
        int taken = open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        // A root directory without /dev: O_PATH can be neither read nor written.
        if (taken == -1) taken = open("/", O_PATH | O_DIRECTORY);
        if (taken != number) {
            parley_give_up(
                "descriptors 0 to 2 are closed and cannot be taken",
                "Start it with a standard input, output and error, or with more descriptors (ulimit -n).");
        }
    }
}

/// The main thread's stack grows up to this limit, which may be raised while it runs. It runs what no other thread
/// can, so it gets what the others have.
static void make_room_for_the_stack(void) {
    const rlim_t wanted = 8 << 20, least = 512 << 10;
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur < least) {
        parley_give_up("the stack is limited to less than 512 KiB", "Raise RLIMIT_STACK (ulimit -s).");
    }
}

static void start(int count, char **values, char **environment) {
    (void)environment;
    argument_count = count;
    arguments = values;
    take_standard_descriptors();
    make_room_for_the_stack();
    // A file that may not grow (RLIMIT_FSIZE): an error of write(2), not a signal.
    signal(SIGXFSZ, SIG_IGN);
}

/// Before the constructors of any library, which could open something.
__attribute__((section(".preinit_array"), used)) static void (*const start_pointer)(int, char **, char **) = start;
