internal import Glibc
internal import ParleyTypes

/// An interface of this host with its addresses, as far as diagnosis names them.
struct HostInterface {
    var name: String
    var flags: UInt32
    var addresses: [IPAddress] = []

    var isUp: Bool { flags & 0x1 != 0 }  // IFF_UP
    var isLoopback: Bool { flags & 0x8 != 0 }  // IFF_LOOPBACK
    var hasMulticast: Bool { flags & 0x1000 != 0 }  // IFF_MULTICAST

    /// More than any sentence names.
    private static let countMax = 4096

    /// All interfaces, in the system's order.
    ///
    /// The corresponding C function is `getifaddrs`.
    static var all: [HostInterface] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { unsafe freeifaddrs(list) }
        var found: [HostInterface] = []
        var item = unsafe list
        while let current = unsafe item {
            unsafe item = current.pointee.ifa_next
            guard let text = unsafe current.pointee.ifa_name else { continue }
            let name = unsafe String(cString: text)
            let index: Int
            if let known = found.firstIndex(where: { $0.name == name }) {
                index = known
            } else {
                guard found.count < countMax else { continue }
                index = found.count
                found.append(HostInterface(name: name, flags: unsafe current.pointee.ifa_flags))
            }
            if let address = unsafe ip(current.pointee.ifa_addr) { found[index].addresses.append(address) }
        }
        return found
    }

    private static func ip(_ pointer: UnsafeMutablePointer<sockaddr>?) -> IPAddress? {
        guard let pointer = unsafe pointer else { return nil }
        switch Int32(unsafe pointer.pointee.sa_family) {
        case AF_INET:
            let raw = unsafe UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: 4, as: UInt32.self)
            return .ipv4(IPv4Address(rawValue: UInt32(bigEndian: raw)))
        case AF_INET6:
            let start = UnsafeRawPointer(pointer)
            let high = unsafe start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            let low = unsafe start.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
            return .ipv6(IPv6Address(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low)))
        default: return nil
        }
    }
}
