import Foundation
import Glibc
import Synchronization
import Testing

/// A peer of ours whose messages are `seq:u32 text:char[8]`: it takes what has come, up to eight messages, and says what
/// to answer. It is asked with none when nothing has come for a moment.
final class BatchPeer: Sendable {
    /// As --as spells it.
    static let layout = "seq:u32 text:char[8]"

    struct Message: Sendable, Hashable {
        var seq: UInt32
        var text: [UInt8]

        init(_ bytes: ArraySlice<UInt8>) {
            seq = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
            text = Array(bytes.dropFirst(4))
        }

        var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: seq >> (24 - 8 * $0)) } + text }
    }

    /// What to do with messages that have come; nil closes our half.
    typealias Answer = @Sendable (_ batch: [Message]) -> [Message]?

    private let descriptor: Int32
    let port: UInt16
    private static let size = 12
    private static let batchMax = 8

    /// - Parameter type: SOCK_DGRAM for udp, SOCK_STREAM for tcp, of which one connection is served.
    init(_ type: __socket_type, _ answer: @escaping Answer) throws {
        let descriptor = try unsafe LoopbackSocket.open(type, 0) { unsafe bind($0, $1, $2) }
        if type == SOCK_STREAM { try #require(listen(descriptor, 1) == 0) }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isNamed = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                unsafe getsockname(descriptor, name, &length) == 0
            }
        }
        try #require(isNamed)
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        let isStream = type == SOCK_STREAM
        Thread {
            if !isStream { return Self.serveDatagrams(descriptor, answer) }
            let connection = accept(descriptor, nil, nil)
            if connection >= 0 { Self.serveStream(connection, answer) }
            close(connection)
        }.start()
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// Input of so many questions, a JSON object a line.
    static func questions(_ numbers: some Sequence<Int>) -> String {
        numbers.map { #"{"seq":\#($0),"text":"q\#($0)"}"# + "\n" }.joined()
    }

    private static func wait(_ descriptor: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, 10) > 0
    }

    private static func serveDatagrams(_ descriptor: Int32, _ answer: Answer) {
        var peer = sockaddr_in()
        var buffer = [UInt8](repeating: 0, count: 64)
        while true {
            var batch: [Message] = []
            while batch.count < batchMax, wait(descriptor) {
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let count = unsafe withUnsafeMutablePointer(to: &peer) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                        unsafe recvfrom(descriptor, &buffer, buffer.count, 0, name, &length)
                    }
                }
                guard count > 0 else { return }
                batch.append(Message(buffer[..<count]))
            }
            guard let answers = answer(batch) else { return }
            for message in answers {
                let bytes = message.bytes
                let length = socklen_t(MemoryLayout<sockaddr_in>.size)
                unsafe withUnsafePointer(to: &peer) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                        _ = unsafe sendto(descriptor, bytes, bytes.count, 0, name, length)
                    }
                }
            }
        }
    }

    private static func serveStream(_ connection: Int32, _ answer: Answer) {
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isAnswering = true
        while true {
            while rest.count < size * batchMax, wait(connection) {
                let count = unsafe recv(connection, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                rest += buffer[..<count]
            }
            let whole = min(rest.count / size, batchMax)
            let batch = (0..<whole).map { Message(rest[($0 * size)..<($0 * size + size)]) }
            rest.removeFirst(whole * size)
            guard isAnswering else { continue }
            guard let answers = answer(batch) else {
                // What was sent arrives whole, because all that comes is read.
                shutdown(connection, Int32(SHUT_WR))
                isAnswering = false
                continue
            }
            let bytes = answers.flatMap(\.bytes)
            if !bytes.isEmpty { _ = unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
        }
    }
}
