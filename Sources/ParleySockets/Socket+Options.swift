internal import CParleyLinux
internal import Glibc
internal import ParleyTypes

/// The levels at which getsockopt(2) keeps options.
enum Level {
    static let ip = Int32(IPPROTO_IP)
    static let ipv6 = Int32(IPPROTO_IPV6)
    static let tcp = Int32(IPPROTO_TCP)
    static let udp = Int32(IPPROTO_UDP)
}

extension Socket {
    /// Reads an option that is a number.
    func option(_ level: Int32, _ name: Int32, _ subject: String) throws(SocketError) -> Int32 {
        try option(level, name, subject, initial: 0)
    }

    /// Reads an option that is a C structure.
    func option<T: BitwiseCopyable>(
        _ level: Int32,
        _ name: Int32,
        _ subject: String,
        initial: T
    ) throws(SocketError) -> T {
        var value = initial
        var length = socklen_t(MemoryLayout<T>.size)
        guard unsafe getsockopt(fileDescriptor, level, name, &value, &length) == 0 else {
            throw failure(.option, ErrorCode(errno), subject: subject)
        }
        return value
    }

    /// Reads an option that is a short name.
    func text(_ level: Int32, _ name: Int32, _ subject: String) throws(SocketError) -> String {
        let name: InlineArray<16, UInt8> = try option(level, name, subject, initial: .init(repeating: 0))
        return String(decoding: name.indices.map { name[$0] }.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Sets an option that is a yes or no.
    func setOption(_ level: Int32, _ name: Int32, _ subject: String, to value: Bool) throws(SocketError) {
        try setOption(level, name, subject, to: value ? 1 : 0 as Int32)
    }

    /// Sets an option that is a number or a C structure.
    func setOption<T: BitwiseCopyable>(
        _ level: Int32,
        _ name: Int32,
        _ subject: String,
        to value: T
    ) throws(SocketError) {
        let result = unsafe withUnsafePointer(to: value) { pointer in
            unsafe setsockopt(fileDescriptor, level, name, pointer, socklen_t(MemoryLayout<T>.size))
        }
        guard result == 0 else { throw failure(.option, ErrorCode(errno), subject: subject) }
    }
}

extension Socket {
    /// Reads an option of at most so many bytes.
    func optionBytes(
        _ level: Int32,
        _ name: Int32,
        _ subject: String,
        most: Int
    ) throws(SocketError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: most)
        var length = socklen_t(most)
        let result = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe getsockopt(fileDescriptor, level, name, buffer.baseAddress, &length)
        }
        guard result == 0 else { throw failure(.option, ErrorCode(errno), subject: subject) }
        return Array(bytes.prefix(Int(length)))
    }

    /// Sets an option that is bytes or a name.
    func setOptionBytes(
        _ level: Int32,
        _ name: Int32,
        _ subject: String,
        to bytes: [UInt8]
    ) throws(SocketError) {
        let result = unsafe bytes.withUnsafeBytes { buffer in
            unsafe setsockopt(fileDescriptor, level, name, buffer.baseAddress, socklen_t(buffer.count))
        }
        guard result == 0 else { throw failure(.option, ErrorCode(errno), subject: subject) }
    }

    /// Reads an option that is a `struct timeval`, in microseconds.
    func optionTime(_ level: Int32, _ name: Int32, _ subject: String) throws(SocketError) -> Int64 {
        let value = try option(level, name, subject, initial: timeval())
        return Int64(value.tv_sec) &* 1_000_000 &+ Int64(value.tv_usec)
    }

    /// Sets an option that is a `struct timeval`, in microseconds.
    func setOptionTime(
        _ level: Int32,
        _ name: Int32,
        _ subject: String,
        to value: Int64
    ) throws(SocketError) {
        let time = timeval(tv_sec: Int(value / 1_000_000), tv_usec: Int(value % 1_000_000))
        try setOption(level, name, subject, to: time)
    }
}
