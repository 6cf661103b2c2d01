import ParleyKernel
import ParleySockets
import ParleyText
import ParleyTypes

extension InterfaceView {
    /// `parley.interface/1`
    var json: JSONLine {
        JSONLine(
            schema: "parley.interface/1",
            [
                .init("index", .integer(record.index)),
                .init("name", .string(record.name)),
                .init("otherNames", .array(record.otherNames.map { .string($0) })),
                .init("flags", .array(record.flags.names.map { .string($0) })),
                .init("kind", record.kind.map { .string($0) } ?? .null),
                .init("mtu", .integer(record.packetBytesMax)),
                .init("hardwareAddress", Self.text(record.hardwareAddress)),
                .init("hardwareBroadcast", Self.text(record.hardwareBroadcast)),
                .init("queue", .integer(record.queuePacketsMax)),
                .init("lowerIndex", record.lowerIndex.map { .integer($0) } ?? .null),
                .init("masterIndex", record.masterIndex.map { .integer($0) } ?? .null),
                .init("addresses", .array(record.addresses.map(Self.json))),
                .init("groups", table.knowsGroups ? .array(record.groups.map(Self.json)) : .null),
                .init("igmp", record.groupProtocolVersion.map { .integer($0) } ?? .null),
                .init("received", received),
                .init("sent", sent),
                .init("remarks", .array(remarks.map(Self.json))),
            ]
        )
    }

    private static func text(_ address: HardwareAddress) -> JSONValue {
        address.byteCount == 0 ? .null : .string("\(address)")
    }

    private static func json(_ address: InterfaceRecord.Address) -> JSONValue {
        .object([
            .init("address", .string("\(address.address)")),
            .init("prefix", .integer(address.prefixLength)),
            .init("scope", .string("\(address.scope)")),
            .init("broadcast", address.broadcast.map { .string("\($0)") } ?? .null),
            .init("peer", address.peer.map { .string("\($0)") } ?? .null),
            .init("flags", .array(address.remarks.map { .string($0) })),
            .init("validSeconds", address.validFor.map { .integer($0.components.seconds) } ?? .null),
        ])
    }

    private static func json(_ group: InterfaceRecord.Group) -> JSONValue {
        .object([
            .init("group", .string("\(group.address)")),
            .init("users", .integer(group.users)),
            .init("kernel", .bool(group.hasKernel)),
            .init(
                "sources",
                .array(
                    group.sources.map { source in
                        .object([
                            .init("source", .string("\(source.address)")),
                            .init("includes", .integer(source.includes)),
                            .init("excludes", .integer(source.excludes)),
                        ])
                    }
                )
            ),
        ])
    }

    private var received: JSONValue {
        let counters = record.counters
        return .object(
            Self.members(counters.received) + [
                .init("groups", .integer(counters.groupPackets)),
                .init("missed", .integer(counters.missed)),
                .init("unhandled", .integer(counters.unhandled)),
                .init("forOthers", .integer(counters.forOthers)),
            ]
        )
    }

    private var sent: JSONValue {
        .object(
            Self.members(record.counters.sent) + [
                .init("collisions", .integer(record.counters.collisions)),
                .init("carrierErrors", .integer(record.counters.carrierErrors)),
            ]
        )
    }

    private static func members(_ direction: InterfaceRecord.Counters.Direction) -> [JSONValue.Member] {
        [
            .init("packets", .integer(direction.packets)), .init("bytes", .integer(direction.bytes)),
            .init("errors", .integer(direction.errors)), .init("dropped", .integer(direction.dropped)),
        ]
    }

    private static func json(_ remark: InterfaceRemark) -> JSONValue {
        .object([.init("kind", .string(remark.kind.rawValue)), .init("text", .string(remark.text))])
    }
}
