import Glibc
import ParleyCapture
import ParleySockets
import ParleyText
import ParleyTypes

/// An interface, or all of them, with a packet socket and its ring. Nothing of it stays when it goes: the
/// membership that makes an interface promiscuous ends with the socket.
final class CaptureDevice {
    var ring: PacketRing
    /// How many bytes the ring has.
    var ringBytes: Int { ring.size.byteCount }
    /// As the user named it.
    let name: String
    /// How many bytes the ring was to have, where there was no memory for it.
    let ringBytesRefused: Int?
    /// Nil for all interfaces.
    let index: UInt32?
    /// Whether packets begin with an Ethernet header; otherwise the files get Linux's cooked one.
    let isEthernet: Bool

    var linkType: LinkType { isEthernet ? .ethernet : .linuxCooked2 }

    /// `ARPHRD_ETHER`, `ARPHRD_LOOPBACK`
    private static let ethernetTypes: [UInt16] = [1, 772]
    private static let loopbackType: UInt16 = 772

    init(
        _ name: String,
        _ expression: FilterExpression,
        snapLength: Int,
        ringBytes: Int,
        isPromiscuous: Bool
    ) throws(Ending) {
        self.name = name
        index = try Self.index(of: name)
        if isPromiscuous, index == nil {
            throw Ending(.usage, "--promiscuous needs one interface", remedy: "Name it: --interface eth0.")
        }
        let socket = try Self.socket()
        do throws(SocketError) {
            // Bound without a protocol it receives nothing, and knows what link this is.
            try socket.bind(to: PacketAddress(interface: index ?? 0, etherType: .none))
            let link: UInt16? =
                index == nil ? nil : try socket.localAddress(as: PacketAddress.self).hardwareType
            isEthernet = link.map(Self.ethernetTypes.contains) ?? false
            let program = try Self.program(
                expression,
                isEthernet: isEthernet,
                isAny: index == nil,
                snapLength: snapLength
            ).get()
            try socket.attach(program)
            // Each packet of loopback leaves and comes back: the second time counts.
            if link == Self.loopbackType { try socket.setIgnoresOutgoing(true) }
            if isPromiscuous, let index { try socket.join(.everything, onInterface: index) }
            let blockBytes = 1 << 20
            let size = PacketRing.Size(
                blockBytes: blockBytes,
                blockCount: max(2, ringBytes / blockBytes),
                milliseconds: 10
            )
            ring = try PacketRing(
                socket,
                size,
                atLeast: .init(blockBytes: 1 << 18, blockCount: 2, milliseconds: 10),
                reportsSegments: Self.kernelReportsSegments
            )
            ringBytesRefused = ring.size == size ? nil : size.byteCount
            try ring.socket.bind(to: PacketAddress(interface: index ?? 0, etherType: .all))
        } catch {
            guard error.subject == "SO_ATTACH_FILTER",
                error.code == .invalidArgument || error.code == .outOfMemory
            else { throw Ending(error) }
            throw Ending(
                .usage,
                "the kernel does not take a filter of so many tests",
                remedy: "Join ports to ranges (portrange 8000-8099) and hosts to networks (net 10.0.0.0/8)."
            )
        }
    }

    /// The interface has gone.
    var hasVanished: Bool { index.map { Interfaces.name(of: $0) == nil } ?? false }

    // MARK: Steps

    private static func index(of name: String) throws(Ending) -> UInt32? {
        if name == "any" { return nil }
        if let index = try? Interfaces.index(of: name), Interfaces.name(of: index) != nil { return index }
        throw Ending(
            .usage,
            "there is no interface \(SafeText.line(name))",
            remedy: "This host has \(Interfaces.names.joined(separator: ", ")); any is all of them."
        )
    }

    private static func socket() throws(Ending) -> Socket {
        do throws(SocketError) { return try Socket(packets: .none, .raw) } catch {
            guard [.permissionDenied, .notPermitted].contains(error.code) else { throw Ending(error) }
            throw Ending(
                .notPermitted,
                "capturing needs the right CAP_NET_RAW",
                remedy:
                    "Run it as root, or give the program the right: sudo setcap cap_net_raw+ep \(program)."
            )
        }
    }

    /// This program's file.
    private static var program: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            return unsafe readlink("/proc/self/exe", start, buffer.count)
        }
        guard count > 0 else { return "parley" }
        return TerminalText.escape(bytes: buffer[..<count].map { UInt8(bitPattern: $0) })
    }

    private static func program(
        _ expression: FilterExpression,
        isEthernet: Bool,
        isAny: Bool,
        snapLength: Int
    ) -> Result<PacketFilter, SocketError> {
        do throws(FilterError) {
            let program = try FilterProgram(
                expression,
                for: isEthernet ? .ethernet : .kernel,
                .mayMatch,
                snapLength: UInt32(snapLength),
                leavingOutOutgoingOn: isAny ? try? Interfaces.index(of: "lo") : nil
            )
            return .success(PacketFilter(program))
        } catch {
            return .failure(SocketError(.option, .invalidArgument, subject: "SO_ATTACH_FILTER"))
        }
    }

    /// Since Linux 6.2 the kernel has words for UDP that is still to be cut; before, it would drop it.
    private static var kernelReportsSegments: Bool {
        var names = utsname()
        guard unsafe uname(&names) == 0 else { return false }
        let release = unsafe withUnsafeBytes(of: &names.release) { unsafe [UInt8]($0.prefix { $0 != 0 }) }
        let parts = String(decoding: release, as: UTF8.self).split { !$0.isNumber }.prefix(2).map {
            Int($0) ?? 0
        }
        return parts.count == 2 && (parts[0], parts[1]) >= (6, 2)
    }
}

extension PacketFilter {
    init(_ program: FilterProgram) {
        self.init(
            program.instructions.map {
                Instruction(
                    code: $0.code,
                    skipIfTrue: $0.skipIfTrue,
                    skipIfFalse: $0.skipIfFalse,
                    operand: $0.operand
                )
            }
        )
    }
}
