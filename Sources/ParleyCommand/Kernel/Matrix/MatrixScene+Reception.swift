import ParleyKernel
import ParleySockets
import ParleyTypes

// Who receives.

extension MatrixScene {
    private static let addr = ReuseFlags(address: true, port: false)
    private static let port = ReuseFlags(address: false, port: true)
    private static let both = ReuseFlags(address: true, port: true)
    private static let group = IPv4Address(239, 77, 7, 7)
    private static let broadcast = SocketAddress.ipv4(IPv4Address(127, 255, 255, 255), port: 0)

    static let receptions =
        unicast + sharing + hijacks + groups + broadcasts

    private static let unicast = [
        receives(
            "udp/receives/newest",
            "two sockets at 127.0.0.1, both with SO_REUSEADDR",
            [plan("older", AddressPair.home, addr), plan("newer", AddressPair.home, addr)]
        ),
        receives(
            "udp/receives/specific-is-older",
            "a socket at 127.0.0.1, then a newer one at 0.0.0.0",
            [plan("specific", AddressPair.home, addr), plan("wildcard", AddressPair.all, addr)]
        ),
        receives(
            "udp/receives/specific-is-newer",
            "a socket at 0.0.0.0, then a newer one at 127.0.0.1",
            [plan("wildcard", AddressPair.all, addr), plan("specific", AddressPair.home, addr)]
        ),
        receives(
            "udp/receives/connected",
            "a socket connected to the sender, then a newer one at the same address",
            [
                plan("connected", AddressPair.home, addr) { $0.isConnected = true },
                plan("newer", AddressPair.home, addr),
            ]
        ),
        receives(
            "udp/receives/ipv4-before-dual",
            "a socket at 0.0.0.0, then a newer one at :: that takes IPv4 too; an IPv4 datagram",
            [plan("ipv4", AddressPair.all, addr), plan("dual", AddressPair.dual, addr)],
            need: .ipv6
        ),
        receives(
            "udp/receives/ipv4-before-mapped",
            "a socket at 127.0.0.1, then a newer one at ::ffff:127.0.0.1; an IPv4 datagram",
            [plan("ipv4", AddressPair.home, addr), plan("mapped", AddressPair.mapped, addr)],
            need: .ipv6
        ),
        receives(
            "udp/receives/dual-alone",
            "a socket at :: and one at 127.0.0.2; an IPv4 datagram to 127.0.0.1",
            [plan("dual", AddressPair.dual, addr), plan("neighbor", AddressPair.neighbor, addr)],
            need: .ipv6
        ),
        receives(
            "udp/receives/ipv6",
            "a socket at ::1, then a newer one at ::; a datagram to ::1",
            [plan("specific", AddressPair.home6, addr), plan("wildcard", AddressPair.dual, addr)],
            to: AddressPair.home6,
            need: .ipv6
        ),
        receives(
            "udp/receives/nobody",
            "a socket at 127.0.0.2; a datagram to 127.0.0.1",
            [plan("neighbor", AddressPair.neighbor, .none)]
        ),
    ]

    private static let sharing = [
        receives(
            "udp/receives/hash",
            "four sockets at 127.0.0.1 with SO_REUSEPORT; 100 senders",
            ["a", "b", "c", "d"].map { plan($0, AddressPair.home, port) },
            senders: 100
        ),
        receives(
            "udp/receives/hash-with-both",
            "two sockets at 127.0.0.1 with both options; 100 senders",
            ["a", "b"].map { plan($0, AddressPair.home, ReuseFlags(address: true, port: true)) },
            senders: 100
        ),
        receives(
            "udp/receives/hash-and-specific",
            "a socket at 127.0.0.1 and two at 0.0.0.0, all with SO_REUSEPORT",
            [
                plan("specific", AddressPair.home, port), plan("a", AddressPair.all, port),
                plan("b", AddressPair.all, port),
            ],
            senders: 20
        ),
    ]

