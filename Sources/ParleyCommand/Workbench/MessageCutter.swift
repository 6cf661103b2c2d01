import ParleyWire

/// A run of bytes, cut into messages: by a framing, or as a whole.
struct MessageCutter {
    /// Nil: all bytes up to the end are one message.
    let framing: Framing?
    /// How many bytes have been cut off: where the next message begins.
    private(set) var offset = 0
    private var buffer: [UInt8] = []
    private var start = 0
    private var progress = Framing.Progress()
    /// After a gap: what is still to be passed over before the next message's first byte.
    private var skipping = Skipping.nothing

    private enum Skipping {
        case nothing
        case bytes(Int)
        case line
        /// The rest of a message, up to the next terminator.
        case message
        case everything
    }

    init(framing: Framing?) {
        self.framing = framing
    }

    /// The bytes that wait for the rest of their message.
    var waitingBytes: Int { buffer.count - start }
    /// The memory that they take, in bytes: arrays have room to grow.
    var heldBytes: Int { buffer.capacity + 64 }
    var isLost: Bool { if case .everything = skipping { true } else { false } }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        var bytes = bytes
        switch skipping {
        case .nothing, .message: break
        case .bytes(let count):
            let dropped = min(count, bytes.count)
            bytes = bytes.dropFirst(dropped)
            offset += dropped
            skipping = dropped < count ? .bytes(count - dropped) : .nothing
        case .line:
            guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return offset += bytes.count }
            offset += end + 1 - bytes.startIndex
            bytes = bytes[(end + 1)...]
            skipping = .nothing
        case .everything: return offset += bytes.count
        }
        if start == buffer.count, start > 0 {
            // Room that one large message took does not stay.
            buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptBytesMax)
            start = 0
        } else if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    private static let keptBytesMax = 64 << 10

    /// Hands out every message that is whole.
    ///
    /// - Returns: why there are no borders any more, or why the end is none.
    mutating func drain(
        atEnd isAtEnd: Bool,
        _ body: (_ message: RawSpan, _ offset: Int) throws(Ending) -> Void
    ) throws(Ending) -> FramingError? {
        guard let framing else {
            guard isAtEnd else { return nil }
            try body(unsafe buffer.span.bytes, offset)
            offset += buffer.count
            buffer = []
            return nil
        }
        // Another name for the same memory: what lies in it stays while the places move on.
        let buffer = buffer
        let bytes = unsafe buffer.span.bytes
        while start < bytes.byteCount {
            let rest = bytes.extracting(droppingFirst: start)
            let frame: Framing.Frame?
            do throws(FramingError) {
                frame = try framing.nextFrame(in: rest, atEnd: isAtEnd, progress: &progress)
            } catch {
                if case .endsInside = error, case .message = skipping {
                    // Nobody knows how it begins, so nobody misses its end.
                    _ = takeRest()
                    return nil
                }
                return error
            }
            guard let frame else { return nil }
            if case .message = skipping {
                skipping = .nothing
            } else {
                try body(rest.extracting(frame.message), offset)
            }
            start += frame.consumed
            offset += frame.consumed
        }
        return nil
    }

    /// The bytes that no message took.
    mutating func takeRest() -> [UInt8] {
        defer {
            offset += buffer.count - start
            buffer = []
            start = 0
            progress = Framing.Progress()
        }
        return Array(buffer[start...])
    }

    /// Nothing that follows can be told apart.
    mutating func lose() {
        _ = takeRest()
        skipping = .everything
    }

    /// Passes over bytes that are not there, and goes on at the next border that can be known.
    mutating func skip(_ count: Int) {
        offset += waitingBytes + count
        buffer = []
        start = 0
        progress = Framing.Progress()
        guard let framing else { return skipping = .everything }
        let size = framing.messageBytesMax
        if framing == .backToBack(bytes: size) {
            skipping = offset % size == 0 ? .nothing : .bytes(size - offset % size)
        } else if framing == .lines(messageBytesMax: size) {
            skipping = .line
        } else if framing.terminator != nil {
            skipping = .message
        } else if framing != .chunks {
            skipping = .everything
        }
    }
}
