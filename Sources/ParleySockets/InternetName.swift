internal import CParleyLinux
internal import Glibc
internal import ParleyTypes

/// An IP address and port in the bytes of the kernel: 28 bytes instead of the 128 of ``SystemAddress``,
/// because sending a datagram makes one each time.
struct InternetName {
    /// A `sockaddr_in6`, or a `sockaddr_in` in its first bytes.
    private var storage = sockaddr_in6()
    private var length = socklen_t(MemoryLayout<sockaddr_in6>.size)

    /// Nil for an address that a socket of `family` cannot take as it is; ``SystemAddress`` says why.
    @inline(__always)
    init?(_ address: SocketAddress, for family: SocketFamily) {
        switch address {
        case .ipv4(let host, let port) where family == .ipv4:
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            unsafe withUnsafeMutableBytes(of: &storage) { bytes in
                unsafe bytes.storeBytes(of: sa_family_t(AF_INET), toByteOffset: 0, as: sa_family_t.self)
                unsafe bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
                unsafe bytes.storeBytes(of: host.rawValue.bigEndian, toByteOffset: 4, as: UInt32.self)
            }
        case .ipv4(let host, let port) where family == .ipv6:
            set(IPv6Address(mapping: host), port: port, zone: 0)
        case .ipv6(let host, let port, let zone) where family == .ipv6:
            set(host, port: port, zone: zone)
        default:
            return nil
        }
    }

    @inline(__always)
    private mutating func set(_ host: IPv6Address, port: UInt16, zone: UInt32) {
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.storeBytes(of: sa_family_t(AF_INET6), toByteOffset: 0, as: sa_family_t.self)
            unsafe bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            unsafe bytes.storeBytes(of: host.high.bigEndian, toByteOffset: 8, as: UInt64.self)
            unsafe bytes.storeBytes(of: host.low.bigEndian, toByteOffset: 16, as: UInt64.self)
            unsafe bytes.storeBytes(of: zone, toByteOffset: 24, as: UInt32.self)
        }
    }

    /// Calls `body` with the pointer and length that system calls take.
    @inline(__always)
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafeBytes(of: storage) { bytes in
            unsafe body(bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
        }
    }
}
