import ParleyText
import ParleyTypes
import Testing

@testable import ParleyCommand

/// What can be said without starting a process.
@Suite(.ownThreads) struct UnitTests {
    @Test func `durations are read as people write them`() {
        let readings: [(String, Duration?)] = [
            ("3s", .seconds(3)), ("500ms", .milliseconds(500)), ("1m", .seconds(60)), ("2h", .seconds(7200)),
            ("1.5s", .milliseconds(1500)), ("250us", .microseconds(250)), ("3", .seconds(3)), ("0s", .zero),
            ("", nil), ("s", nil), ("3x", nil), ("-1s", nil), ("1e9h", nil), ("99999999999h", nil),
            ("3 s", nil),
        ]
        for (text, duration) in readings { #expect(Span(argument: text)?.duration == duration, "\(text)") }
        for text in ["3s", "500ms", "1m", "2h", "250us", "90s", "0s"] {
            #expect(Span(argument: text)?.duration.spelled == text)
        }
    }

    @Test func `a socket's error has the status of what was tried`() {
        func status(_ operation: SocketError.Operation, _ code: ErrorCode) -> ParleyCommand.ExitStatus {
            ParleyCommand.ExitStatus(SocketError(operation, code))
        }
        #expect(status(.bind, .addressInUse) == .couldNotBind)
        #expect(status(.join, .noSuchDevice) == .couldNotBind)
        #expect(status(.bind, .permissionDenied) == .notPermitted)
        #expect(status(.connect, .connectionRefused) == .unreachable)
        #expect(status(.resolve, .nameNotFound) == .unreachable)
        #expect(status(.send, .brokenPipe) == .unreachable)
        #expect(status(.send, .messageTooLong) == .failed)
        #expect(status(.send, .notPermitted) == .notPermitted)
    }

    @Test func `headers are told from spelled layouts`() {
        func parts(_ text: String) -> [String?]? {
            FormReader.headerAndStruct(text).map { [$0.path, $0.structure] }
        }
        #expect(parts("proto.h:msg_st") == ["proto.h", "msg_st"])
        #expect(parts("a b/proto.hpp:struct msg_st") == ["a b/proto.hpp", "struct msg_st"])
        #expect(parts("proto.h") == ["proto.h", nil])
        #expect(parts("a:u32") == nil)
        #expect(parts("name:char[13] math:u32") == nil)
        #expect(parts("text") == nil)
    }

    @Test func `services say what their RFCs say`() {
        // The RFC's own example: 2,524,521,600 corresponds to 00:00 1 Jan 1980 GMT.
        let time = WallTime(secondsSince1970: 315_532_800, nanoseconds: 0)
        #expect(Service.time.answer(at: time) == [0x96, 0x79, 0x24, 0x80])
        #expect(Service.stamp.answer(at: time).map { String(decoding: $0, as: UTF8.self) } == "315532800\r\n")
        let moments: [(Int64, String)] = [
            (0, "Thursday, January 1, 1970 00:00:00-UTC"), (-1, "Wednesday, December 31, 1969 23:59:59-UTC"),
            (1_709_210_096, "Thursday, February 29, 2024 12:34:56-UTC"),
        ]
        for (seconds, text) in moments {
            let answer = Service.daytime.answer(at: WallTime(secondsSince1970: seconds))
            #expect(answer.map { String(decoding: $0, as: UTF8.self) } == text + "\r\n")
        }
        #expect(Service.echo.answer(to: [1, 2], at: time) == [1, 2])
        #expect(Service.discard.answer(to: [1, 2], at: time) == nil)
    }

    @Test func `a dump is read again`() throws {
        for count in [1, 2, 16, 17, 31, 32, 33, 300] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            #expect(try HexInput.parse(HexDump.lines(bytes).joined(separator: "\n")) == bytes, "\(count)")
        }
    }
}
