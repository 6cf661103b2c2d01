internal import ParleySockets
internal import ParleyTypes

/// Who takes in which groups, as the files of /proc/net list it. Lines that are not as expected are left out.
package struct GroupFiles {
    private var groups: [UInt32: [InterfaceRecord.Group]] = [:]
    private var linkGroups: [UInt32: [InterfaceRecord.Group]] = [:]
    private var versions: [UInt32: Int] = [:]
    /// The interfaces on which this host is an IPv6 router.
    private var routers: Set<UInt32> = []

    package init() {}

    /// Reads the files of the calling thread's network namespace; what is not there lists nothing.
    static func read(_ records: [InterfaceRecord]) -> GroupFiles {
        var files = GroupFiles()
        for record in records {
            let forwarding = KernelFile.bytes("/proc/sys/net/ipv6/conf/\(record.name)/forwarding")
            if let digit = forwarding?.first, digit != UInt8(ascii: "0") {
                files.routers.insert(record.index)
            }
        }
        files.take(igmp: text("igmp"))
        files.take(igmp6: text("igmp6"))
        files.take(links: text("dev_mcast"))
        files.take(sources: text("mcfilter"))
        files.take(sources: text("mcfilter6"))
        return files
    }

    private static func text(_ name: String) -> String {
        String(decoding: KernelFile.bytes("/proc/thread-self/net/\(name)") ?? [], as: UTF8.self)
    }

    /// Hands the interfaces their groups.
    package func add(to records: inout [InterfaceRecord]) {
        for place in records.indices {
            let index = records[place].index
            records[place].groups = (groups[index] ?? []) + (linkGroups[index] ?? [])
            let isSnooping = records[place].bridge?.isSnooping ?? false
            for group in records[place].groups.indices {
                let address = records[place].groups[group].address
                if address.isOfRouters && routers.contains(index) || address.isOfSnoopers && isSnooping {
                    records[place].groups[group].hasKernel = true
                }
            }
            records[place].groupProtocolVersion = versions[index]
        }
    }

    /// /proc/net/igmp: a line for each interface, and below it an indented line for each group. The address is the
    /// number that memory holds in network order, read in host order.
    package mutating func take(igmp text: String) {
        var interface: UInt32?
        for line in text.split(separator: "\n").dropFirst() {
            let words = line.split(whereSeparator: \.isWhitespace)
            if line.first != "\t" {
                interface = words.first.flatMap { UInt32($0) }
                let version = words.last.flatMap { $0.hasPrefix("V") ? Int($0.dropFirst()) : nil }
                if let interface { versions[interface] = version }
            } else if let interface, words.count > 1, let number = UInt32(words[0], radix: 16),
                let users = Int(words[1])
            {
                let address = IPv4Address(rawValue: UInt32(bigEndian: number))
                groups[interface, default: []].append(.init(.ip(.ipv4(address)), users: users))
            }
        }
    }

    /// /proc/net/igmp6: index, name, address, users, flags, timer.
    package mutating func take(igmp6 text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 3, let interface = UInt32(words[0]), let address = Self.ipv6(words[2]),
                let users = Int(words[3])
            else { continue }
            groups[interface, default: []].append(.init(.ip(.ipv6(address)), users: users))
        }
    }

    /// /proc/net/dev_mcast: index, name, users, whether somebody asked for it directly, address.
    package mutating func take(links text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 4, let interface = UInt32(words[0]), let users = Int(words[2]),
                words[4].utf8.count % 2 == 0
            else { continue }
            let digits = Array(words[4].utf8)
            let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
            }
            guard bytes.count == digits.count / 2, let address = HardwareAddress(bytes) else { continue }
            linkGroups[interface, default: []].append(.init(.link(address), users: users))
        }
    }

    /// /proc/net/mcfilter and mcfilter6: index, name, group, sender, how many want it, how many do not. After the
    /// groups.
    package mutating func take(sources text: String) {
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 5, let interface = UInt32(words[0]), let group = Self.address(words[2]),
                let sender = Self.address(words[3]), let includes = Int(words[4]),
                let excludes = Int(words[5]),
                let place = groups[interface]?.firstIndex(where: { $0.address == .ip(group) })
            else { continue }
            groups[interface]?[place].sources.append(.init(sender, includes: includes, excludes: excludes))
        }
    }

    /// `0xef010203`, or 32 digits.
    private static func address(_ word: Substring) -> IPAddress? {
        guard word.hasPrefix("0x") else { return ipv6(word).map { .ipv6($0) } }
        return UInt32(word.dropFirst(2), radix: 16).map { .ipv4(IPv4Address(rawValue: $0)) }
    }

    private static func ipv6(_ word: Substring) -> IPv6Address? {
        guard word.utf8.count == 32, let high = UInt64(word.prefix(16), radix: 16),
            let low = UInt64(word.suffix(16), radix: 16)
        else { return nil }
        return IPv6Address(high: high, low: low)
    }
}
