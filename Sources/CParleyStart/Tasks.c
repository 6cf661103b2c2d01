#define _GNU_SOURCE
#include "include/CParleyStart.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// Swift's tasks run on threads of libdispatch, unless the runtime's hooks name others. libdispatch does not fit a
// process that is short of something: without a thread to get it waits for one for ever, deaf to SIGTERM; without a
// descriptor or without /proc it ends the process by SIGILL when it looks at its workers. What stands here needs
// neither descriptors nor /proc, and no thread either: what finds none runs on the main thread.

/// A job of Swift's runtime (swift::Job), of which nothing but its address is used.
typedef void *job_t;

/// swift::SerialExecutorRef. Zeros: no executor, any thread.
typedef struct {
    void *identity;
    uintptr_t implementation;
} executor_t;

#define SWIFT_CALL __attribute__((swiftcall))
typedef SWIFT_CALL void (*enqueue_hook_t)(job_t job, void *original);
typedef SWIFT_CALL void (*drain_hook_t)(void *original, void *override);

// Weak: a runtime that lacks one of them keeps its own threads.
extern SWIFT_CALL void swift_job_run(job_t job, executor_t executor) __attribute__((weak));
extern SWIFT_CALL executor_t swift_task_getMainExecutor(void) __attribute__((weak));
extern enqueue_hook_t swift_task_enqueueGlobal_hook __attribute__((weak));
extern enqueue_hook_t swift_task_enqueueMainExecutor_hook __attribute__((weak));
extern drain_hook_t swift_task_asyncMainDrainQueue_hook __attribute__((weak));

/// A job, or a function and what it is called with.
typedef struct {
    void *context;
    void (*function)(void *);
} item_t;

/// Items in the order they came: a ring that doubles.
typedef struct {
    item_t *items;
    size_t capacity, first, count;
} queue_t;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t main_wakes = PTHREAD_COND_INITIALIZER;
static pthread_cond_t worker_wakes = PTHREAD_COND_INITIALIZER;
static queue_t main_jobs, worker_jobs;
/// Whether the runtime lets us run its tasks.
static int is_ours;
/// Workers that were started, and those of them that wait for a job.
static unsigned workers, idle_workers;
/// As many as there are processors; more when jobs wait although nothing moves.
static unsigned workers_wanted = 1;
/// Workers block when they write to a pipe that nobody reads, or walk through /proc. So many may, before others wait.
enum { workers_max_beyond_processors = 62, nanoseconds_of_patience = 100 * 1000 * 1000 };
/// Jobs taken by workers, to see whether anything moves.
static uint64_t taken;
/// Whether the main thread looks after jobs that wait.
static int is_watching;
/// Jobs to let pass before a thread is asked for again, after the system had none.
static unsigned tries_to_skip;
enum { tries_skipped_after_refusal = 1000 };
/// What the command's deepest work needs, whatever RLIMIT_STACK says: the usual limit.
static const size_t stack_bytes = 8 << 20;

static void append(queue_t *queue, item_t item) {
    if (queue->count == queue->capacity) {
        size_t capacity = queue->capacity == 0 ? 64 : queue->capacity * 2;
        item_t *items = malloc(capacity * sizeof(item_t));
        if (items == NULL) parley_give_up("memory has run out", "Free some, or raise what limits it (ulimit -v).");
        for (size_t index = 0; index < queue->count; index++) {
            items[index] = queue->items[(queue->first + index) & (queue->capacity - 1)];
        }
        free(queue->items);
        *queue = (queue_t){items, capacity, 0, queue->count};
    }
    queue->items[(queue->first + queue->count) & (queue->capacity - 1)] = item;
    queue->count += 1;
}

static item_t take(queue_t *queue) {
    item_t item = queue->items[queue->first];
    queue->first = (queue->first + 1) & (queue->capacity - 1);
    queue->count -= 1;
    return item;
}

/// With the lock held, which is given up meanwhile.
static void run(item_t item, int is_main) {
    pthread_mutex_unlock(&lock);
    if (item.function != NULL) {
        item.function(item.context);
    } else {
        swift_job_run(item.context, is_main ? swift_task_getMainExecutor() : (executor_t){0, 0});
    }
    pthread_mutex_lock(&lock);
}

