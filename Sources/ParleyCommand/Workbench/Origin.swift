import ParleyCapture
import ParleyText
import ParleyTypes

/// Where and when a message of a capture was seen.
struct Origin {
    var flow: Flow
    /// The packet that brought its last byte, as Wireshark counts.
    var packet: Int
    var time: WallTime?

    /// What stands before the message for a reader.
    var heading: String {
        "\(flow)  " + (time.map { "\($0.exactDescription)  " } ?? "") + "packet \(packet)"
    }

    /// What `parley.decode/1` has behind the message.
    var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        if let time { members.append(.init("time", .string(time.exactDescription))) }
        return members + [
            .init("source", .string("\(flow.source)")), .init("destination", .string("\(flow.destination)")),
            .init("packet", .integer(packet)),
        ]
    }
}
