public import ParleyTypes
public import ParleyWire

extension Burst {
    /// Begins anew.
    func removeAll() {
        byteCount = 0
        unsafe filling.pointee.ends.removeAll(keepingCapacity: true)
        unsafe filling.pointee.trains.removeAll(keepingCapacity: true)
    }

    /// Whether one answer more is given before these have left.
    @inlinable
    func hasRoom(within bytesMax: Int) -> Bool {
        unsafe filling.pointee.byteCount < bytesMax && filling.pointee.ends.count < Self.messagesMax
    }

    /// Encodes one message behind the others, whatever room it needs.
    ///
    /// - Throws: why it has no bytes; those before it are in the burst.
    @inlinable
    func add<Coder: MessageCoder>(
        _ message: Coder.Message,
        by coder: Coder,
        framing: Framing?
    ) throws(ParleyError) {
        let size = coder.size(of: message)
        try check(messageBytes: size, framing: framing)
        let needed = size &+ (framing?.overhead ?? 0)
        if unsafe storage.count &- byteCount < needed { makeRoom(for: needed) }
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: storage[byteCount...])
        var output = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
        try ParleyCore.append(message, bytes: size, to: &output, by: coder, framing: framing)
        byteCount &+= output.byteCount
        unsafe filling.pointee.ends.append(byteCount)
    }

    /// Answers messages that have come whole: at most so many, and until the burst has so many bytes.
    @inlinable
    @inline(__always)
    func answer<Inbound: MessageCoder, Outbound: MessageCoder>(
        _ intake: some RequestIntake,
        atMost requestsMax: Int,
        within bytesMax: Int,
        by inbound: Inbound,
        _ outbound: Outbound,
        _ framing: Framing?,
        _ answer: (Inbound.Message) throws -> Outbound.Message?
    ) -> Answered {
        var answered = Answered()
        do {
            while answered.requests < requestsMax, hasRoom(within: bytesMax) {
                guard let request = try intake.next(by: inbound) else {
                    answered.isDrained = true
                    break
                }
                answered.requests &+= 1
                guard let reply = try answer(request) else { continue }
                try add(reply, by: outbound, framing: framing)
            }
        } catch {
            answered.failure = error
        }
        return answered
    }

    /// Says where the last message goes. Neighbours to the same place leave as one train.
    ///
    /// - Parameter train: the one that is being made, nil at first. Whoever makes it adds it at the end: changing it
    ///   in the list would take memory in unoptimised builds.
    @usableFromInline
    func addressLast(to recipient: SocketAddress, from source: SocketAddress?, _ train: inout Transmit?) {
        let start = ends.count > 1 ? ends[ends.count - 2] : 0
        if var longer = train, longer.recipient == recipient, longer.source == source,
            longer.append(start..<byteCount)
        {
            train = longer
            return
        }
        finish(&train)
        train = Transmit(start..<byteCount, to: recipient, from: source)
    }

    @usableFromInline
    func finish(_ train: inout Transmit?) {
        if let train { unsafe filling.pointee.trains.append(train) }
        train = nil
    }
}

// Answers whose bytes are remembered.

extension Burst {
    /// A message that was encoded before, behind the others.
    @usableFromInline
    func add(_ message: [UInt8]) {
        if unsafe storage.count &- byteCount < message.count { makeRoom(for: message.count) }
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: storage[byteCount...])
        unsafe room.copyBytes(from: message)
        byteCount &+= message.count
        unsafe filling.pointee.ends.append(byteCount)
    }

    /// Writes a number into the last message.
    ///
    /// - Returns: the message; nil where it has no place for one.
    func numberLast(_ number: UInt64, by numbering: MessageNumbering) -> [UInt8]? {
        let start = ends.count > 1 ? ends[ends.count - 2] : 0
        let last = unsafe UnsafeMutableRawBufferPointer(rebasing: storage[start..<byteCount])
        var bytes = unsafe MutableRawSpan(_unsafeBytes: last)
        guard numbering.setNumber(number, in: &bytes) else { return nil }
        return unsafe [UInt8](last)
    }

    /// Takes back the message that was added last.
    func removeLast() {
        unsafe filling.pointee.ends.removeLast()
        byteCount = ends.last ?? 0
    }
}
