internal import Glibc
internal import ParleyTypes

/// The tables of /proc/net, for kinds that this kernel's sock_diag does not list.
enum SocketText {
    /// The sockets of a protocol over IPv4 and IPv6; nil where the kernel has no such table.
    static func sockets(_ kind: KernelSocket.Kind, _ choice: SocketChoice) -> [KernelSocket]? {
        guard let bytes = table("\(kind.rawValue)") else { return nil }
        let six = table("\(kind.rawValue)6") ?? []
        return (internetSockets(bytes, kind) + internetSockets(six, kind, isIPv6: true)).filter {
            choice.takes($0)
        }
    }

    /// A file of the calling thread's network namespace.
    private static func table(_ name: String) -> [UInt8]? {
        KernelFile.bytes("/proc/thread-self/net/\(name)", limit: bytesMax)
    }

    /// More than any table of a host with a million sockets.
    private static let bytesMax = 256 << 20

    static func unixSockets(_ kinds: Set<KernelSocket.Kind>, _ choice: SocketChoice) -> [KernelSocket]? {
        guard let bytes = table("unix") else { return nil }
        return unixSockets(bytes).filter { kinds.contains($0.kind) && choice.takes($0) }
    }

    /// Reads `sl local remote st tx:rx tr:when retransmits uid timeout inode references pointer drops`; lines
    /// that are none are left out.
    static func internetSockets(
        _ bytes: [UInt8],
        _ kind: KernelSocket.Kind,
        isIPv6: Bool = false
    ) -> [KernelSocket] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
            guard fields.count >= 10, let local = address(fields[1]), let remote = address(fields[2]),
                let number = hex(fields[3]),
                let state = UInt8(exactly: number).flatMap({ State(rawValue: $0) }),
                let queues = pair(fields[4]), let timer = pair(fields[5]), let retries = hex(fields[6]),
                let user = decimal(fields[7]), let inode = decimal(fields[9])
            else { return nil }
            var socket = KernelSocket(
                kind: kind,
                state: KernelSocket.shown(state, of: kind, inode: inode),
                local: local,
                remote: remote.isWildcard && remote.port == 0 ? nil : remote,
                receiveQueue: UInt32(truncatingIfNeeded: queues.1),
                sendQueue: UInt32(truncatingIfNeeded: queues.0),
                inode: inode,
                user: inode == 0 && user == 0 ? nil : UInt32(truncatingIfNeeded: user),
                isMapped: isIPv6 && local.isIPv4
            )
            if kind != .tcp, fields.count >= 13 {
                socket.drops = decimal(fields[12]).flatMap { UInt32(exactly: $0) }
            }
            if let kind = UInt8(exactly: timer.0).flatMap({ KernelSocket.Timer.Kind(rawValue: $0) }) {
                // Hundredths of a second (USER_HZ).
                let remaining = Duration.milliseconds(Int64(clamping: timer.1 & 0xFFFF_FFFF) * 10)
                socket.timer = .init(kind: kind, remaining: remaining, retries: UInt8(clamping: retries))
            }
            return socket
        }
    }

    /// Reads `num: references protocol flags type st inode path`.
    static func unixSockets(_ bytes: [UInt8]) -> [KernelSocket] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(
                separator: UInt8(ascii: " "),
                maxSplits: 7,
                omittingEmptySubsequences: true
            )
            guard fields.count >= 7, let flags = hex(fields[3]), let type = hex(fields[4]),
                let kind = Int32(exactly: type).flatMap({ KernelSocket.Kind(unixType: $0) }),
                let status = hex(fields[5]), let inode = decimal(fields[6])
            else { return nil }
            // SO_ACCEPTCON stands in the flags; SS_CONNECTED is 3.
            let state: State = flags & 0x10000 != 0 ? .listen : status == 3 ? .established : .closed
            return KernelSocket(
                kind: kind,
                state: state,
                local: fields.count > 7 ? name(fields[7]) : nil,
                inode: inode
            )
        }
    }

    private typealias State = KernelSocket.State

    private static func name(_ text: ArraySlice<UInt8>) -> SocketAddress {
        guard text.first == UInt8(ascii: "@") else {
            return .unix(.path(String(decoding: text, as: UTF8.self)))
        }
        return .unix(.abstract(Array(text.dropFirst())))
    }

    /// `0100007F:1F90`: numbers of 32 bits as the machine sees them, and a port.
    private static func address(_ text: ArraySlice<UInt8>) -> SocketAddress? {
        let parts = text.split(separator: UInt8(ascii: ":"))
        guard parts.count == 2, let number = hex(parts[1]), let port = UInt16(exactly: number) else {
            return nil
        }
        let words = stride(from: parts[0].startIndex, to: parts[0].endIndex, by: 8).compactMap {
            hex(parts[0][$0..<min($0 + 8, parts[0].endIndex)])
                .map { UInt32(bigEndian: UInt32(truncatingIfNeeded: $0)) }
        }
        switch (parts[0].count, words.count) {
        case (8, 1): return .ipv4(IPv4Address(rawValue: words[0]), port: port)
        case (32, 4):
            let high = UInt64(words[0]) << 32 | UInt64(words[1])
            let low = UInt64(words[2]) << 32 | UInt64(words[3])
            return SocketAddress.ipv6(IPv6Address(high: high, low: low), port: port, zone: 0).unmapped
        default: return nil
        }
    }

    private static func pair(_ text: ArraySlice<UInt8>) -> (UInt64, UInt64)? {
        let parts = text.split(separator: UInt8(ascii: ":"))
        guard parts.count == 2, let first = hex(parts[0]), let second = hex(parts[1]) else { return nil }
        return (first, second)
    }

    private static func hex(_ text: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: text, as: UTF8.self), radix: 16)
    }

    private static func decimal(_ text: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: text, as: UTF8.self))
    }
}
