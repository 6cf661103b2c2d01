import ParleyTypes

extension FilterProgram {
    /// What the packets look like that a program is to see.
    public enum Layout: Sendable, Hashable {
        /// A 14-byte Ethernet header in front.
        case ethernet
        /// Whatever the interface's links have in front: the kernel says where IP begins and what it is.
        case kernel
    }

    /// What happens to packets whose ports stand elsewhere: later fragments, and IPv6 packets with extension
    /// headers.
    public enum Precision: Sendable, Hashable {
        /// No test holds for what is not known, so that its negation does: as tcpdump.
        case exact
        /// What is not known passes, whatever is asked: whoever puts the packets together asks again
        /// (``FilterExpression/matches(_:)``).
        case mayMatch
    }

    /// The program for an expression.
    ///
    /// - Parameters:
    ///   - snapLength: how many bytes of a packet to keep.
    ///   - loopback: with `.kernel`, the interface whose outgoing packets are left out, because each of them
    ///     comes back.
    /// - Throws: `.tooLong` when Linux would take no program of this length.
    public init(
        _ expression: FilterExpression,
        for layout: Layout,
        _ precision: Precision = .exact,
        snapLength: UInt32 = 262_144,
        leavingOutOutgoingOn loopback: UInt32? = nil
    ) throws(FilterError) {
        var compiler = FilterCompiler(layout: layout, precision: precision)
        let instructions = compiler.compile(expression, snapLength: snapLength, loopback: loopback)
        guard instructions.count <= Self.instructionsMax else {
            throw FilterError(word: "", reason: .tooLong(maximum: FilterExpression.wordsMax))
        }
        self.init(instructions)
    }
}

/// Turns an expression into steps with labels, and steps into instructions with distances.
private struct FilterCompiler {
    typealias Code = FilterProgram.Code
    typealias Special = FilterProgram.Special

    let layout: FilterProgram.Layout
    let precision: FilterProgram.Precision
    private var steps: [Step] = []
    private var labelCount = 0

    typealias Label = Int

    /// The outgoing packets of an interface (PACKET_OUTGOING).
    private static let outgoing: UInt32 = 4

    private enum Step {
        case plain(UInt16, UInt32)
        case branch(UInt16, UInt32, Label, Label)
        case label(Label)
    }

    /// Where a test leads.
    private struct Exits {
        var yes: Label
        var no: Label
        var unknown: Label
    }

    init(layout: FilterProgram.Layout, precision: FilterProgram.Precision) {
        self.layout = layout
        self.precision = precision
    }

    mutating func compile(
        _ expression: FilterExpression,
        snapLength: UInt32,
        loopback: UInt32?
    ) -> [FilterProgram.Instruction] {
        let accept = newLabel()
        let refuse = newLabel()
        if let loopback {
            let isLoopback = newLabel()
            let begin = newLabel()
            load(Code.loadWord, Special.interface)
            branch(Code.ifEqual, loopback, isLoopback, begin)
            place(isLoopback)
            load(Code.loadWord, Special.direction)
            branch(Code.ifEqual, Self.outgoing, refuse, begin)
            place(begin)
        }
        emit(expression, isNegated: false, accept, refuse)
        place(accept)
        load(Code.keep, snapLength)
        place(refuse)
        load(Code.keep, 0)
        return assemble()
    }

    // MARK: Expressions

    /// Negation is pushed down to the tests: what a test does not know leads to the literal's own yes.
    private mutating func emit(
        _ expression: FilterExpression,
        isNegated: Bool,
        _ yes: Label,
        _ no: Label
    ) {
        switch expression {
        case .everything:
            // A branch that always goes one way.
            branch(Code.ifAtLeast, 0, isNegated ? no : yes, isNegated ? no : yes)
        case .not(let inner): emit(inner, isNegated: !isNegated, yes, no)
        case .and(let first, let second):
            isNegated
                ? emitAny(first, second, isNegated, yes, no) : emitAll(first, second, isNegated, yes, no)
        case .or(let first, let second):
            isNegated
                ? emitAll(first, second, isNegated, yes, no) : emitAny(first, second, isNegated, yes, no)
        case .test(let test):
            let exits = Exits(
                yes: isNegated ? no : yes,
                no: isNegated ? yes : no,
                unknown: precision == .mayMatch || isNegated ? yes : no
            )
            emit(test, exits)
        }
    }

