import ArgumentParser
import ParleyCore

/// What a server or a receiver spends on its clients.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How many connections are served at once.", valueName: "count"))
    var connections: Int = 1024

    @Option(
        help: ArgumentHelp(
            "How many of them one client may have, by IPv4 address or IPv6 /64; more are reset.",
            valueName: "count"
        )
    )
    var perPeer: Int?

    @Option(
        help: ArgumentHelp(
            "The longest wait for a client's first message; as --idle if not said.",
            valueName: "time"
        )
    )
    var handshake: Span?

    @Option(help: ArgumentHelp("The longest wait for a client's next message.", valueName: "time"))
    var idle = Span(.seconds(300))

    @Option(
        help: ArgumentHelp("The longest wait for a client that does not take its answers.", valueName: "time")
    )
    var slow = Span(.seconds(30))

    @Option(
        help: ArgumentHelp(
            "How much memory unfinished messages of all clients may take together: 4M, 1G. Beyond it those who hold "
                + "most are reset. Also what receive --smooth holds; more is refused.",
            valueName: "bytes"
        )
    )
    var memory = ByteSize(byteCount: 64 << 20)

    func validate() throws {
        guard connections > 0 else { throw ValidationError("--connections must be at least 1.") }
        guard perPeer ?? 1 > 0 else { throw ValidationError("--per-peer must be at least 1.") }
        for (name, span) in [("handshake", handshake), ("idle", idle), ("slow", slow)] {
            guard span?.duration ?? .seconds(1) > .zero else {
                throw ValidationError("--\(name) must be longer than nothing.")
            }
        }
    }

    var limits: ListenerLimits {
        ListenerLimits(
            connectionsMax: connections,
            connectionsPerPeerMax: perPeer,
            unfinishedBytesMax: memory.byteCount,
            connection: ConnectionLimits(
                handshake: handshake?.duration,
                idle: idle.duration,
                slowReader: slow.duration
            )
        )
    }
}
