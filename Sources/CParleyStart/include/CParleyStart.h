/// What must hold in the command's process before Swift runs, and where Swift's runtime would end it by a signal.
///
/// For the command alone: a program that uses the library keeps its own descriptors, memory and threads. Nothing here
/// must be called; linking it is enough.
///
/// - Standard.c: descriptors 0 to 2 are never free, so that nothing of ours ever gets such a number; the arguments.
/// - Memory.c: memory that is refused ends the command with a sentence.
/// - Tasks.c: the threads that run Swift's tasks.
#ifndef CPARLEYSTART_H
#define CPARLEYSTART_H

#ifdef __cplusplus
extern "C" {
#endif

/// The arguments of main, the program's name first. Swift itself would read /proc/self/cmdline, and know none where
/// /proc is not mounted.
int parley_argument_count(void);
const char *parley_argument(int index);

/// Whether tasks run on threads of ours; not with a runtime that lacks the hooks for it.
int parley_has_workers(void);
/// Calls a function on one of these threads, soon.
void parley_run_on_worker(void (*function)(void *), void *context);

/// Ends the process with code 1, a sentence and a remedy; as JSON where the arguments ask for that. Allocates nothing
/// and needs no thread.
_Noreturn void parley_give_up(const char *message, const char *remedy);

#ifdef __cplusplus
}
#endif
#endif
