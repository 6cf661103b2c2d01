internal import ParleyTypes

/// How the borders of messages are found on a stream. Datagrams need none.
///
/// A value without state: ``nextFrame(in:atEnd:)`` looks at the bytes that have come and finds the first
/// message, so the caller keeps the bytes and a simulator, a socket and a test use the same code.
public struct Framing: Sendable, Hashable {
    /// The largest message in bytes. What claims to be larger is refused before memory is set aside for it.
    public var messageBytesMax: Int
    @usableFromInline let kind: Kind
    /// How messages say where they end; beside `kind`, so that looking at that counts no references.
    private let plan: FrameFinder?

    @usableFromInline
    enum Kind: Sendable, Hashable {
        case backToBack
        case lengthPrefixed(counterBytes: Int, order: ByteOrder)
        case lengthField(LengthField)
        case planned
        case terminated(bytes: Int)
        case lines
        case chunks
        case untilEnd
    }

    @usableFromInline
    init(kind: Kind, messageBytesMax: Int) {
        precondition(messageBytesMax > 0, "a framing's largest message has at least one byte")
        self.kind = kind
        self.messageBytesMax = messageBytesMax
        plan = nil
    }

    private init(_ plan: FrameFinder, messageBytesMax: Int) {
        precondition(messageBytesMax > 0, "a framing's largest message has at least one byte")
        kind = .planned
        self.plan = plan
        self.messageBytesMax = messageBytesMax
    }

    init(_ terminator: Terminator, messageBytesMax: Int) {
        precondition(messageBytesMax > 0, "a framing's largest message has at least one byte")
        kind = .terminated(bytes: terminator.bytes.count)
        plan = terminator
        self.messageBytesMax = messageBytesMax
    }

    /// What ends messages where bytes that are always the same do; `lines` have ends of two kinds, and no such.
    package var terminator: [UInt8]? { ending?.bytes }

    /// The field that says how long each message is, where one does.
    package var lengthField: LengthField? { if case .lengthField(let field) = kind { field } else { nil } }

    /// Whether this is how somebody cuts an input by its own bytes: by an end, a field or a size. A length in front is
    /// put there when sending.
    package var cutsInput: Bool {
        switch kind {
        case .backToBack, .lengthField, .terminated, .lines: true
        case .lengthPrefixed, .planned, .chunks, .untilEnd: false
        }
    }

    private var ending: Terminator? {
        guard case .terminated = kind, let plan else { return nil }
        // No cast that looks: this is asked for every message.
        return unsafe unsafeDowncast(plan, to: Terminator.self)
    }

    /// As the messages of a layout are told apart unless somebody says otherwise.
    ///
    /// Messages of one size stand back to back. Those whose own bytes say where they end are cut there and stand
    /// back to back too: a tail that a field counts, a tagged union of such messages, and what nests these. All
    /// others have a 4-byte length in front: a tail without a count, a union that keeps unknown tags, items that
    /// may be of no byte, a type that contains itself.
    ///
    /// - Parameters:
    ///   - refusingUnknownTags: true to cut a union that keeps unknown tags by its known ones, as a C program does
    ///     that switches over the tag: an unknown one has no end, and is an error.
    ///   - messageBytesMax: the largest message in bytes where they are not of one size; 16 MiB unless said
    ///     otherwise.
    public static func following(
        _ layout: MessageLayout,
        refusingUnknownTags: Bool = false,
        messageBytesMax: Int = 16 << 20
    ) -> Framing {
        let least = layout.sizeMinimum
        if layout.isFixedSize, least > 0 { return .backToBack(bytes: least) }
        guard let plan = FramePlan(layout, refusingUnknownTags: refusingUnknownTags), least <= messageBytesMax
        else {
            return .lengthPrefixed(messageBytesMax: messageBytesMax)
        }
        return Framing(plan, messageBytesMax: messageBytesMax)
    }

    /// Whether the messages' own layout is all that says where they end.
    package var followsLayout: Bool { kind == .backToBack || kind == .planned }

    /// Messages that somebody's own code cuts. They are handed out whole, and sent as they are when they would be
    /// cut so.
    public static func handWritten(_ cutter: some FrameCutter) -> Framing {
        Framing(HandWrittenFinder(cutter), messageBytesMax: cutter.messageBytesMax)
    }

    /// Whether messages stand one after another with nothing between, because their own bytes say where each
    /// ends.
    public var isBackToBack: Bool {
        switch kind {
        case .backToBack, .lengthField, .planned: true
        case .lengthPrefixed, .terminated, .lines, .chunks, .untilEnd: false
        }
    }