    private mutating func emitAll(
        _ first: FilterExpression,
        _ second: FilterExpression,
        _ isNegated: Bool,
        _ yes: Label,
        _ no: Label
    ) {
        let next = newLabel()
        emit(first, isNegated: isNegated, next, no)
        place(next)
        emit(second, isNegated: isNegated, yes, no)
    }

    private mutating func emitAny(
        _ first: FilterExpression,
        _ second: FilterExpression,
        _ isNegated: Bool,
        _ yes: Label,
        _ no: Label
    ) {
        let next = newLabel()
        emit(first, isNegated: isNegated, yes, next)
        place(next)
        emit(second, isNegated: isNegated, yes, no)
    }

    // MARK: Tests

    private mutating func emit(_ test: FilterTest, _ exits: Exits) {
        switch test {
        case .network(let number):
            loadEtherType()
            branch(Code.ifEqual, UInt32(number), exits.yes, exits.no)
        case .transport(let transport): emit(transport, exits)
        case .port(let ports, let end): emitPorts(ports, end, exits)
        case .host(let network, let end):
            switch network.address {
            case .ipv4(let address): emitHost(address.rawValue, network.prefix, end, exits)
            case .ipv6(let address): emitHost(address, network.prefix, end, exits)
            }
        }
    }

    private mutating func emit(_ transport: IPTransport, _ exits: Exits) {
        let ipv4 = newLabel()
        let notIPv4 = newLabel()
        let ipv6 = newLabel()
        loadEtherType()
        branch(Code.ifEqual, UInt32(EtherNumber.ipv4), ipv4, notIPv4)
        place(ipv4)
        if transport.isInIPv4 {
            loadNetwork(Code.loadByte, 9)
            branch(Code.ifEqual, UInt32(transport.number), exits.yes, exits.no)
        } else {
            branch(Code.ifAtLeast, 0, exits.no, exits.no)
        }
        place(notIPv4)
        branch(Code.ifEqual, UInt32(EtherNumber.ipv6), ipv6, exits.no)
        place(ipv6)
        guard transport.isInIPv6 else { return branch(Code.ifAtLeast, 0, exits.no, exits.no) }
        let other = newLabel()
        loadNetwork(Code.loadByte, 6)
        branch(Code.ifEqual, UInt32(transport.number), exits.yes, other)
        place(other)
        if precision == .mayMatch { return emitExtensions(exits) }
        let fragment = newLabel()
        branch(Code.ifEqual, 44, fragment, exits.no)
        place(fragment)
        loadNetwork(Code.loadByte, 40)
        branch(Code.ifEqual, UInt32(transport.number), exits.yes, exits.no)
    }

    /// The next header is loaded: extension headers hide what follows.
    private mutating func emitExtensions(_ exits: Exits) {
        for number: UInt32 in [0, 43, 44, 51, 60] {
            let other = newLabel()
            branch(Code.ifEqual, number, exits.unknown, other)
            place(other)
        }
        branch(Code.ifAtLeast, 0, exits.no, exits.no)
    }

