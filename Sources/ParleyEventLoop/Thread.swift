internal import CParleyLinux
internal import Glibc
package import ParleyTypes

/// Runs `body` on a new thread that nobody waits for.
///
/// Signals are left to the program's own threads: this one blocks them all.
///
/// - Throws: ``SocketError`` when the system has no thread to give.
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) throws(SocketError) {
    let box = unsafe Unmanaged.passRetained(ThreadBody(name, body))
    var everything = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&everything)
    unsafe pthread_sigmask(SIG_SETMASK, &everything, &before)
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let result = unsafe pthread_create(
        &thread,
        &attributes,
        { argument in
            let body = unsafe Unmanaged<ThreadBody>.fromOpaque(argument!).takeRetainedValue()
            unsafe parley_name_this_thread(body.name)
            body.run()
            return nil
        },
        box.toOpaque()
    )
    unsafe pthread_attr_destroy(&attributes)
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    guard result == 0 else {
        unsafe box.release()
        throw SocketError(.open, ErrorCode(rawValue: result), subject: "a thread")
    }
}

private final class ThreadBody: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
        // pthread_setname_np takes 15 bytes.
        self.name = String(name.prefix(15))
        self.run = run
    }
}
