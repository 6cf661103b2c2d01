import ParleyText
import ParleyTypes

/// What a line of JSON says about its message besides the fields: when it was seen, from whom, to whom.
struct Envelope {
    var time: WallTime?
    var source: SocketAddress?
    var destination: SocketAddress?

    init() {}

    /// Of a line that `decode --json` or `receive --json` printed; other lines say nothing.
    init(_ value: JSONValue) {
        guard value["schema"] != nil else { return }
        func text(_ name: String) -> String? {
            if case .string(let text)? = value[name] { text } else { nil }
        }
        time = text("time").flatMap { WallTime(rfc3339: $0) }
        source = (text("source") ?? text("peer")).flatMap { SocketAddress(internet: $0) }
        destination = text("destination").flatMap { SocketAddress(internet: $0) }
    }
}
