#ifndef PARLEY_ALLOCATION_COUNT_H
#define PARLEY_ALLOCATION_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/// Whether the allocations of this process can be counted: the C library is glibc, and no sanitizer has put its own
/// allocator in place.
bool parley_allocations_are_countable(void);

/// Begins to count from 0.
void parley_allocations_begin(void);

/// Ends counting.
///
/// Returns how often any thread has asked for memory since: malloc, calloc, realloc, aligned_alloc, memalign and
/// posix_memalign.
uint64_t parley_allocations_end(void);

/// How many bytes the C library has taken from the system for memory that was asked for: what is held, and what lies
/// between it. 0 where they cannot be counted.
uint64_t parley_allocated_bytes(void);

#endif