    /// Messages of one size, one after another with nothing between.
    public static func backToBack(bytes: Int) -> Framing {
        Framing(kind: .backToBack, messageBytesMax: bytes)
    }

    /// Each message after its length in bytes, which does not count itself: 4 bytes, network order, unless
    /// said otherwise. At most 16 MiB a message unless said otherwise: enough for most, too little to exhaust
    /// a server.
    public static func lengthPrefixed(
        counterBytes: Int = 4,
        order: ByteOrder = .big,
        messageBytesMax: Int = 16 << 20
    ) -> Framing {
        precondition([1, 2, 4].contains(counterBytes), "a length has 1, 2 or 4 bytes")
        let countable = Int(UInt32.max >> UInt32(32 - 8 * counterBytes))
        return Framing(
            kind: .lengthPrefixed(counterBytes: counterBytes, order: order),
            messageBytesMax: min(messageBytesMax, countable)
        )
    }

    /// Messages that say their length themselves, in a field: what most C protocols do.
    ///
    ///     struct header { uint32_t a, b; uint8_t n; char text[]; };     // n bytes of text
    ///
    /// is `.lengthField(offset: 8, width: 1)`. A message is handed out whole, with all that stands before the
    /// field, and sent as it is: the field is the message's own, so sending checks it and adds nothing.
    ///
    /// - Parameters:
    ///   - offset: the field's first byte, counted from the message's first; at most 64 KiB.
    ///   - width: the bytes of the field: 1, 2, 4 or 8.
    ///   - order: network order unless said otherwise.
    ///   - counts: what the number counts.
    ///   - plus: bytes that the number leaves out: 16 where it counts what follows a header of 16 bytes (with
    ///     `counts: .frame`); below 0 where it counts some twice. At most 1 GiB either way.
    ///   - messageBytesMax: the largest message in bytes, the field and all before it counted; 16 MiB unless said
    ///     otherwise.
    public static func lengthField(
        offset: Int = 0,
        width: Int,
        order: ByteOrder = .big,
        counts: LengthField.Scope = .rest,
        plus: Int = 0,
        messageBytesMax: Int = 16 << 20
    ) -> Framing {
        let field = LengthField(offset: offset, width: width, order: order, counts: counts, plus: plus)
        precondition(field.end <= messageBytesMax, "the largest message has room for its length")
        return Framing(kind: .lengthField(field), messageBytesMax: messageBytesMax)
    }

    /// Lines that end with LF or CR LF (sent with CR LF). At most 64 KiB a line unless said otherwise. A last
    /// line without an end counts.
    public static func lines(messageBytesMax: Int = 64 << 10) -> Framing {
        Framing(kind: .lines, messageBytesMax: messageBytesMax)
    }

    /// No borders: whatever has come is one message, at most 64 KiB of it.
    public static let chunks = Framing(kind: .chunks, messageBytesMax: 64 << 10)

    /// The whole stream is one message, ended by the peer's close (daytime, RFC 867). At most 1 MiB unless
    /// said otherwise.
    public static func untilEnd(messageBytesMax: Int = 1 << 20) -> Framing {
        Framing(kind: .untilEnd, messageBytesMax: messageBytesMax)
    }

    /// A message found in bytes: where it lies, and how many bytes it used up with its border.
    @frozen
    public struct Frame: Sendable, Hashable {
        public var message: Range<Int>
        public var consumed: Int

        @inlinable
        init(_ message: Range<Int>, consumed: Int) {
            self.message = message
            self.consumed = consumed
        }
    }

    /// Finds the first message.
    ///
    /// - Parameters:
    ///   - bytes: what has come and was not consumed yet.
    ///   - isAtEnd: whether the peer will send nothing more.
    ///   - searched: how many of the bytes an earlier call has looked at and found nothing in; they are not
    ///     looked at again where that saves work. ``nextFrame(in:atEnd:progress:)`` saves more.
    /// - Returns: the message, or nil when more bytes are needed (at the end: when there is none).
    /// - Throws: ``FramingError``. The stream has no borders any more after that: close it.
    @inlinable
    public func nextFrame(
        in bytes: RawSpan,
        atEnd isAtEnd: Bool,
        after searched: Int = 0
    ) throws(FramingError) -> Frame? {
        var progress = Progress(searched: searched)
        return try nextFrame(in: bytes, atEnd: isAtEnd, progress: &progress)
    }

