#include "include/CParleyStart.h"

#include <stddef.h>
#include <stdlib.h>

// Swift has no error for memory that is refused: its runtime ends the process by a signal. So the command's own
// functions stand before those of the C library (glibc's manual, "Replacing malloc"), ask them, and end the command
// with a sentence where they have nothing to give. free and the rest are the library's as before.

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PARLEY_SANITIZED
#endif
#endif

#if defined(__GLIBC__) && !defined(PARLEY_SANITIZED)
#include <errno.h>
#include <malloc.h>
#include <sys/resource.h>

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *block, size_t bytes);
extern void *__libc_memalign(size_t alignment, size_t bytes);

/// Nothing that the command means to hold is larger: a request beyond it is a mistake of a caller who can take a no.
static const size_t bytes_max = (size_t)1 << 46;

static void *or_give_up(void *block, size_t bytes) {
    if (block != NULL || bytes == 0 || bytes > bytes_max) return block;
    parley_give_up(
        "memory has run out",
        "Free some, or raise what limits it: RLIMIT_AS, RLIMIT_DATA (ulimit -v, ulimit -d), the control group.");
}

void *malloc(size_t bytes) {
    return or_give_up(__libc_malloc(bytes), bytes);
}

void *calloc(size_t count, size_t bytes) {
    size_t product;
    // What no memory could hold is refused, as the library does.
    if (__builtin_mul_overflow(count, bytes, &product)) return __libc_calloc(count, bytes);
    return or_give_up(__libc_calloc(count, bytes), product);
}

void *realloc(void *block, size_t bytes) {
    return or_give_up(__libc_realloc(block, bytes), bytes);
}

void *memalign(size_t alignment, size_t bytes) {
    return or_give_up(__libc_memalign(alignment, bytes), bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
    return or_give_up(__libc_memalign(alignment, bytes), bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    *block = or_give_up(__libc_memalign(alignment, bytes), bytes);
    return *block == NULL && bytes != 0 ? ENOMEM : 0;
}

/// Each thread's heap reserves 64 MiB of addresses, which a limit on them refuses at every attempt.
__attribute__((constructor)) static void share_one_heap(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) mallopt(M_ARENA_MAX, 1);
}
#endif
