/// The TCP connections of a capture.
///
/// Memory is bounded: of more than ``connectionsMax`` the ones that were silent longest are forgotten; what
/// comes of them later counts as begun before the capture.
public struct TCPConversations: Sendable {
    public let connectionsMax: Int
    private var table: [Flow: Entry] = [:]
    private var uses = 0

    private struct Entry {
        var conversation: TCPConversation
        var lastUse: Int
    }

    public init(connectionsMax: Int = 8192) {
        precondition(connectionsMax > 0, "at least one connection is followed")
        self.connectionsMax = connectionsMax
    }

    /// How many connections are remembered.
    public var count: Int { table.count }

    /// Takes the next segment and tells what it means within its connection.
    public mutating func receive(_ segment: TCPSegment) -> TCPObservation {
        uses += 1
        let key =
            table[segment.flow] == nil && table[segment.flow.reversed] != nil
            ? segment.flow.reversed : segment.flow
        var entry =
            table.removeValue(forKey: key)
            ?? Entry(conversation: TCPConversation(opening: segment.flow), lastUse: uses)
        entry.lastUse = uses
        let observation = entry.conversation.receive(segment)
        table[key] = entry
        if table.count > connectionsMax { makeRoom() }
        return observation
    }

    /// An eighth at a time: looking for the longest silent one costs a walk through all.
    private mutating func makeRoom() {
        let flows = table.sorted { $0.value.lastUse < $1.value.lastUse }.map(\.key)
        for flow in flows.prefix(max(1, flows.count / 8)) { table[flow] = nil }
    }
}