    private static let hijacks = [
        receives(
            "udp/hijack/other-user",
            "another user binds the port of a socket that set SO_REUSEADDR",
            [
                plan("owner", AddressPair.home, addr),
                plan("thief", AddressPair.home, addr) { $0.isOtherUser = true },
            ],
            need: .otherUser
        ),
        receives(
            "udp/hijack/specific",
            "another user binds one address of a socket at 0.0.0.0 that set SO_REUSEADDR",
            [
                plan("owner", AddressPair.all, addr),
                plan("thief", AddressPair.home, addr) { $0.isOtherUser = true },
            ],
            need: .otherUser
        ),
        receives(
            "udp/hijack/group-member-at-wildcard",
            "a group's member is bound to 0.0.0.0; another one binds 127.0.0.1; a unicast datagram",
            [
                plan("member", AddressPair.all, addr) { $0.group = .ipv4(group) },
                plan("thief", AddressPair.home, addr),
            ]
        ),
        receives(
            "udp/hijack/group-member-at-group",
            "a group's member is bound to the group's address; a unicast datagram to the port",
            [member("member")]
        ),
    ]

    private static let groups = [
        receives(
            "udp/multicast/all",
            "three members bound to the group's address with SO_REUSEADDR",
            ["a", "b", "c"].map { member($0) },
            to: .ipv4(group, port: 0)
        ),
        receives(
            "udp/multicast/all-with-reuseport",
            "two members bound to the group's address with SO_REUSEPORT",
            ["a", "b"].map { member($0, port) },
            to: .ipv4(group, port: 0)
        ),
        receives(
            "udp/multicast/all-is-1",
            "a member, and a socket at 0.0.0.0 that never joined, with IP_MULTICAST_ALL as it is by default",
            [member("member"), plan("stranger", AddressPair.all, addr)],
            to: .ipv4(group, port: 0)
        ),
        receives(
            "udp/multicast/all-is-0",
            "a member, and a socket at 0.0.0.0 that never joined, with IP_MULTICAST_ALL 0",
            [member("member"), plan("stranger", AddressPair.all, addr) { $0.hearsOthersGroups = false }],
            to: .ipv4(group, port: 0)
        ),
        receives(
            "udp/multicast/specific",
            "a member, and a socket at 127.0.0.1",
            [member("member"), plan("specific", AddressPair.home, addr)],
            to: .ipv4(group, port: 0)
        ),
        binds(
            "udp/multicast/second-without",
            "a member with SO_REUSEADDR, then a second one without",
            [member("first")],
            then: member("second", .none)
        ),
        binds(
            "udp/multicast/second-of-other-user",
            "a member with SO_REUSEADDR, then another user's with it",
            [member("first")],
            then: {
                var second = member("second")
                second.isOtherUser = true
                return second
            }(),
            need: .otherUser
        ),
    ]

    private static let broadcasts = [
        receives(
            "udp/broadcast/all",
            "two sockets at 127.255.255.255 and one at 0.0.0.0, all with SO_REUSEADDR",
            [
                plan("a", broadcast, addr) { $0.isBroadcast = true },
                plan("b", broadcast, addr) { $0.isBroadcast = true }, plan("wildcard", AddressPair.all, addr),
            ],
            to: broadcast
        ),
        receives(
            "udp/broadcast/specific",
            "a socket at 127.255.255.255 and one at 127.0.0.1",
            [
                plan("broadcast", broadcast, addr) { $0.isBroadcast = true },
                plan("specific", AddressPair.home, addr),
            ],
            to: broadcast
        ),
        receives(
            "udp/broadcast/all-with-reuseport",
            "two sockets at 127.255.255.255 with SO_REUSEPORT",
            ["a", "b"].map { name in plan(name, broadcast, port) { $0.isBroadcast = true } },
            to: broadcast
        ),
        binds(
            "udp/broadcast/second-without",
            "a socket at 127.255.255.255 with SO_REUSEADDR, then a second one without",
            [plan("first", broadcast, addr) { $0.isBroadcast = true }],
            then: plan("second", broadcast, .none) { $0.isBroadcast = true }
        ),
        binds(
            "udp/order/sharing-is-newer",
            "SO_REUSEPORT at 0.0.0.0, after a socket at 127.0.0.2 without it and a newer one at 127.0.0.1 with it",
            [plan("exclusive", AddressPair.neighbor, .none), plan("sharing", AddressPair.home, port)],
            then: plan("new", AddressPair.all, port)
        ),
        binds(
            "udp/order/sharing-is-older",
            "SO_REUSEPORT at 0.0.0.0, after a socket at 127.0.0.1 with it and a newer one at 127.0.0.2 without",
            [plan("sharing", AddressPair.home, port), plan("exclusive", AddressPair.neighbor, .none)],
            then: plan("new", AddressPair.all, port)
        ),
        binds(
            "udp/order/dual-is-newer",
            "SO_REUSEPORT at 0.0.0.0, after 0.0.0.0 with both options and a newer dual :: with SO_REUSEADDR",
            [plan("ipv4", AddressPair.all, both), plan("dual", AddressPair.dual, addr)],
            then: plan("new", AddressPair.all, port),
            need: .ipv6
        ),
        binds(
            "udp/order/dual-is-older",
            "SO_REUSEPORT at 0.0.0.0, after a dual :: with SO_REUSEADDR and a newer 0.0.0.0 with both options",
            [plan("dual", AddressPair.dual, addr), plan("ipv4", AddressPair.all, both)],
            then: plan("new", AddressPair.all, port),
            need: .ipv6
        ),
    ]

