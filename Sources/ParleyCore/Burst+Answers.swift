public import ParleyWire

extension Burst {
    /// Begins anew.
    func removeAll() {
        byteCount = 0
        unsafe filling.pointee.ends.removeAll(keepingCapacity: true)
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
}
