internal import ParleyNetwork
public import ParleyTypes
internal import ParleyWire

// Open descriptors that travel with messages, over `seqpacket`. Not over `unix`: on a stream the kernel ties
// descriptors to bytes, and a read that brings some may begin in a message before and end within the one they
// were sent with, so nobody could say for certain which message they belong to.

extension Connection {
    /// Sends a message and open descriptors with it: the peer gets its own ones for the same open files,
    /// sockets or pipes. Over `seqpacket` only.
    ///
    /// - Parameters:
    ///   - descriptors: at most ``PassedDescriptors/countMax``. They stay the caller's, must stay open until
    ///     this returns, and may be closed then.
    ///   - timeout: how long to wait for room; nil waits for ever, `.zero` tries once.
    /// - Throws: as ``send(_:timeout:)``; ``ParleyError/socket(_:)`` with `.operationNotSupported` over other
    ///   transports, `.invalidArgument` for too many descriptors or one that is not open.
    public func send(
        _ message: Outbound,
        passing descriptors: [Int32],
        timeout: Duration? = nil
    ) async throws(ParleyError) {
        let port = try descriptorPort(.send)
        let bytes = try encoded(message, by: outboundCoder, framing: nil)
        var timeout = timeout
        if pacing.isOn {
            timeout = try await pacing.admit(bytes: bytes.count, timeout: timeout, on: network, counters)
        }
        let isSent: Bool
        do throws(SocketError) {
            isSent = try unsafe port.transmit(bytes.span.bytes, passing: descriptors)
        } catch {
            throw share?.reason ?? ParleyError(error, sending: bytes.count)
        }
        if !isSent {
            if let timeout, timeout <= .zero { throw noRoom(for: 1, in: timeout) }
            try await whileRoomMayCome(timeout: timeout, holding: bytes.count, messages: 1) {
                (deadline) async throws(SocketError) in
                try await port.waitUntilWritable(until: deadline)
                return try unsafe port.transmit(bytes.span.bytes, passing: descriptors)
            }
        }
        if counters.countSentInTurn() { await Task.yield() }
    }

    /// Lets messages bring up to `countMax` open descriptors from now on, over `seqpacket`. Before, and with 0
    /// again, what a peer passes is closed by the system and never open in this process; so is what exceeds
    /// the limit.
    ///
    /// Messages are then received one a system call, so that no descriptor is open here before the reader has
    /// come to its message.
    ///
    /// They stay with the task that received their message: where several tasks ask, or one asks beside a reader, whose
    /// message another task receives, they may be closed before they can be taken.
    ///
    /// - Parameter countMax: 0 to ``PassedDescriptors/countMax``.
    /// - Throws: ``ParleyError/socket(_:)`` with `.operationNotSupported` over other transports.
    public func allowDescriptors(upTo countMax: Int) throws(ParleyError) {
        try descriptorPort(.receive).allowDescriptors(upTo: countMax)
    }

    /// The descriptors that came with the message that was received last. What is not taken before the next
    /// one is received, or the connection is closed, is closed.
    ///
    ///     try connection.allowDescriptors(upTo: 1)
    ///     for try await request in connection {
    ///         var descriptors = connection.takeDescriptors()
    ///         guard let file = descriptors.popFirst() else { continue }
    ///         try await answer(request, from: file)
    ///     }
    public func takeDescriptors() -> PassedDescriptors {
        (port as? any MessagePort)?.descriptors?.takeDescriptors() ?? PassedDescriptors()
    }

    private func descriptorPort(
        _ operation: SocketError.Operation
    ) throws(ParleyError) -> any DescriptorPort {
        if let port = (port as? any MessagePort)?.descriptors { return port }
        throw .socket(
            SocketError(
                operation,
                .operationNotSupported,
                local: port.localAddress,
                remote: port.remoteAddress
            )
        )
    }
}
