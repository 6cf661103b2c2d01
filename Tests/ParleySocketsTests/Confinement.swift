import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// A network of a test's own, and a process without rights: in exit tests, on the main actor, because both
/// belong to a thread.
@MainActor
enum Confinement {
    /// Why a test is skipped.
    nonisolated static let reason: Comment = "needs root, unshare(2) and ip(8)"
    nonisolated static let isPossible = geteuid() == 0 && run("unshare -n ip link set lo up 2> /dev/null")

    /// A network with `lo` alone.
    static func enterNewNetwork() {
        guard let symbol = unsafe dlsym(nil, "unshare") else { fatalError("no unshare(2)") }
        let unshare = unsafe unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
        guard unshare(0x4000_0000) == 0, run("ip link set lo up") else { fatalError("no network of our own") }
    }

    /// The user `nobody`, without any capability, for good.
    static func dropRights() {
        guard setgid(65534) == 0, setuid(65534) == 0 else { fatalError("no other user") }
    }

    /// Runs a command in the namespaces of this thread.
    nonisolated static func run(_ command: String) -> Bool { unsafe system(command) == 0 }
}

extension Socket {
    /// The next message within two seconds, with its sender.
    func next<Sender: KernelAddress>(from _: Sender.Type) throws -> (bytes: [UInt8], Reception<Sender>) {
        #expect(wait(fileDescriptor))
        var bytes = [UInt8](repeating: 0, count: 65536)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        let reception = try #require(try receive(into: &raw, from: Sender.self))
        return (Array(bytes.prefix(reception.byteCount)), reception)
    }

    /// Sends bytes to an address of any family but IP and Unix.
    func put(_ bytes: [UInt8], to recipient: some KernelAddress) throws {
        let isSent = unsafe try send(bytes.span.bytes, to: recipient)
        #expect(isSent)
    }
}

/// How many descriptors are open.
func openDescriptors() -> Int {
    (0..<256).count { fcntl(Int32($0), F_GETFD) >= 0 }
}

/// Whether the kernel makes such sockets for this process.
func isThere(_ family: SocketFamily, _ kind: SocketKind, _ ip: IPProtocol = .standard) -> Bool {
    (try? SocketSupport.probe(family, kind, ip)) == .works
}

/// The checksum of RFC 1071 over bytes.
func checksum(_ bytes: some Sequence<UInt8>) -> UInt16 {
    var sum: UInt32 = 0
    for (index, byte) in bytes.enumerated() { sum += UInt32(byte) << (index % 2 == 0 ? 8 : 0) }
    while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
    return ~UInt16(sum)
}