static void *work(void *unused) {
    (void)unused;
    pthread_setname_np(pthread_self(), "parley-task");
    pthread_mutex_lock(&lock);
    while (1) {
        while (worker_jobs.count == 0) {
            idle_workers += 1;
            pthread_cond_wait(&worker_wakes, &lock);
            idle_workers -= 1;
        }
        taken += 1;
        run(take(&worker_jobs), 0);
    }
    return NULL;
}

/// With the lock held. Whether there is one more worker.
static int add_worker(void) {
    if (tries_to_skip > 0) {
        tries_to_skip -= 1;
        return 0;
    }
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    int code = pthread_create(&thread, &attributes, work, NULL);
    pthread_attr_destroy(&attributes);
    if (code != 0) {
        tries_to_skip = tries_skipped_after_refusal;
        return 0;
    }
    workers += 1;
    return 1;
}

static void add_for_workers(item_t item) {
    pthread_mutex_lock(&lock);
    append(&worker_jobs, item);
    // A worker that was woken counts as idle until it has the lock: each job needs one of its own.
    if (worker_jobs.count <= idle_workers) {
        pthread_cond_signal(&worker_wakes);
    } else if ((workers >= workers_wanted || !add_worker()) && !is_watching) {
        // The main thread looks after it: it makes room when nothing moves, or runs it where there is no worker.
        is_watching = 1;
        pthread_cond_signal(&main_wakes);
    }
    pthread_mutex_unlock(&lock);
}

static void add_for_main(item_t item) {
    pthread_mutex_lock(&lock);
    append(&main_jobs, item);
    pthread_cond_signal(&main_wakes);
    pthread_mutex_unlock(&lock);
}

SWIFT_CALL static void enqueue(job_t job, void *original) {
    (void)original;
    add_for_workers((item_t){job, NULL});
}

SWIFT_CALL static void enqueue_on_main(job_t job, void *original) {
    (void)original;
    add_for_main((item_t){job, NULL});
}

int parley_has_workers(void) {
    return is_ours;
}

void parley_run_on_worker(void (*function)(void *), void *context) {
    add_for_workers((item_t){context, function});
}

/// With the lock held: waits until something may have changed, or for as long as workers may stand still.
static void wait_for_movement(void) {
    struct timespec end;
    uint64_t before = taken;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += nanoseconds_of_patience;
    if (end.tv_nsec >= 1000000000) {
        end.tv_nsec -= 1000000000;
        end.tv_sec += 1;
    }
    int is_over = pthread_cond_timedwait(&main_wakes, &lock, &end) != 0;
    if (is_over && worker_jobs.count > 0 && taken == before) {
        tries_to_skip = 0;
        if (workers < workers_wanted + workers_max_beyond_processors) add_worker();
    }
}

/// The main thread's life.
SWIFT_CALL static void drain(void *original, void *override) {
    (void)original;
    (void)override;
    pthread_mutex_lock(&lock);
    while (1) {
        if (main_jobs.count > 0) {
            run(take(&main_jobs), 1);
        } else if (worker_jobs.count > 0 && workers == 0) {
            run(take(&worker_jobs), 0);
        } else if (worker_jobs.count > 0) {
            is_watching = 1;
            wait_for_movement();
        } else {
            is_watching = 0;
            pthread_cond_wait(&main_wakes, &lock);
        }
    }
}

__attribute__((constructor)) static void use_own_threads(void) {
    if (&swift_job_run == NULL || &swift_task_getMainExecutor == NULL || &swift_task_enqueueGlobal_hook == NULL
        || &swift_task_enqueueMainExecutor_hook == NULL || &swift_task_asyncMainDrainQueue_hook == NULL) {
        return;
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&main_wakes, &attributes);
    pthread_condattr_destroy(&attributes);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    // Two at least: a job that blocks must not stop all others.
    workers_wanted = processors < 2 ? 2 : processors > 64 ? 64 : (unsigned)processors;
    is_ours = 1;
    swift_task_enqueueGlobal_hook = enqueue;
    swift_task_enqueueMainExecutor_hook = enqueue_on_main;
    swift_task_asyncMainDrainQueue_hook = drain;
}
