import ParleyText
import ParleyWire

/// What turns the blocks of an input into messages.
protocol Intake {
    mutating func take(_ block: ArraySlice<UInt8>) throws(Ending)
    /// The input has ended.
    mutating func finish() throws(Ending)
}

/// The bytes themselves.
struct RawIntake: Intake {
    private let sink: MessageSink
    private var cutter: MessageCutter
    private let name: String
    private var byteCount = 0

    init(_ sink: MessageSink, _ framing: Framing?, name: String) {
        self.sink = sink
        self.name = name
        cutter = MessageCutter(framing: framing)
    }

    mutating func take(_ block: ArraySlice<UInt8>) throws(Ending) {
        byteCount += block.count
        cutter.append(block)
        guard cutter.framing != nil || cutter.waitingBytes <= Files.bytesMax else {
            throw Ending(
                .doesNotFit,
                "\(name): more than \(Files.bytesMax) bytes are no message",
                remedy: "Say how messages are told apart: --framing length."
            )
        }
        try drain(atEnd: false)
    }

    mutating func finish() throws(Ending) {
        if byteCount == 0 { return try sink.take(unsafe [UInt8]().span.bytes, offset: 0) }
        try drain(atEnd: true)
    }

    private mutating func drain(atEnd isAtEnd: Bool) throws(Ending) {
        let failure = try cutter.drain(atEnd: isAtEnd) { (bytes, offset) throws(Ending) in
            try sink.take(bytes, offset: offset)
        }
        if let failure { try cutter.refuseRest(failure, sink) }
    }
}

extension MessageCutter {
    /// Tells why the rest of the bytes is no message.
    ///
    /// - Parameter base: the bytes of the input that were another cutter's.
    /// - Throws: when nothing that follows can be told apart.
    mutating func refuseRest(
        _ failure: FramingError,
        _ sink: MessageSink,
        _ origin: Origin? = nil,
        behind base: Int = 0
    ) throws(Ending) {
        let offset = base + offset
        let rest = takeRest()
        guard case .endsInside(let missing, _) = failure else {
            // What was right before has been asked for.
            try sink.flush()
            throw Ending(failure)
        }
        if let framing, framing == .backToBack(bytes: framing.messageBytesMax) {
            return try sink.take(unsafe rest.span.bytes, offset: offset, from: origin)
        }
        try sink.refuse(
            WireError(.tooShort(needed: rest.count + missing, found: rest.count)),
            rest,
            offset,
            origin,
            // Bytes that the layout misses say enough; what was said of borders may be wrong.
            because: framing?.followsLayout == true ? nil : "\(failure)"
        )
    }
}

/// Dumps, digits and arrays.
struct TextIntake: Intake {
    private let sink: MessageSink
    private let name: String
    private let isFile: Bool
    private var reader: DumpReader
    private var cutter: MessageCutter
    private let framing: Framing?
    /// Whether a dump whose messages cannot be told apart costs no other: its own end says where the next begins.
    private let hasOwnEnds: Bool
    private var rest: [UInt8] = []
    /// Bytes of the messages before this one.
    private var offset = 0
    /// Whether anything has come, be it an empty message.
    private var hasBegun = false

    init(
        _ sink: MessageSink,
        _ framing: Framing?,
        name: String,
        isFile: Bool,
        emptyLinesEnd: Bool,
        linesEnd: Bool
    ) {
        self.sink = sink
        self.name = name
        self.isFile = isFile
        self.framing = framing
        hasOwnEnds = emptyLinesEnd || linesEnd
        // What is cut as it comes is not held.
        reader = DumpReader(
            bytesMax: framing == nil ? HexInput.bytesMax : .max,
            emptyLinesEnd: emptyLinesEnd,
            linesEnd: linesEnd
        )
        cutter = MessageCutter(framing: framing)
    }

    mutating func take(_ block: ArraySlice<UInt8>) throws(Ending) {
        var block = block
        while let end = block.firstIndex(of: UInt8(ascii: "\n")) {
            rest.append(contentsOf: block[..<end])
            block = block[(end + 1)...]
            try read(rest)
            rest.removeAll(keepingCapacity: true)
        }
        rest.append(contentsOf: block)
        // No line is so long: the reader says so.
        if rest.count > DumpReader.lineBytesMax { try read(rest) }
    }

    mutating func finish() throws(Ending) {
        if !rest.isEmpty { try read(rest) }
        do throws(HexError) { try reader.finish() } catch { throw ending(error) }
        try drain()
        if !hasBegun { try sink.take(unsafe [UInt8]().span.bytes, offset: 0) }
    }

    private mutating func read(_ line: [UInt8]) throws(Ending) {
        do throws(HexError) { try reader.receive(line: line) } catch {
            try drain()
            throw ending(error)
        }
        try drain()
    }

    private mutating func drain() throws(Ending) {
        while let piece = reader.next() {
            hasBegun = true
            cutter.append(piece.bytes[...])
            if piece.endsMessage, framing != nil, cutter.offset == 0, cutter.waitingBytes == 0 {
                // A framing finds nothing in nothing.
                try sink.take(unsafe [UInt8]().span.bytes, offset: offset)
            }
            let before = offset
            let failure = try cutter.drain(atEnd: piece.endsMessage) { (bytes, offset) throws(Ending) in
                try sink.take(bytes, offset: before + offset)
            }
            if let failure { try refuse(failure, atEnd: piece.endsMessage) }
            guard piece.endsMessage else { continue }
            offset += cutter.offset
            cutter = MessageCutter(framing: framing)
        }
    }

    /// Tells why the rest of a dump is no message.
    ///
    /// - Throws: when nothing that follows can be told apart.
    private mutating func refuse(_ failure: FramingError, atEnd isAtEnd: Bool) throws(Ending) {
        if case .endsInside = failure { return try cutter.refuseRest(failure, sink, behind: offset) }
        guard hasOwnEnds, cutter.waitingBytes <= HexInput.bytesMax else {
            return try cutter.refuseRest(failure, sink, behind: offset)
        }
        // Shown as it is when all of it has come.
        guard isAtEnd else { return }
        let place = offset + cutter.offset
        let bytes = cutter.takeRest()
        try sink.take(unsafe bytes.span.bytes, offset: place)
    }

    private func ending(_ error: HexError) -> Ending {
        let isDigit = if case .notADigit = error.reason { true } else { false }
        return Ending(
            .doesNotFit,
            "\(name): \(error)",
            remedy: isFile && isDigit ? "Add --raw if it holds the bytes themselves." : nil
        )
    }
}
