internal import ParleySockets
public import ParleyTypes

/// The interfaces of the calling thread's network namespace, with addresses, groups and counters. It takes no right.
public struct InterfaceTable: Sendable, Hashable {
    /// By index.
    public var records: [InterfaceRecord] = []
    /// `false`: what was listed changed meanwhile, several times over, so that entries may be missing or double.
    public var isConsistent = true
    /// `false`: /proc is not mounted, so who takes in which groups is not known, nor are the settings that
    /// ``InterfaceSettings`` reads there.
    public var knowsGroups = true

    public init(_ records: [InterfaceRecord] = []) {
        self.records = records
    }

    /// Lists them all.
    ///
    /// - Throws: What the kernel answered; `.protocolError`: its answer was not as rtnetlink(7) describes it.
    ///
    /// The corresponding messages are RTM_GETLINK and RTM_GETADDR; groups are those of /proc/net/igmp,
    /// /proc/net/igmp6, /proc/net/dev_mcast, /proc/net/mcfilter and /proc/net/mcfilter6.
    public static func read() throws(SocketError) -> InterfaceTable {
        let socket = try Socket(netlink: .route)
        var table = InterfaceTable()
        for attempt in 1...attemptsMax {
            table = InterfaceTable()
            let isWhole = try table.readLinks(socket, UInt32(2 * attempt))
            table.isConsistent = try table.readAddresses(socket, UInt32(2 * attempt + 1)) && isWhole
            if table.isConsistent { break }
        }
        table.records.sort { $0.index < $1.index }
        table.knowsGroups = ProcFileSystem.isMounted
        GroupFiles.read(table.records).add(to: &table.records)
        return table
    }

    /// The interface of this name, of one of its other names, or of this number.
    public subscript(_ name: String) -> InterfaceRecord? {
        records.first { $0.name == name } ?? records.first { $0.otherNames.contains(name) }
            ?? UInt32(name).flatMap { index in records.first { $0.index == index } }
    }

    /// The interface of this index.
    public subscript(index index: UInt32) -> InterfaceRecord? { records.first { $0.index == index } }

    private mutating func readLinks(
        _ socket: borrowing Socket,
        _ sequence: UInt32
    ) throws(SocketError) -> Bool {
        var request = NetlinkRequest(.getLink, .dump, sequence: sequence)
        // struct ifinfomsg
        unsafe request.append([UInt8](repeating: 0, count: 16).span.bytes)
        var records: [InterfaceRecord] = []
        let isWhole = try socket.ask(request) { (message) throws(SocketError) in
            if let record = try InterfaceRecord(link: message) { records.append(record) }
        }
        self.records = records
        return isWhole
    }

    private mutating func readAddresses(
        _ socket: borrowing Socket,
        _ sequence: UInt32
    ) throws(SocketError) -> Bool {
        var request = NetlinkRequest(.getAddress, .dump, sequence: sequence)
        // struct ifaddrmsg
        unsafe request.append([UInt8](repeating: 0, count: 8).span.bytes)
        var addresses: [UInt32: [InterfaceRecord.Address]] = [:]
        let isWhole = try socket.ask(request) { (message) throws(SocketError) in
            guard let (address, index) = try InterfaceRecord.Address.read(message) else { return }
            addresses[index, default: []].append(address)
        }
        for index in records.indices { records[index].addresses = addresses[records[index].index] ?? [] }
        return isWhole
    }

    /// Where interfaces come and go all the time, what is there is told after so many tries.
    private static let attemptsMax = 4
}