    private mutating func emitPorts(_ ports: ClosedRange<UInt16>, _ end: FilterEnd, _ exits: Exits) {
        let ipv4 = newLabel()
        let notIPv4 = newLabel()
        let ipv6 = newLabel()
        loadEtherType()
        branch(Code.ifEqual, UInt32(EtherNumber.ipv4), ipv4, notIPv4)
        place(ipv4)
        let hasPorts = newLabel()
        loadNetwork(Code.loadByte, 9)
        emitOneOf(IPTransport.withPorts, hasPorts, exits.no)
        place(hasPorts)
        let isFirst = newLabel()
        loadNetwork(Code.loadHalf, 6)
        branch(Code.ifAny, 0x1FFF, exits.unknown, isFirst)
        place(isFirst)
        load(Code.loadHeaderLength, network(0))
        emitPort(ports, end, exits) { compiler, offset in
            compiler.load(Code.loadHalfIndexed, compiler.network(offset))
        }
        place(notIPv4)
        branch(Code.ifEqual, UInt32(EtherNumber.ipv6), ipv6, exits.no)
        place(ipv6)
        let hasPortsIPv6 = newLabel()
        let other = newLabel()
        loadNetwork(Code.loadByte, 6)
        emitOneOf(IPTransport.withPorts, hasPortsIPv6, precision == .mayMatch ? other : exits.no)
        place(other)
        if precision == .mayMatch { emitExtensions(exits) }
        place(hasPortsIPv6)
        emitPort(ports, end, exits) { compiler, offset in
            compiler.load(Code.loadHalf, compiler.network(40 + offset))
        }
    }

    private mutating func emitPort(
        _ ports: ClosedRange<UInt16>,
        _ end: FilterEnd,
        _ exits: Exits,
        _ loadPort: (inout FilterCompiler, UInt32) -> Void
    ) {
        let second = newLabel()
        if end != .destination {
            loadPort(&self, 0)
            emitRange(ports, exits.yes, end == .either ? second : exits.no)
        }
        place(second)
        guard end != .source else { return }
        loadPort(&self, 2)
        emitRange(ports, exits.yes, exits.no)
    }

    private mutating func emitRange(_ range: ClosedRange<UInt16>, _ yes: Label, _ no: Label) {
        guard range.count > 1 else { return branch(Code.ifEqual, UInt32(range.lowerBound), yes, no) }
        let isEnough = newLabel()
        branch(Code.ifAtLeast, UInt32(range.lowerBound), isEnough, no)
        place(isEnough)
        branch(Code.ifGreater, UInt32(range.upperBound), no, yes)
    }

    private mutating func emitOneOf(_ numbers: [UInt8], _ yes: Label, _ no: Label) {
        for (place, number) in numbers.enumerated() {
            let next = place == numbers.count - 1 ? no : newLabel()
            branch(Code.ifEqual, UInt32(number), yes, next)
            if place < numbers.count - 1 { self.place(next) }
        }
    }

    // MARK: Addresses

    /// IPv4's addresses stand in its own packets and in those of ARP and reverse ARP.
    private mutating func emitHost(_ address: UInt32, _ prefix: Int, _ end: FilterEnd, _ exits: Exits) {
        let ip = newLabel()
        let notIP = newLabel()
        let arp = newLabel()
        let notARP = newLabel()
        loadEtherType()
        branch(Code.ifEqual, UInt32(EtherNumber.ipv4), ip, notIP)
        place(notIP)
        branch(Code.ifEqual, UInt32(EtherNumber.arp), arp, notARP)
        place(notARP)
        branch(Code.ifEqual, UInt32(EtherNumber.reverseARP), arp, exits.no)
        for (label, source, destination) in [(ip, 12, 16), (arp, 14, 24)] as [(Label, UInt32, UInt32)] {
            place(label)
            let second = newLabel()
            if end != .destination {
                emitWord(address, prefix, at: source, exits.yes, end == .either ? second : exits.no)
            }
            place(second)
            if end != .source { emitWord(address, prefix, at: destination, exits.yes, exits.no) }
        }
    }

    private mutating func emitWord(
        _ value: UInt32,
        _ bits: Int,
        at offset: UInt32,
        _ yes: Label,
        _ no: Label
    ) {
        let mask = FilterNetwork.mask32(bits)
        loadNetwork(Code.loadWord, offset)
        if mask != .max { load(Code.and, mask) }
        branch(Code.ifEqual, value & mask, yes, no)
    }

