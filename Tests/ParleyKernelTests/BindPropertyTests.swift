import ParleyKernel
import ParleyTypes
import Testing

/// Laws of the verdicts, over random sockets. A failure prints its seed.
@Suite struct BindPropertyTests {
    @Test(arguments: [KernelSocket.Kind.tcp, .udp])
    func `what is not known decides nothing, and what does not matter leaves nothing open`(
        kind: KernelSocket.Kind
    ) {
        for seed in UInt64(0)..<4000 {
            var random = SeededGenerator(seed: seed)
            let request = Self.request(kind, &random)
            let count = Int.random(in: 1...3, using: &random)
            let occupants = (0..<count).map { _ in Self.occupant(kind, &random, hidesFacts: true) }
            var outcomes: Set<Bool> = []
            for known in Self.completions(occupants[...], user: request.user) {
                switch BindVerdict(request, among: known, isOrderKnown: true) {
                case .succeeds: outcomes.insert(true)
                case .fails: outcomes.insert(false)
                case .depends, .refused: Issue.record("seed \(seed): in doubt although all is known")
                }
            }
            switch BindVerdict(request, among: occupants, isOrderKnown: true) {
            case .succeeds: #expect(outcomes == [true], "seed \(seed)")
            case .fails(_, let because):
                #expect(outcomes == [false] && !because.isEmpty, "seed \(seed)")
            case .depends(let conditions):
                #expect(outcomes == [true, false] && !conditions.isEmpty, "seed \(seed)")
            case .refused: Issue.record("seed \(seed): refused")
            }
        }
    }

    @Test(arguments: [KernelSocket.Kind.tcp, .udp])
    func `of two bound sockets either keeps the other out, or neither`(kind: KernelSocket.Kind) {
        for seed in UInt64(0)..<4000 {
            var random = SeededGenerator(seed: seed)
            let first = Self.request(kind, &random)
            let second = Self.request(kind, &random)
            let forth = BindVerdict(first, among: [Self.bound(second)])
            let back = BindVerdict(second, among: [Self.bound(first)])
            #expect((forth == .succeeds) == (back == .succeeds), "seed \(seed)")
        }
    }

    @Test(arguments: [KernelSocket.Kind.tcp, .udp])
    func `an option more never keeps anyone out`(kind: KernelSocket.Kind) {
        for seed in UInt64(0)..<4000 {
            var random = SeededGenerator(seed: seed)
            var request = Self.request(kind, &random)
            var occupant = Self.occupant(kind, &random, hidesFacts: false)
            guard BindVerdict(request, among: [occupant]) == .succeeds else { continue }
            request.reuse = .sharesBoth
            occupant.reuse = ReuseFlags(
                address: occupant.reuse.address == true || Bool.random(using: &random),
                port: occupant.reuse.port == true || Bool.random(using: &random)
            )
            #expect(BindVerdict(request, among: [occupant]) == .succeeds, "seed \(seed)")
        }
    }

    @Test func `what one TCP socket prevents, more of them do not allow`() {
        for seed in UInt64(0)..<2000 {
            var random = SeededGenerator(seed: seed)
            let request = Self.request(.tcp, &random)
            let occupants = (0..<3).map { _ in Self.occupant(.tcp, &random, hidesFacts: false) }
            let alone = occupants.map { BindVerdict(request, among: [$0], isOrderKnown: true) == .succeeds }
            #expect(
                (BindVerdict(request, among: occupants, isOrderKnown: true) == .succeeds) == !alone.contains(
                    false
                )
            )
        }
    }

    // MARK: Random sockets

    private static let addresses = [
        SocketAddress.ipv4(.loopback, port: 9), .ipv4(IPv4Address(127, 0, 0, 2), port: 9),
        .ipv4(.any, port: 9),
        .ipv6(.loopback, port: 9, zone: 0), .ipv6(.any, port: 9, zone: 0),
        .ipv6(IPv6Address(mapping: .loopback), port: 9, zone: 0),
    ]

    private static func request(_ kind: KernelSocket.Kind, _ random: inout SeededGenerator) -> BindRequest {
        let address = addresses.randomElement(using: &random)!
        return BindRequest(
            kind: kind,
            address: address,
            reuse: ReuseFlags(address: .random(using: &random), port: .random(using: &random)),
            user: .random(in: 1...2, using: &random),
            // Linux refuses IPV6_V6ONLY with an IPv4-mapped address.
            isIPv6Only: address == .ipv6(.any, port: 9, zone: 0) && .random(using: &random),
            interface: .random(in: 0...2, using: &random)
        )
    }

    private static func bound(_ request: BindRequest) -> Occupant {
        var socket = KernelSocket(
            kind: request.kind,
            state: request.kind == .tcp ? .boundInactive : .closed,
            local: request.address
        )
        socket.user = request.user
        socket.interface = request.interface
        if case .ipv6(let host, _, _) = request.address {
            socket.isIPv6Only = request.isIPv6Only || host != .any && host.mapped == nil
        }
        return Occupant(socket, reuse: request.reuse)
    }

    private static func occupant(
        _ kind: KernelSocket.Kind,
        _ random: inout SeededGenerator,
        hidesFacts: Bool
    ) -> Occupant {
        var occupant = bound(request(kind, &random))
        if kind == .tcp {
            let states = [KernelSocket.State.listen, .established, .timeWait, .boundInactive]
            occupant.socket.state = states.randomElement(using: &random)!
        }
        guard hidesFacts else { return occupant }
        if Bool.random(using: &random) { occupant.reuse.address = nil }
        if Bool.random(using: &random) { occupant.reuse.port = nil }
        if occupant.socket.state == .timeWait || Int.random(in: 0..<4, using: &random) == 0 {
            occupant.socket.user = nil
        }
        if occupant.socket.state == .established, occupant.socket.isIPv6Only != nil {
            occupant.socket.isIPv6Only = nil
        }
        return occupant
    }

    /// Every way in which what is not known may be.
    private static func completions(_ occupants: ArraySlice<Occupant>, user: UInt32) -> [[Occupant]] {
        guard let first = occupants.first else { return [[]] }
        let rest = completions(occupants.dropFirst(), user: user)
        return ways(first, user).flatMap { way in rest.map { [way] + $0 } }
    }

    private static func ways(_ occupant: Occupant, _ user: UInt32) -> [Occupant] {
        var all = [occupant]
        func split(_ isOpen: (Occupant) -> Bool, _ fill: (inout Occupant, Bool) -> Void) {
            all = all.flatMap { occupant in
                guard isOpen(occupant) else { return [occupant] }
                return [false, true].map { value in
                    var copy = occupant
                    fill(&copy, value)
                    return copy
                }
            }
        }
        split({ $0.reuse.address == nil }, { $0.reuse.address = $1 })
        split({ $0.reuse.port == nil }, { $0.reuse.port = $1 })
        split(
            { $0.socket.user == nil && $0.socket.state != .timeWait },
            { $0.socket.user = $1 ? user : user + 1 }
        )
        split(
            {
                guard case .ipv6? = $0.socket.local else { return false }
                return $0.socket.isIPv6Only == nil
            },
            { $0.socket.isIPv6Only = $1 }
        )
        return all
    }
}
