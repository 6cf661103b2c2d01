internal import ParleyNetwork
internal import ParleyTypes

/// A rate that is kept before a message is made, of whoever sends by it: what a message says of its time shall be true
/// when it leaves, and several connections may share one rate.
///
/// Who has waited for its turn sends at once, on a connection or mailbox without a rate of its own.
package final class SharedRate: Sendable {
    private let pacing: Pacing
    private let network: any Network
    private let counters = Counters()

    /// At the current task's network.
    package init(_ rate: SendRate) {
        pacing = Pacing(rate)
        network = NetworkEnvironment.current
    }

    /// Waits until a message may leave, and takes its place; in the order of the calls.
    ///
    /// - Parameter bytes: of the message with its border, for a rate of bits.
    /// - Throws: ``ParleyError/cancelled``.
    package func take(bytes: Int) async throws(ParleyError) {
        _ = try await pacing.admit(bytes: bytes, timeout: nil, on: network, counters)
    }
}
