// Tells ThreadSanitizer what it cannot see of Swift's Mutex.
//
// An uncontended Mutex is an atomic operation in the caller's own code, which the sanitizer follows. A
// contended one goes to the kernel (FUTEX_LOCK_PI) from the runtime's library, which is not instrumented:
// without this, every variable behind a busy Mutex would be reported as a race. Loaded with LD_PRELOAD, these
// functions take the place of the library's slow paths, call them, and draw the edge from each unlock to the
// next lock.
//
// The names are Synchronization._MutexHandle._lockSlow(UInt32), ._tryLockSlow() and ._unlockSlow(), as Swift
// mangles them; scripts/sanitize checks that the library has them, and its self-test that a race is still
// found.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

SWIFT void lock_slow(uint32_t thread, SELF self)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
SWIFT void lock_slow(uint32_t thread, SELF self) {
    static SWIFT void (*original)(uint32_t, SELF);
    if (!original) original = next("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
    original(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool try_lock_slow(SELF self) __asm__("$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF");
SWIFT bool try_lock_slow(SELF self) {
    static SWIFT bool (*original)(SELF);
    if (!original) original = next("$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF");
    bool is_locked = original(self);
    if (is_locked && __tsan_acquire) __tsan_acquire(self);
    return is_locked;
}

SWIFT void unlock_slow(SELF self) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
SWIFT void unlock_slow(SELF self) {
    static SWIFT void (*original)(SELF);
    if (!original) original = next("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");
    if (__tsan_release) __tsan_release(self);
    original(self);
}
