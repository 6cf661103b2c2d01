internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// The interfaces of this host.
public enum Interfaces {
    /// The index of an interface by its name; digits are the index itself, as in `fe80::1%2`. Of one that there is
    /// not: ENODEV, whose ``SocketError/subject`` lists those that there are.
    ///
    /// The corresponding C function is `if_nametoindex`.
    public static func index(of name: String) throws(SocketError) -> UInt32 {
        if let index = UInt32(name), index != 0 {
            guard Interfaces.name(of: index) != nil else {
                throw failure(.inspect, .noSuchDevice, named: name)
            }
            return index
        }
        let index = unsafe if_nametoindex(name)
        guard index != 0 else { throw failure(.inspect, ErrorCode(errno), named: name) }
        return index
    }

    /// The name of an interface by its index, nil if there is none.
    ///
    /// The corresponding C function is `if_indextoname`.
    public static func name(of index: UInt32) -> String? {
        var buffer: InlineArray<16, CChar> = .init(repeating: 0)
        return unsafe withUnsafeMutableBytes(of: &buffer) { bytes in
            guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                let name = unsafe if_indextoname(index, start)
            else { return nil }
            return unsafe String(cString: name)
        }
    }

    /// The names of all interfaces, by index.
    ///
    /// The corresponding C function is `if_nameindex`.
    public static var names: [String] {
        guard let list = unsafe if_nameindex() else { return [] }
        defer { unsafe if_freenameindex(list) }
        var names: [String] = []
        var item = unsafe list
        while unsafe item.pointee.if_index != 0, let name = unsafe item.pointee.if_name {
            names.append(unsafe String(cString: name))
            unsafe item += 1
        }
        return names
    }

    static func failure(_ operation: SocketError.Operation, _ code: ErrorCode, named name: String)
        -> SocketError
    {
        let isIndex = UInt32(name) != nil
        let names = Interfaces.names.map { name in
            isIndex ? "\((try? index(of: name)).map(String.init) ?? "?") \(name)" : name
        }.joined(separator: ", ")
        return SocketError(operation, code, subject: "interface \(name) (this host has \(names))")
    }
}

extension Interfaces {
    /// The index of the first interface that has this address, nil if none has it.
    ///
    /// The corresponding C function is `getifaddrs`.
    public static func index(with address: IPAddress) -> UInt32? {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return nil }
        defer { unsafe freeifaddrs(list) }
        var item = unsafe list
        while let current = unsafe item {
            unsafe item = current.pointee.ifa_next
            guard unsafe ip(current.pointee.ifa_addr) == address, let name = unsafe current.pointee.ifa_name
            else { continue }
            let index = unsafe if_nametoindex(name)
            if index != 0 { return index }
        }
        return nil
    }

    /// The addresses of this host's interfaces, those of one family after another as the kernel tells them.
    ///
    /// The corresponding C function is `getifaddrs`.
    public static var addresses: [IPAddress] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { unsafe freeifaddrs(list) }
        var found: [IPAddress] = []
        var item = unsafe list
        while let current = unsafe item {
            unsafe item = current.pointee.ifa_next
            if let address = unsafe ip(current.pointee.ifa_addr) { found.append(address) }
        }
        return found
    }

    /// The broadcast addresses of the networks that this host's interfaces are in.
    ///
    /// The corresponding C function is `getifaddrs`.
    public static var broadcastAddresses: [IPv4Address] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { unsafe freeifaddrs(list) }
        var found: [IPv4Address] = []
        var item = unsafe list
        while let current = unsafe item {
            unsafe item = current.pointee.ifa_next
            guard case .ipv4(let address)? = unsafe ip(current.pointee.ifa_addr),
                case .ipv4(let mask)? = unsafe ip(current.pointee.ifa_netmask)
            else { continue }
            // From the mask and not from the interface's own field: loopback has none there, and the kernel's
            // routing table treats the last address of every network up to /30 as broadcast.
            let hostBits = ~mask.rawValue
            if hostBits > 1 { found.append(IPv4Address(rawValue: address.rawValue | hostBits)) }
        }
        return found
    }

    private static func ip(_ pointer: UnsafeMutablePointer<sockaddr>?) -> IPAddress? {
        guard let pointer = unsafe pointer else { return nil }
        let size: Int
        switch Int32(unsafe pointer.pointee.sa_family) {
        case AF_INET: size = MemoryLayout<sockaddr_in>.size
        case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: pointer, count: size)
        return unsafe SocketAddress(system: bytes, length: size)?.ip
    }
}
