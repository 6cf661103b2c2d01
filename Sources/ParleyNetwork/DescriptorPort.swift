public import ParleyTypes

/// A port with borders whose messages can bring open descriptors from process to process.
///
/// While ``allowDescriptors(upTo:)`` allows some, `receive` brings one message at a time, so that no
/// descriptor is open here before its message is looked at.
public protocol DescriptorPort: MessagePort {
    /// How many descriptors a message may bring from now on, 0 to ``PassedDescriptors/countMax``. At first
    /// none: what a peer passes is then closed by the system, and never open in this process.
    func allowDescriptors(upTo countMax: Int)

    /// The descriptors of the message that was received last. What is not taken before the next one is
    /// received is closed.
    func takeDescriptors() -> PassedDescriptors

    /// Sends one message with descriptors, all or nothing.
    ///
    /// - Returns: false when there is no room; nothing was taken then.
    func transmit(_ bytes: RawSpan, passing descriptors: [Int32]) throws(SocketError) -> Bool
}
