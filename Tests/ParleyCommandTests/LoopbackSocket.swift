import Glibc
import Testing

/// A plain IPv4 socket of the C library on loopback.
enum LoopbackSocket {
    typealias Place = @Sendable (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32

    /// A socket whose reads wait 20 seconds at most.
    ///
    /// - Parameter place: bind(2) to be at the port, connect(2) to have its peer there.
    static func open(_ type: __socket_type, _ port: Int, by place: Place) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(type.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        let patienceSize = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, patienceSize)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe place(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        return descriptor
    }
}
