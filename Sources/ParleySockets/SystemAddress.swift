internal import CParleyLinux
internal import Glibc
internal import ParleyTypes

/// A socket address in the bytes of the kernel, on the stack.
package struct SystemAddress {
    var storage = sockaddr_storage()
    /// How many bytes of the storage count.
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    /// Room for an address that the kernel writes.
    init() {}

    /// The address as a socket of `family` takes it: an IPv6 socket gets an IPv4 address mapped into
    /// ::ffff:0:0/96. Nil where ``refusal(of:for:)`` has a reason.
    init?(_ address: SocketAddress, for family: SocketFamily) {
        switch address {
        case .ipv4(let host, let port):
            if family == .ipv4 {
                set(host, port: port)
            } else if family == .ipv6 {
                set(IPv6Address(mapping: host), port: port, zone: 0)
            } else {
                return nil
            }
        case .ipv6(let host, let port, let zone):
            if family == .ipv6 {
                set(host, port: port, zone: zone)
            } else if family == .ipv4, let mapped = host.mapped {
                set(mapped, port: port)
            } else {
                return nil
            }
        case .unix(let unix):
            guard family == .unix, set(unix) else { return nil }
        }
    }

    /// Why there is no such address for a socket of `family`.
    static func refusal(of address: SocketAddress, for family: SocketFamily) -> ErrorCode {
        guard case .unix(let unix) = address, family == .unix else { return .addressFamilyNotSupported }
        let byteCount =
            switch unix {
            case .path(let path): path.utf8.count
            case .abstract(let name): name.count
            case .unnamed: 0
            }
        return byteCount > UnixAddress.lengthMax ? .nameTooLong : .invalidArgument
    }

    private mutating func set(_ host: IPv4Address, port: UInt16) {
        length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.storeBytes(of: sa_family_t(AF_INET), toByteOffset: 0, as: sa_family_t.self)
            unsafe bytes.storeBytes(of: port.bigEndian, toByteOffset: Offset.port, as: UInt16.self)
            unsafe bytes.storeBytes(of: host.rawValue.bigEndian, toByteOffset: Offset.ipv4, as: UInt32.self)
        }
    }

    private mutating func set(_ host: IPv6Address, port: UInt16, zone: UInt32) {
        length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.storeBytes(of: sa_family_t(AF_INET6), toByteOffset: 0, as: sa_family_t.self)
            unsafe bytes.storeBytes(of: port.bigEndian, toByteOffset: Offset.port, as: UInt16.self)
            unsafe bytes.storeBytes(of: host.high.bigEndian, toByteOffset: Offset.ipv6, as: UInt64.self)
            unsafe bytes.storeBytes(of: host.low.bigEndian, toByteOffset: Offset.ipv6 + 8, as: UInt64.self)
            unsafe bytes.storeBytes(of: zone, toByteOffset: Offset.zone, as: UInt32.self)
        }
    }

    private mutating func set(_ unix: UnixAddress) -> Bool {
        switch unix {
        case .path(let path):
            guard !path.isEmpty, path.utf8.count <= UnixAddress.lengthMax, !path.utf8.contains(0) else {
                return false
            }
            // One more than the path: the NUL that the zeroed storage holds.
            length = socklen_t(Offset.unix + path.utf8.count + 1)
            setUnix(path.utf8, at: Offset.unix)
        case .abstract(let name):
            guard name.count <= UnixAddress.lengthMax else { return false }
            length = socklen_t(Offset.unix + 1 + name.count)
            setUnix(name, at: Offset.unix + 1)
        case .unnamed:
            // To bind this is autobind (unix(7)): the kernel makes an abstract name of five hexadecimal
            // digits.
            length = socklen_t(Offset.unix)
            setUnix(EmptyCollection(), at: Offset.unix)
        }
        return true
    }

    private mutating func setUnix(_ name: some Collection<UInt8>, at offset: Int) {
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.storeBytes(of: sa_family_t(AF_UNIX), toByteOffset: 0, as: sa_family_t.self)
            for (index, byte) in name.enumerated() {
                unsafe bytes[offset + index] = byte
            }
        }
    }

    /// Where the fields lie in `sockaddr_in`, `sockaddr_in6` and `sockaddr_un`, on every Linux.
    enum Offset {
        static let port = 2
        static let ipv4 = 4
        static let ipv6 = 8
        static let zone = 24
        static let unix = 2
    }
}

extension SystemAddress {
    /// The address as a value, IPv4-mapped ones as IPv4. Nil for a family that Parley does not speak.
    var value: SocketAddress? {
        unsafe withUnsafeBytes(of: storage) { bytes in
            unsafe SocketAddress(system: bytes, length: Int(length))
        }
    }

    /// Calls `body` with the pointer and length that system calls take.
    @inline(__always)
    func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe body(UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    /// Calls `body` with a pointer and a length that the kernel writes to.
    @inline(__always)
    mutating func withMutablePointer<R>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> R
    ) -> R {
        unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe body(UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), &length)
        }
    }
}

extension SocketAddress {
    /// Reads what the kernel wrote; `length` is what it reported, which for a Unix address decides its kind.
    init?(system bytes: UnsafeRawBufferPointer, length: Int) {
        typealias Offset = SystemAddress.Offset
        guard length >= MemoryLayout<sa_family_t>.size, length <= bytes.count else { return nil }
        let port = {
            unsafe UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: Offset.port, as: UInt16.self))
        }
        switch Int32(unsafe bytes.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let host = unsafe UInt32(
                bigEndian: bytes.loadUnaligned(fromByteOffset: Offset.ipv4, as: UInt32.self)
            )
            self = .ipv4(IPv4Address(rawValue: host), port: port())
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let high = unsafe UInt64(
                bigEndian: bytes.loadUnaligned(fromByteOffset: Offset.ipv6, as: UInt64.self)
            )
            let low = unsafe UInt64(
                bigEndian: bytes.loadUnaligned(fromByteOffset: Offset.ipv6 + 8, as: UInt64.self)
            )
            let zone = unsafe bytes.loadUnaligned(fromByteOffset: Offset.zone, as: UInt32.self)
            let host = IPv6Address(high: high, low: low)
            self = SocketAddress.ipv6(host, port: port(), zone: zone).unmapped
        case AF_UNIX:
            let name = unsafe bytes[Offset.unix..<length]
            if unsafe name.isEmpty {
                self = .unix(.unnamed)
            } else if unsafe name.first == 0 {
                self = .unix(.abstract(unsafe Array(name.dropFirst())))
            } else {
                self = .unix(.path(unsafe String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)))
            }
        default: return nil
        }
    }
}
