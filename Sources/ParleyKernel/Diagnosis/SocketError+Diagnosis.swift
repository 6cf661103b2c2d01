public import ParleyTypes

extension SocketError {
    /// Looks into the kernel for who or what made the operation fail, and for the remedy: which process holds the port,
    /// which limit was met, which right is missing.
    ///
    /// Nil where nothing better is known than ``ParleyTypes/SocketError/remedy``. It asks and never tries: no port is
    /// bound, no datagram taken, nothing changed. What needs a right that is missing is left out. It speaks of the
    /// process's network namespace as it is now, not of one that a thread alone has entered; the cause may have
    /// gone meanwhile, and the answer says so where that shows.
    ///
    /// The walk through /proc blocks, for milliseconds on most hosts, and therefore runs neither on the caller's actor
    /// nor on an event loop.
    @concurrent
    public func diagnosis() async -> Diagnosis? {
        // A preference for an event loop would hold here too.
        await withTaskExecutorPreference(globalConcurrentExecutor) { examined() }
    }

    /// The same at once, on the caller's thread, which may have to wait for it.
    package func examined() -> Diagnosis? { Diagnostician(error: self).examine() }

    /// Why what is sent so reaches nobody although no operation fails; nil where it may arrive.
    package func examinedAsSilent() -> Diagnosis? { Cause.beyondLoopback.find(self, LiveHost()) }
}
