import Glibc
import Testing

/// A network of a test's own: in exit tests, on the main actor, because a namespace belongs to a thread.
@MainActor
enum OwnNetwork {
    /// Why a test is skipped.
    nonisolated static let reason: Comment = "needs root, unshare(2) and ip(8)"
    nonisolated static let isPossible =
        geteuid() == 0 && run("unshare -n ip link add name one type veth peer name two 2> /dev/null")

    /// A network with `lo`, which is up.
    static func enter() {
        guard let symbol = unsafe dlsym(nil, "unshare") else { fatalError("no unshare(2)") }
        let unshare = unsafe unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
        guard unshare(0x4000_0000) == 0, run("ip link set lo up") else { fatalError("no network of our own") }
    }

    /// A pair of interfaces with addresses on the first, both up.
    static func addPair() {
        let commands = [
            "ip link add name one type veth peer name two",
            "echo 0 > /proc/sys/net/ipv6/conf/one/accept_dad",
            "ip link set one up", "ip link set two up",
            "ip addr add 10.9.0.1/24 broadcast 10.9.0.255 dev one",
            "ip addr add 10.9.0.7/24 dev one",
            "ip addr add 10.8.0.1 peer 10.8.0.2/30 dev one",
            "ip addr add fd09::1/64 dev one nodad",
        ]
        for command in commands where !run(command) { fatalError(command) }
    }

    /// Runs a command in the namespaces of this thread.
    nonisolated static func run(_ command: String) -> Bool { unsafe system(command) == 0 }

    /// What a command prints.
    nonisolated static func output(_ command: String) -> String {
        guard let stream = unsafe popen(command, "r") else { return "" }
        defer { unsafe pclose(stream) }
        var bytes: [UInt8] = []
        while case let byte = unsafe fgetc(stream), byte >= 0 { bytes.append(UInt8(byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The user `nobody`, without any capability, for good.
    static func dropRights() {
        guard setgroups([]), setgid(65534) == 0, setuid(65534) == 0 else { fatalError("no other user") }
    }

    private static func setgroups(_ groups: [gid_t]) -> Bool {
        unsafe Glibc.setgroups(groups.count, groups) == 0
    }
}

/// Ends an exit test that finds something else than it should.
func require(_ condition: Bool, _ message: @autoclosure () throws -> String) {
    if !condition { fatalError((try? message()) ?? "and even that failed") }
}
