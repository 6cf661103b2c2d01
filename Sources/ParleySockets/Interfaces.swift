internal import CParleyLinux
internal import Glibc
public import ParleyTypes

/// An interface as the group options take it: by index, by one of its IPv4 addresses, or left to the routing
/// table.
public struct Interface: Sendable, Hashable, CustomStringConvertible {
    /// The interface's index; 0 if it is given by its address or not at all.
    public var index: UInt32
    /// One of the interface's IPv4 addresses; 0.0.0.0 if it is given by its index or not at all.
    public var address: IPv4Address
    /// As it was written.
    public var description: String

    /// Whatever interface the routing table names.
    public static let any = Interface(index: 0, address: .any, description: "any interface")

    private init(index: UInt32, address: IPv4Address, description: String) {
        self.index = index
        self.address = address
        self.description = description
    }

    /// The interface of this name, or with this IPv4 address. An unknown name is ENODEV, whose
    /// ``SocketError/subject`` lists the interfaces that there are; an address is checked when it is used.
    public init(_ text: String) throws(SocketError) {
        if let address = IPv4Address(text) {
            self.init(index: 0, address: address, description: text)
        } else {
            self.init(index: try Interfaces.index(of: text), address: .any, description: text)
        }
    }
}

/// The interfaces of this host.
public enum Interfaces {
    /// The index of an interface by its name; digits are the index itself, as in `fe80::1%2`.
    ///
    /// The corresponding C function is `if_nametoindex`.
    public static func index(of name: String) throws(SocketError) -> UInt32 {
        if let index = UInt32(name), index != 0 { return index }
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
        let names = Interfaces.names.joined(separator: ", ")
        return SocketError(operation, code, subject: "interface \(name) (this host has \(names))")
    }
}

extension Interfaces {
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
            guard let address = unsafe ipv4(current.pointee.ifa_addr),
                let mask = unsafe ipv4(current.pointee.ifa_netmask)
            else { continue }
            // From the mask and not from the interface's own field: loopback has none there, and the kernel's
            // routing table treats the last address of every network up to /30 as broadcast.
            let hostBits = ~mask.rawValue
            if hostBits > 1 { found.append(IPv4Address(rawValue: address.rawValue | hostBits)) }
        }
        return found
    }

    private static func ipv4(_ pointer: UnsafeMutablePointer<sockaddr>?) -> IPv4Address? {
        guard let pointer = unsafe pointer, unsafe pointer.pointee.sa_family == sa_family_t(AF_INET) else {
            return nil
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: pointer, count: MemoryLayout<sockaddr_in>.size)
        guard case .ipv4(let address, _)? = unsafe SocketAddress(system: bytes, length: bytes.count) else {
            return nil
        }
        return address
    }
}
