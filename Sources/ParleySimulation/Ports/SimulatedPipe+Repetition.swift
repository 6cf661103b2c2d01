internal import ParleyTypes

// Packets without bytes; when a piece that was lost is sent again, and when no more.

extension SimulatedPipe {
    /// Sends a packet without bytes.
    func send(_ kind: Packet.Kind, _ world: inout World) {
        var packet = makePacket(kind)
        // Nobody repeats a reset.
        if kind == .reset { packet.connection = 0 }
        world.send(world.make(packet, RawSpan()))
    }

    var isAccepting: Bool {
        if case .accepting = phase { true } else { false }
    }

    /// The peer never said that it knows of the connection.
    func giveUpAccepting() { withWorld { world in if isAccepting { vanish(&world) } } }

    /// After how long a lost piece is sent again.
    func pause(before repetition: UInt32) -> Duration {
        let exponent = Int64(min(repetition - 1, 10))
        switch phase {
        case .connecting, .accepting: return .seconds(1 << exponent)
        case .established: return min(.milliseconds(200 << exponent), .seconds(120))
        }
    }

    /// Whether that has been tried for long enough: as Linux does (tcp_syn_retries, tcp_retries2), or as the endpoint
    /// says.
    func givesUp(before repetition: UInt32, sentAt: MonotonicInstant, now: MonotonicInstant) -> Bool {
        guard isEstablished else { return repetition > 6 }
        if let userTimeout, sentAt.duration(to: now) >= userTimeout { return true }
        return repetition > 15
    }
}