    // MARK: Shapes

    private static func plan(
        _ name: String,
        _ address: SocketAddress,
        _ reuse: ReuseFlags,
        _ change: (inout SocketPlan) -> Void = { _ in }
    ) -> SocketPlan {
        var plan = SocketPlan(name: name, address: address, reuse: reuse)
        change(&plan)
        return plan
    }

    private static func member(_ name: String, _ reuse: ReuseFlags = addr) -> SocketPlan {
        plan(name, .ipv4(group, port: 0), reuse) {
            $0.group = .ipv4(group)
            $0.hearsOthersGroups = false
        }
    }

    /// The rules' view of sockets that were opened in this order.
    private static func occupants(_ plans: [SocketPlan], sender: SocketAddress) -> [Occupant] {
        plans.enumerated().reversed().map { index, plan in
            plan.occupant(
                plan.isConnected ? .established : .closed,
                port: 9,
                user: plan.isOtherUser ? 2 : 1,
                cookie: UInt64(index),
                remote: plan.isConnected ? sender : nil
            )
        }
    }

    private static func receives(
        _ name: String,
        _ question: String,
        _ plans: [SocketPlan],
        to destination: SocketAddress = AddressPair.home,
        senders: Int = 1,
        need: Need? = nil
    ) -> MatrixScene {
        let isIPv6 = if case .ipv6 = destination { true } else { false }
        let sender = (isIPv6 ? AddressPair.home6 : AddressPair.home).with(port: 7)
        let datagram = Reception.Datagram(
            from: sender,
            to: destination.with(port: 9),
            interface: 1,
            isBroadcast: destination == broadcast
        )
        let names = Dictionary(uniqueKeysWithValues: plans.enumerated().map { (UInt64($0), $1.name) })
        let reception = Reception(of: datagram, among: occupants(plans, sender: sender))
        let expected = MatrixOutcome(reception, names)
        return MatrixScene(name: name, question: "udp: \(question)", expected: expected, need: need) {
            (rig) throws(SocketError) in
            try rig.deliver(to: destination, among: plans, senders: senders, expected: expected)
        }
    }

    private static func binds(
        _ name: String,
        _ question: String,
        _ plans: [SocketPlan],
        then new: SocketPlan,
        need: Need? = nil
    ) -> MatrixScene {
        let there = occupants(plans, sender: AddressPair.home)
        let verdict = BindVerdict(
            new.request(port: 9, user: new.isOtherUser ? 2 : 1),
            among: there,
            isOrderKnown: true
        )
        return MatrixScene(
            name: name,
            question: "udp: \(question)",
            expected: MatrixOutcome(verdict),
            need: need
        ) { (rig) throws(SocketError) in
            let port = try rig.freePort(.udp)
            var held: [MatrixRig.Held] = []
            for plan in plans { held.append(try rig.bound(plan, port: port)) }
            return withExtendedLifetime(held) { rig.tryBind(new, port: port) }
        }
    }
}