    /// Finds the first message; what earlier calls have found out about it is not found out again.
    ///
    /// - Parameters:
    ///   - bytes: what has come and was not consumed yet: what the last call was given, and more.
    ///   - isAtEnd: whether the peer will send nothing more.
    ///   - progress: new for the stream's first message; the same for every call that follows.
    /// - Returns: the message, or nil when more bytes are needed (at the end: when there is none).
    /// - Throws: ``FramingError``. The stream has no borders any more after that: close it.
    @inlinable
    public func nextFrame(
        in bytes: RawSpan,
        atEnd isAtEnd: Bool,
        progress: inout Progress
    ) throws(FramingError) -> Frame? {
        let count = bytes.byteCount
        switch kind {
        case .backToBack:
            if count >= messageBytesMax { return Frame(0..<messageBytesMax, consumed: messageBytesMax) }
            if isAtEnd, count > 0 { throw endsInside(messageBytesMax - count, bytes) }
            return nil
        case .planned:
            return try nextPlannedFrame(in: bytes, atEnd: isAtEnd, progress: &progress)
        case .terminated:
            return try nextTerminatedFrame(in: bytes, atEnd: isAtEnd, progress: &progress)
        default:
            let frame = try nextVariableFrame(in: bytes, atEnd: isAtEnd, after: progress.searched)
            progress.searched = frame == nil ? count : 0
            return frame
        }
    }

    @usableFromInline
    func nextPlannedFrame(
        in bytes: RawSpan,
        atEnd isAtEnd: Bool,
        progress: inout Progress
    ) throws(FramingError) -> Frame? {
        let count = bytes.byteCount
        guard let plan, count > 0 else { return nil }
        if count >= progress.needed,
            let end = try plan.end(in: bytes, maximum: messageBytesMax, progress: &progress)
        {
            progress.begin()
            return Frame(0..<end, consumed: end)
        }
        if isAtEnd { throw endsInside(progress.needed - count, bytes) }
        return nil
    }

    @usableFromInline
    func nextTerminatedFrame(
        in bytes: RawSpan,
        atEnd isAtEnd: Bool,
        progress: inout Progress
    ) throws(FramingError) -> Frame? {
        guard let terminator = ending, bytes.byteCount > 0 else { return nil }
        if let end = try terminator.end(in: bytes, maximum: messageBytesMax, progress: &progress) {
            progress.begin()
            return Frame(0..<end, consumed: end + terminator.bytes.count)
        }
        if isAtEnd { throw endsInside(terminator.bytes.count - terminator.partBytes(in: bytes), bytes) }
        return nil
    }

    @usableFromInline
    func nextVariableFrame(
        in bytes: RawSpan,
        atEnd isAtEnd: Bool,
        after searched: Int
    ) throws(FramingError) -> Frame? {
        let count = bytes.byteCount
        guard count > 0 else { return nil }
        switch kind {
        case .backToBack, .planned, .terminated:
            return try nextFrame(in: bytes, atEnd: isAtEnd)
        case .lengthPrefixed(let counterBytes, let order):
            guard count >= counterBytes else {
                if isAtEnd { throw endsInside(counterBytes - count, bytes) }
                return nil
            }
            let length = Self.length(in: bytes, counterBytes: counterBytes, order: order)
            guard length <= messageBytesMax else { throw tooLong(length, bytes) }
            let whole = counterBytes + length
            if count >= whole { return Frame(counterBytes..<whole, consumed: whole) }
            if isAtEnd { throw endsInside(whole - count, bytes) }
            return nil
        case .lengthField(let field):
            guard count >= field.end else {
                if isAtEnd { throw endsInside(field.end - count, bytes) }
                return nil
            }
            let whole = try field.messageBytes(in: bytes, maximum: messageBytesMax)
            if count >= whole { return Frame(0..<whole, consumed: whole) }
            if isAtEnd { throw endsInside(whole - count, bytes) }
            return nil
        case .lines:
            return try nextLine(in: bytes, atEnd: isAtEnd, after: searched)
        case .chunks:
            let size = min(count, messageBytesMax)
            return Frame(0..<size, consumed: size)
        case .untilEnd:
            guard count <= messageBytesMax else { throw tooLong(count, bytes) }
            return isAtEnd ? Frame(0..<count, consumed: count) : nil
        }
    }

    private func nextLine(
        in bytes: RawSpan,
        atEnd isAtEnd: Bool,
        after searched: Int
    ) throws(FramingError) -> Frame? {
        let count = bytes.byteCount
        guard let newline = bytes.firstIndex(of: UInt8(ascii: "\n"), from: min(searched, count)) else {
            guard count <= messageBytesMax + 1 else { throw tooLong(count, bytes) }
            return isAtEnd ? Frame(0..<count, consumed: count) : nil
        }
        var end = newline
        if end > 0, bytes.byte(at: end - 1) == UInt8(ascii: "\r") { end -= 1 }
        guard end <= messageBytesMax else { throw tooLong(end, bytes) }
        return Frame(0..<end, consumed: newline + 1)
    }

