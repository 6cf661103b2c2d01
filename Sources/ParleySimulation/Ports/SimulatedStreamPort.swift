internal import ParleyNetwork
internal import ParleyTypes

/// One end of a stream.
final class SimulatedStreamPort: SimulatedPipe, StreamPort, DrivenPort, @unchecked Sendable {}

/// One end of a connection whose messages have borders.
final class SimulatedPacketPort: SimulatedPipe, MessagePort, DrivenPort, @unchecked Sendable {
    var isConnection: Bool { true }

    var messageBytesMax: Int { Self.messageBytesMax }

    func transmit(
        _ bytes: RawSpan,
        to recipient: SocketAddress?,
        from source: SocketAddress?
    ) throws(SocketError) -> Bool {
        try transmit(bytes)
    }
}

extension SimulatedPipe {
    /// It, by its kind.
    var peerPort: PeerPort {
        if let port = self as? SimulatedStreamPort { return .stream(port) }
        if let port = self as? SimulatedPacketPort { return .messages(port) }
        preconditionFailure("a pipe is one of the two")
    }
}
