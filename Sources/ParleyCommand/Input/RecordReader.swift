import ParleyTypes
import ParleyWire

/// The messages of an input in which their borders stand: `printf 'one\0two\0'` and `--framing terminator:0x00`.
struct RecordReader {
    private let input: InputStream
    private let isText: Bool
    private let framing: Framing
    private var cutter: MessageCutter
    /// Those that have been cut, the last one first.
    private var waiting: [[UInt8]] = []
    /// What was wrong behind them.
    private var failure: Ending?
    private var isAtEnd = false

    init(_ input: InputStream, _ framing: Framing, isText: Bool) {
        self.input = input
        self.framing = framing
        self.isText = isText
        cutter = MessageCutter(framing: framing)
    }

    /// The next message, nil at the end.
    mutating func next() async throws(Ending) -> [UInt8]? {
        while waiting.isEmpty {
            if let failure { throw failure }
            guard !isAtEnd else { return nil }
            if let chunk = try await input.next() { cutter.append(chunk[...]) } else { isAtEnd = true }
            waiting = try cut().reversed()
        }
        return waiting.popLast()
    }

    private mutating func cut() throws(Ending) -> [[UInt8]] {
        var found: [[UInt8]] = []
        let failure = try cutter.drain(atEnd: isAtEnd) { (bytes, _) throws(Ending) in
            found.append(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) })
        }
        guard let failure else { return found }
        guard case .endsInside = failure, framing.terminator != nil else {
            self.failure = Ending(.doesNotFit, "\(input.name): \(failure)")
            return found
        }
        let rest = cutter.takeRest()
        // What echo puts behind the last terminator is no text of its own.
        if !isText || rest != [0x0A] && rest != [0x0D, 0x0A] { found.append(rest) }
        return found
    }
}
