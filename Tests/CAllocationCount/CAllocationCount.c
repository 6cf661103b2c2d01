#define _GNU_SOURCE
#include "CAllocationCount.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

static _Atomic bool counts;
static _Atomic uint64_t count;

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_SANITIZER)

#include <malloc.h>

// A program that defines these stands before the C library, for every library that is loaded. `free` stays as it is:
// the memory is glibc's own.

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static inline void note(void) {
    if (atomic_load_explicit(&counts, memory_order_relaxed))
        atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
}

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    note();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    note();
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    note();
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *found = __libc_memalign(alignment, size);
    if (found == NULL) return ENOMEM;
    *memory = found;
    return 0;
}

bool parley_allocations_are_countable(void) {
    // Asked of the linker, not of ourselves: whether a call from elsewhere arrives here. The pointer is volatile, or
    // the compiler would leave out a pair of malloc and free.
    parley_allocations_begin();
    void *volatile memory = malloc(1);
    free(memory);
    return parley_allocations_end() > 0;
}

uint64_t parley_allocated_bytes(void) {
    struct mallinfo2 memory = mallinfo2();
    return memory.arena + memory.hblkhd;
}

#else

bool parley_allocations_are_countable(void) { return false; }

uint64_t parley_allocated_bytes(void) { return 0; }

#endif

void parley_allocations_begin(void) {
    atomic_store(&count, 0);
    atomic_store(&counts, true);
}

uint64_t parley_allocations_end(void) {
    atomic_store(&counts, false);
    return atomic_load(&count);
}
