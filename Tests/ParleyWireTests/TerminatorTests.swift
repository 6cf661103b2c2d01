import ParleyTypes
import ParleyWire
import Testing

/// Messages that end where certain bytes stand.
@Suite(.timeLimit(.minutes(5))) struct TerminatorTests {
    static let terminators: [[UInt8]] = [
        [0], [0x0D, 0x0A, 0x0D, 0x0A], Array("END".utf8), [1, 1, 2], [7, 7, 7],
        [UInt8](repeating: 9, count: 63) + [8],
    ]

    /// Messages of which none holds the terminator, nor a part of it at its end that would end it early.
    private static func messages(_ terminator: [UInt8]) -> [[UInt8]] {
        var generator = SeededGenerator(seed: 17)
        let letters = Array(Set(terminator)).sorted() + [0x41]
        let random = (0..<60).map { index in
            (0..<index % 40).map { _ in letters.randomElement(using: &generator)! }
        }
        let beside: [[UInt8]] = [
            [], [0x41], [], Array(repeating: 0x42, count: 300), Array(terminator.dropLast()),
        ]
        return (beside + random).filter { message in
            (try? check(message, by: .terminated(by: terminator))) != nil
        }
    }

    @Test(arguments: terminators)
    func `any split of the bytes gives the same frames`(terminator: [UInt8]) throws {
        let framing = Framing.terminated(by: terminator)
        let messages = Self.messages(terminator)
        #expect(messages.count > 5)
        let stream = messages.flatMap { $0 + terminator }
        for step in [1, 2, 3, 5, 16, 97, stream.count] {
            #expect(try frames(of: stream, by: framing, step: step) == messages)
            #expect(try frames(resuming: stream, by: framing, step: step) == messages)
        }
    }

    @Test(arguments: terminators)
    func `what may be sent is what arrives as one message, whatever it holds`(terminator: [UInt8]) throws {
        let framing = Framing.terminated(by: terminator)
        var generator = SeededGenerator(seed: 18)
        let letters = Array(Set(terminator)).sorted() + [0x41]
        var refused = 0
        for size in (0..<2000).map({ $0 % 12 }) {
            let message = (0..<size).map { _ in letters.randomElement(using: &generator)! }
            let arrives = try frames(of: message + terminator + terminator, by: framing, step: 100)
            do throws(FramingError) {
                try check(message, by: framing)
                #expect(arrives.first == message)
            } catch {
                refused += 1
                guard case .terminatorInside(let offset) = error else {
                    Issue.record("\(error)")
                    return
                }
                // Where the reader would have found the end.
                #expect(arrives.first?.count == offset && offset < size)
            }
        }
        #expect(refused > 0 || terminator.count > 12)
    }

    @Test func `a message that ends with a part of its terminator is refused where a reader would be wrong`()
    {
        #expect(throws: FramingError.terminatorInside(offset: 1)) {
            try check(Array("x\r\n".utf8), by: .terminated(by: "\r\n\r\n"))
        }
        #expect(throws: FramingError.terminatorInside(offset: 0)) {
            try check([7], by: .terminated(by: [7, 7]))
        }
        // Here the first terminator that is found begins behind the message.
        #expect(throws: Never.self) { try check(Array("x\r".utf8), by: .terminated(by: "\r\n\r\n")) }
        #expect(throws: Never.self) { try check([1], by: .terminated(by: [1, 1, 2])) }
    }

    @Test func `every byte is found at every place, also across words`() throws {
        for value in [UInt8(0), 1, 0x7F, 0x80, 0x81, 0xFF] {
            for place in 0..<40 {
                // Neighbours that differ by one bit, or by a borrow.
                for other in [value ^ 1, value ^ 0x80, value &+ 1, value &- 1] {
                    var stream = [UInt8](repeating: other, count: 40)
                    stream[place] = value
                    #expect(
                        try frames(of: stream, by: .terminated(by: [value]), step: 40)
                            == [Array(stream[..<place])]
                    )
                }
            }
        }
    }

    @Test func `no more is kept than the largest message and its terminator`() throws {
        let framing = Framing.terminated(by: "ab", messageBytesMax: 4)
        #expect(try frames(of: Array("1234ab".utf8), by: framing, step: 1) == [Array("1234".utf8)])
        let beginning = Array("12345".utf8)
        for stream in ["12345ab", "12345aaa", "123456789"] {
            let error = #expect(throws: FramingError.self) {
                try frames(of: Array(stream.utf8), by: framing, step: 1)
            }
            guard case .tooLong(let bytes, 4, let shown)? = error else {
                Issue.record("\(stream): \(String(describing: error))")
                continue
            }
            #expect(bytes > 4 && bytes <= 6 && shown.starts(with: beginning))
        }
    }

    @Test func `what has no terminator when the stream ends is no message`() throws {
        let framing = Framing.terminated(by: "\r\n\r\n")
        for (stream, missing) in [("a", 4), ("a\r", 3), ("a\r\n\r", 1), ("\r\n", 2), ("a\r\r\n", 2)] {
            let bytes = Array(stream.utf8)
            #expect(throws: FramingError.endsInside(missing: missing, beginning: bytes)) {
                try cut(bytes, by: framing, atEnd: true)
            }
        }
        #expect(try cut([], by: framing, atEnd: true) == nil)
    }

    @Test func `framings are equal by what ends their messages`() {
        #expect(Framing.terminated(by: [0]) == .terminated(by: "\0"))
        #expect(Framing.terminated(by: [0]) != .terminated(by: [1]))
        #expect(Framing.terminated(by: [0]) != .terminated(by: [0], messageBytesMax: 9))
        #expect(Set([Framing.terminated(by: [0]), .terminated(by: "\0"), .lines()]).count == 2)
        #expect(!Framing.terminated(by: [0]).isBackToBack && Framing.terminated(by: [0]).hasBorders)
        #expect(Framing.terminated(by: "END").overhead == 3)
    }

    @Test func `a terminator of no byte, or of more than 64, is a mistake of the program`() async {
        await #expect(processExitsWith: .failure) { _ = Framing.terminated(by: []) }
        await #expect(processExitsWith: .failure) {
            _ = Framing.terminated(by: [UInt8](repeating: 1, count: 65))
        }
        await #expect(processExitsWith: .failure) { _ = Framing.terminated(by: "x", messageBytesMax: 0) }
    }
}
