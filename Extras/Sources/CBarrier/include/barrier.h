#ifndef CBARRIER_BARRIER_H
#define CBARRIER_BARRIER_H

/*
 * The same barrier as in Benchmarks/c/codec.c, for Swift: the compiler has to have stored what lies there, and to load
 * it again afterwards. It costs no instruction, because clang inlines it into the Swift loop.
 */
static inline void barrier(void *_Nonnull memory)
{
    __asm__ volatile("" : : "r"(memory) : "memory");
}

/* A number the compiler cannot know. */
static inline long opaque(long number)
{
    __asm__ volatile("" : "+r"(number));
    return number;
}

#endif
