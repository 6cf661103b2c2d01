internal import ParleyNetwork
public import ParleyTypes

extension NetworkEnvironment {
    /// The time of the current task's network: the machine's monotonic clock, or a simulation's.
    public static var now: MonotonicInstant { current.now }

    /// Waits on the clock of the current task's network, so that programs that pause run in simulations too.
    ///
    /// - Throws: ``ParleyError/cancelled``.
    public static func sleep(for duration: Duration) async throws(ParleyError) {
        let network = current
        do throws(SocketError) {
            try await network.sleep(until: network.now.advanced(by: duration))
        } catch {
            throw ParleyError(error)
        }
    }
}