    private mutating func emitHost(_ address: IPv6Address, _ prefix: Int, _ end: FilterEnd, _ exits: Exits) {
        let ip = newLabel()
        loadEtherType()
        branch(Code.ifEqual, UInt32(EtherNumber.ipv6), ip, exits.no)
        place(ip)
        let words = [address.high >> 32, address.high, address.low >> 32, address.low].map {
            UInt32(truncatingIfNeeded: $0)
        }
        let second = newLabel()
        if end != .destination {
            emitWords(words, prefix, at: 8, exits.yes, end == .either ? second : exits.no)
        }
        place(second)
        if end != .source { emitWords(words, prefix, at: 24, exits.yes, exits.no) }
    }

    private mutating func emitWords(
        _ words: [UInt32],
        _ prefix: Int,
        at offset: UInt32,
        _ yes: Label,
        _ no: Label
    ) {
        let count = max(1, (prefix + 31) / 32)
        for index in 0..<count {
            let next = index == count - 1 ? yes : newLabel()
            emitWord(words[index], prefix - 32 * index, at: offset + 4 * UInt32(index), next, no)
            if index < count - 1 { place(next) }
        }
    }

    // MARK: Steps

    private mutating func newLabel() -> Label {
        labelCount += 1
        return labelCount - 1
    }

    private mutating func place(_ label: Label) { steps.append(.label(label)) }

    private mutating func load(_ code: UInt16, _ operand: UInt32) { steps.append(.plain(code, operand)) }

    private mutating func branch(_ code: UInt16, _ operand: UInt32, _ yes: Label, _ no: Label) {
        steps.append(.branch(code, operand, yes, no))
    }

    private func network(_ offset: UInt32) -> UInt32 {
        layout == .ethernet ? 14 + offset : Special.network &+ offset
    }

    private mutating func loadNetwork(_ code: UInt16, _ offset: UInt32) { load(code, network(offset)) }

    private mutating func loadEtherType() {
        if layout == .ethernet { load(Code.loadHalf, 12) } else { load(Code.loadWord, Special.etherType) }
    }

    // MARK: Instructions

    /// Skips reach 255 instructions: what is farther goes by a jump behind the branch.
    private func assemble() -> [FilterProgram.Instruction] {
        var isFar = [(yes: Bool, no: Bool)](repeating: (false, false), count: steps.count)
        var places: [Int] = []
        var labels = [Int](repeating: 0, count: labelCount)
        // Branches only grow, so this comes to an end.
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            places = []
            var count = 0
            for (index, step) in steps.enumerated() {
                places.append(count)
                switch step {
                case .plain: count += 1
                case .branch: count += 1 + (isFar[index].yes ? 1 : 0) + (isFar[index].no ? 1 : 0)
                case .label(let label): labels[label] = count
                }
            }
            for (index, step) in steps.enumerated() {
                guard case .branch(_, _, let yes, let no) = step else { continue }
                if !isFar[index].yes, labels[yes] - places[index] - 1 > 255 {
                    isFar[index].yes = true
                    hasGrown = true
                }
                if !isFar[index].no, labels[no] - places[index] - 1 > 255 {
                    isFar[index].no = true
                    hasGrown = true
                }
            }
        }
        var result: [FilterProgram.Instruction] = []
        for (index, step) in steps.enumerated() {
            switch step {
            case .label: break
            case .plain(let code, let operand): result.append(.init(code: code, operand: operand))
            case .branch(let code, let operand, let yes, let no):
                let far = isFar[index]
                let next = places[index] + 1
                result.append(
                    .init(
                        code: code,
                        skipIfTrue: far.yes ? 0 : UInt8(labels[yes] - next),
                        skipIfFalse: far.no ? (far.yes ? 1 : 0) : UInt8(labels[no] - next),
                        operand: operand
                    )
                )
                if far.yes {
                    result.append(.init(code: Code.jump, operand: UInt32(labels[yes] - next - 1)))
                }
                if far.no {
                    let after = next + (far.yes ? 2 : 1)
                    result.append(.init(code: Code.jump, operand: UInt32(labels[no] - after)))
                }
            }
        }
        return result
    }
}