    @usableFromInline
    func endsInside(_ missing: Int, _ bytes: RawSpan) -> FramingError {
        .endsInside(missing: missing, beginning: FramingError.beginning(of: bytes))
    }

    private func tooLong(_ size: Int, _ bytes: RawSpan) -> FramingError {
        .tooLong(bytes: size, maximum: messageBytesMax, beginning: FramingError.beginning(of: bytes))
    }

    private static func length(in bytes: RawSpan, counterBytes: Int, order: ByteOrder) -> Int {
        var length = 0
        for index in 0..<counterBytes {
            let position = order == .big ? index : counterBytes - 1 - index
            length = length << 8 | Int(bytes.byte(at: position))
        }
        return length
    }

    /// Whether the bytes say where a message ends. Without it (``chunks``) what has come is one message, and nobody
    /// can tell the rest of one from the beginning of the next.
    @inlinable public var hasBorders: Bool { kind != .chunks }

    // MARK: Sending

    /// The bytes that the border adds to a message: a length in front, a line end behind.
    @inlinable public var overhead: Int {
        switch kind {
        case .lengthPrefixed(let counterBytes, _): counterBytes
        case .terminated(let bytes): bytes
        case .lines: 2
        case .backToBack, .lengthField, .planned, .chunks, .untilEnd: 0
        }
    }

    /// Refuses a message that the other side's same framing could not take.
    @inlinable
    public func check(messageBytes: Int) throws(FramingError) {
        if kind == .backToBack, messageBytes != messageBytesMax {
            throw .wrongSize(bytes: messageBytes, expected: messageBytesMax)
        }
        guard messageBytes <= messageBytesMax || kind == .chunks else {
            throw .tooLongToSend(bytes: messageBytes, maximum: messageBytesMax)
        }
    }

    /// Whether ``check(message:)`` looks at the bytes: for the others their number is all that counts.
    @inlinable public var checksContent: Bool {
        switch kind {
        case .lines, .lengthField, .planned, .terminated: true
        case .backToBack, .lengthPrefixed, .chunks, .untilEnd: false
        }
    }

    /// Refuses bytes that would be read as another message, or as more than one.
    ///
    /// - Throws: ``FramingError/lineEndInside(offset:)`` for a line with a line feed in it. A carriage return
    ///   at the end is kept, for lines are sent with CR LF. ``FramingError/terminatorInside(offset:)`` where a
    ///   terminator would be found before the message's end. ``FramingError/wrongLength(says:bytes:)`` where a
    ///   message's own field says another length than it has.
    public func check(message: RawSpan) throws(FramingError) {
        switch kind {
        case .lines:
            let found = message.firstIndex(of: UInt8(ascii: "\n"), from: 0)
            if let found { throw .lineEndInside(offset: found) }
        case .terminated:
            guard let found = ending?.indexInside(message) else { return }
            throw .terminatorInside(offset: found)
        case .lengthField(let field):
            let size = message.byteCount
            guard size >= field.end else { throw .wrongLength(says: field.end, bytes: size) }
            let said = field.said(in: message)
            guard said == size else { throw .wrongLength(says: said, bytes: size) }
        case .planned:
            var progress = Progress()
            let end = try plan?.end(in: message, maximum: messageBytesMax, progress: &progress)
            guard end == message.byteCount else {
                throw .wrongLength(says: progress.needed, bytes: message.byteCount)
            }
        case .backToBack, .lengthPrefixed, .chunks, .untilEnd:
            return
        }
    }

    /// Appends what stands in front of a message of `messageBytes` bytes.
    @inlinable
    public func writePrefix(messageBytes: Int, to output: inout OutputRawSpan) {
        guard case .lengthPrefixed(let counterBytes, let order) = kind else { return }
        for index in 0..<counterBytes {
            let shift = 8 * (order == .big ? counterBytes - 1 - index : index)
            output.append(UInt8(truncatingIfNeeded: messageBytes >> shift))
        }
    }

    /// Appends what stands behind a message.
    @inlinable
    public func writeSuffix(to output: inout OutputRawSpan) {
        switch kind {
        case .lines:
            output.append(UInt8(ascii: "\r"))
            output.append(UInt8(ascii: "\n"))
        case .terminated:
            writeTerminator(to: &output)
        case .backToBack, .lengthPrefixed, .lengthField, .planned, .chunks, .untilEnd:
            return
        }
    }

    @usableFromInline
    func writeTerminator(to output: inout OutputRawSpan) {
        for byte in ending?.bytes ?? [] { output.append(byte) }
    }
}
