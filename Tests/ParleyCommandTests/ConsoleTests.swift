import Glibc
import ParleyTypes
import Testing

@testable import ParleyCommand

/// The door to the terminal.
@Suite struct GateTests {
    private func text(_ bytes: [UInt8], colors: Bool = false, isJSON: Bool = false) -> String {
        String(decoding: Gate(keepsColors: colors, isJSON: isJSON).pass(bytes), as: UTF8.self)
    }

    @Test func `only line ends, tabs and what shows something come through`() {
        #expect(text(Array("a\tb\nZürich 数学\n".utf8)) == "a\tb\nZürich 数学\n")
        #expect(
            text(Array("a\u{1b}[2J\u{7}\r\u{7f}\u{9b}\u{202e}\u{2028}b".utf8))
                == #"a\u{1b}[2J\u{7}\r\u{7f}\u{9b}\u{202e}\u{2028}b"#
        )
        #expect(text([0x61, 0x9B, 0xFF, 0xC3, 0x62]) == #"a\x9b\xff\xc3b"#)
        // Overlong, a surrogate, beyond Unicode.
        #expect(
            text([0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80])
                == #"\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80"#
        )
    }

    @Test func `each byte at each place is told to be plain or not`() {
        for byte in UInt8.min...UInt8.max {
            for (place, count) in [(0, 1), (0, 8), (3, 8), (7, 8), (8, 9), (11, 13)] {
                var text = Array("abc\n~ {}0123456".utf8.prefix(count))
                text[place] = byte
                #expect(
                    Gate.isPlain(text) == (0x20...0x7E ~= byte || byte == 0x0A),
                    "\(byte) at \(place) of \(count)"
                )
            }
        }
    }

    @Test func `colours come through where there are some, and no other sequence`() {
        let colored = Array("\u{1b}[1;31mred\u{1b}[0m\u{1b}[2J\u{1b}[1;1H\u{1b}[00000000000000m".utf8)
        #expect(
            text(colored, colors: true) == "\u{1b}[1;31mred\u{1b}[0m"
                + #"\u{1b}[2J\u{1b}[1;1H\u{1b}[00000000000000m"#
        )
        #expect(text(colored).hasPrefix(#"\u{1b}[1;31mred"#))
    }

    @Test func `within JSON characters are spelled as JSON spells them`() {
        let line = Array("{\"a\":\"\u{202e}\u{9b}\u{e0041}\"}\n".utf8)
        #expect(text(line, isJSON: true) == #"{"a":"\u202e\u009b\udb40\udc41"}"# + "\n")
    }

    @Test func `no random bytes reach a terminal as commands`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<3000 {
            let bytes = (0..<12).map { _ in
                UInt8.random(in: 0...255, using: &generator) & (Bool.random(using: &generator) ? 0xFF : 0x9F)
            }
            for isJSON in [false, true] {
                let passed = Gate(keepsColors: false, isJSON: isJSON).pass(bytes)
                let text = String(validating: passed, as: UTF8.self)
                #expect(text != nil, "\(bytes)")
                let isSafe = text?.unicodeScalars.allSatisfy {
                    $0 == "\n" || $0 == "\t" || !SafeText.isCommand($0)
                }
                #expect(isSafe == true, "\(bytes)")
            }
        }
    }
}

/// Lines for who does not read them.
@Suite(.ownThreads) struct ErrorLinesTests {
    /// A pipe, and what writes lines into it.
    private final class Rig: Sendable {
        let reader: Int32
        let writer: Int32
        let lines: ErrorLines

        init() throws {
            var ends: [Int32] = [-1, -1]
            try #require(unsafe pipe(&ends) == 0)
            (reader, writer) = (ends[0], ends[1])
            lines = ErrorLines(descriptor: writer)
        }

        deinit {
            close(reader)
            close(writer)
        }

        func say(_ number: Int, _ manner: ErrorLines.Manner = .drop) {
            lines.write(Array("line \(number)\n".utf8), manner) { "\($0) dropped\n" }
        }

        /// What is there, until it ends with `end`.
        func read(until end: String) -> String {
            var text: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65536)
            var waits = 0
            while waits < 2000 {
                var waiting = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
                guard unsafe poll(&waiting, 1, 10) == 1 else {
                    waits += 1
                    continue
                }
                let count = unsafe Glibc.read(reader, &buffer, buffer.count)
                text += buffer[..<max(0, count)]
                if text.suffix(end.utf8.count).elementsEqual(end.utf8) { break }
            }
            return String(decoding: text, as: UTF8.self)
        }
    }

    @Test func `lines are there when the call returns`() throws {
        let rig = try Rig()
        for number in 0..<3 { rig.say(number) }
        var waiting = pollfd(fd: rig.reader, events: Int16(POLLIN), revents: 0)
        #expect(unsafe poll(&waiting, 1, 0) == 1)
        #expect(rig.read(until: "line 2\n") == "line 0\nline 1\nline 2\n")
        #expect(rig.lines.droppedCount == 0)
    }

    @Test func `who does not read stops nobody, and every line is there or counted, in order`() throws {
        let rig = try Rig()
        let count = 60_000
        for number in 0..<count { rig.say(number) }
        #expect(rig.lines.droppedCount > 0)
        let dropped = rig.lines.droppedCount
        rig.say(count, .keep)
        let text = rig.read(until: "dropped\n") + rig.read(until: "line \(count)\n")
        var next = 0
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.last == "dropped", let number = Int(words[0]) {
                next += number
            } else {
                #expect(words.last.flatMap { Int($0) } == next)
                next += 1
            }
        }
        #expect(next == count + 1)
        #expect(rig.lines.droppedCount == dropped)
    }

    @Test func `who is to be waited for loses nothing`() throws {
        let rig = try Rig()
        let count = 60_000
        ParleyCommand.Thread.start { for number in 0..<count { rig.say(number, .wait) } }
        let text = rig.read(until: "line \(count - 1)\n")
        let expected = (0..<count).map { "line \($0)\n" }.joined()
        #expect(text.utf8.count == expected.utf8.count)
        #expect((text == expected) == true)
        #expect(rig.lines.droppedCount == 0)
    }

    @Test func `nobody's end of a pipe is changed`() throws {
        let rig = try Rig()
        for number in 0..<20_000 { rig.say(number) }
        #expect(fcntl(rig.writer, F_GETFL) & O_NONBLOCK == 0)
        _ = rig.read(until: "dropped\n")
    }
}
