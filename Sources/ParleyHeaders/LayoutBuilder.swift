internal import ParleyTypes
import ParleyWire

/// Makes a message's layout out of a struct.
struct LayoutBuilder {
    let parser: Parser
    let byteOrder: ByteOrder
    var observations: [Observation] = []
    private var known: [Int: MessageLayout] = [:]
    private var noted: Set<Observation> = []

    init(parser: Parser, byteOrder: ByteOrder) {
        self.parser = parser
        self.byteOrder = byteOrder
    }

    /// A member with its place from the layout's first byte, and what its record says of order.
    struct Entry {
        var member: CRecord.Member
        var numbers: ByteOrder
        var bits: ByteOrder
        /// The first bit, from the layout's first.
        var begin: Int { 8 * member.offset + member.firstBit }
        /// Whether it is a struct or union without a name.
        var isNameless: Bool { member.name.isEmpty && member.bitWidth == nil }
    }

    /// The layout of a whole message.
    mutating func outermost(_ index: Int, name: String, tail: String?) throws(Fault) -> MessageLayout {
        let record = try complete(index)
        let entries = try entries(of: index)
        let word = tail.map { TailWord($0) }
        try check(word?.name, entries, record)
        var run = FieldRun()
        for (position, entry) in entries.enumerated() {
            let member = entry.member
            run.fill(to: entry.begin)
            let isLast = position == entries.count - 1
            if isLast, case .array(let element, let count) = member.type.bare,
                count ?? 0 == 0 || word?.name == member.name
            {
                let item = try fieldType(element, entry)
                let said = word?.name == member.name ? word : nil
                let counter = said?.isUncounted == true ? nil : said?.count ?? member.countedBy
                if let counter, !run.count(by: counter) { throw notCounting(counter, member, name, run) }
                let content = tailElement(element, item)
                let unit: CountUnit = if case .items = content { .items } else { .bytes }
                run.append(
                    member.name,
                    .tail(TailType(content, count: counter.map { .init(field: $0, unit: unit) }))
                )
                noteHoles(run, name, record)
                if record.size > member.offset, count ?? 0 == 0 {
                    note(
                        .tailInsidePadding(field: member.name, offset: member.offset, size: record.size),
                        at: member.spot
                    )
                }
                return MessageLayout(name: name, fields: run.fields)
            }
            if isLast, case .record(let inner) = member.type.bare, parser.types.records[inner].isFlexible,
                !parser.types.records[inner].isUnion
            {
                let open = try outermost(
                    inner,
                    name: parser.types.records[inner].name ?? member.name,
                    tail: nil
                )
                run.append(member.name, .message(open))
                noteHoles(run, name, record)
                return MessageLayout(name: name, fields: run.fields)
            }
            if isLast, case .array(_, count: 1) = member.type.bare {
                note(.arrayOfOne(field: member.name), at: member.spot)
            }
            try append(entry, to: &run)
        }
        run.fill(to: 8 * record.size)
        noteHoles(run, name, record)
        return MessageLayout(name: name, fields: run.fields)
    }

    private func notCounting(_ counter: String, _ member: CRecord.Member, _ name: String, _ run: FieldRun)
        -> Fault
    {
        let integers = run.fields.filter { $0.role == .value && $0.type.isInteger }.map(\.name)
        return Fault(
            .notCounting(counter, tail: member.name, structure: name, known: integers),
            at: member.spot,
            hint: Nearest.name(to: counter, among: integers).map { "did you mean \($0)?" }
                ?? "--tail '\(member.name)[]' leaves it uncounted"
        )
    }

    private func check(_ tail: String?, _ entries: [Entry], _ record: CRecord) throws(Fault) {
        guard let tail else { return }
        let named = entries.map(\.member.name).filter { !$0.isEmpty }
        guard let member = entries.first(where: { $0.member.name == tail })?.member else {
            let near = Nearest.name(to: tail, among: named).map { "did you mean \($0)?" }
            throw Fault(.unknownTail(tail, known: named), at: record.spot, hint: near)
        }
        guard entries.last?.member.name == tail else {
            throw Fault(
                .tailNotLast(tail, last: named.last ?? ""),
                at: member.spot,
                hint: "only what stands at the end of a message can vary in length"
            )
        }
        guard case .array = member.type.bare else {
            throw Fault(.tailNotArray(tail, type: parser.spelling(member.type)), at: member.spot)
        }
    }

    /// The layout of a struct inside of another: always of its full size.
    mutating func inner(_ index: Int, _ member: CRecord.Member) throws(Fault) -> MessageLayout {
        if let layout = known[index] { return layout }
        let record = try complete(index)
        if record.isFlexible {
            throw Fault(
                .unsupported(
                    "\(member.name), which ends in an array of open size inside of another struct, is"
                ),
                at: member.spot
            )
        }
        var run = FieldRun()
        for entry in try entries(of: index) {
            run.fill(to: entry.begin)
            try append(entry, to: &run)
        }
        run.fill(to: 8 * record.size)
        let name = record.name ?? member.name
        noteHoles(run, name, record)
        let layout = MessageLayout(name: name, fields: run.fields)
        known[index] = layout
        return layout
    }

    private mutating func append(_ entry: Entry, to run: inout FieldRun) throws(Fault) {
        let member = entry.member
        if let width = member.bitWidth {
            // Without a name its bits are kept free on purpose: no hole of the compiler's.
            guard !member.name.isEmpty else { return run.reserve(width, entry.bits) }
            note(.bitField(abi: parser.abi.name, order: entry.bits), at: member.spot)
            return run.append(member.name, .bits(try bitsType(entry, width)))
        }
        let type = try fieldType(member.type, entry)
        if type.sizeMinimum == 0 {
            note(.emptyArray(field: member.name), at: member.spot)
            return
        }
        run.append(member.name, type)
        if member.isABIDependent { noteSize(member) }
    }

    func complete(_ index: Int) throws(Fault) -> CRecord {
        let record = parser.types.records[index]
        _ = try parser.extent(of: .record(index), at: record.spot)
        return record
    }

    /// The names of a struct's members, in their order.
    mutating func memberNames(of index: Int) throws(Fault) -> [String] {
        try entries(of: index).map(\.member.name).filter { !$0.isEmpty }
    }

    /// The members of a struct, those of anonymous structs in their place. Unions without a name get one; a
    /// union as a whole is one member.
    private func entries(of index: Int) throws(Fault) -> [Entry] {
        let record = try complete(index)
        guard record.isUnion else {
            var entries = try flatten(index, at: 0)
            var names = KeywordNames(taken: entries.map(\.member.name))
            for index in entries.indices where entries[index].isNameless {
                entries[index].member.name = names.next("union")
            }
            return entries
        }
        let whole = CRecord.Member(
            name: "union",
            type: .record(index),
            spelling: parser.spelling(.record(index)),
            isABIDependent: false,
            spot: record.spot
        )
        return [entry(whole, record)]
    }

    private func flatten(
        _ index: Int,
        at base: Int
    ) throws(Fault) -> [Entry] {
        let record = try complete(index)
        var entries: [Entry] = []
        for var member in record.members {
            member.offset += base
            if member.name.isEmpty, case .record(let index) = member.type.bare,
                !(try complete(index).isUnion)
            {
                entries += try flatten(index, at: member.offset)
            } else {
                entries.append(entry(member, record))
            }
        }
        return entries
    }

    func entry(_ member: CRecord.Member, _ record: CRecord) -> Entry {
        Entry(
            member: member,
            numbers: record.storageOrder ?? byteOrder,
            bits: record.storageOrder ?? parser.abi.byteOrder
        )
    }

    private mutating func noteHoles(_ run: FieldRun, _ name: String, _ record: CRecord) {
        if run.holes > 0 { note(.holes(structure: name, bytes: run.holes), at: record.spot) }
    }

    private mutating func noteSize(_ member: CRecord.Member) {
        var type = member.type.bare
        while case .array(let element, _) = type { type = element.bare }
        guard let size = try? parser.extent(of: type, at: member.spot).size else { return }
        note(
            .sizeDepends(field: member.name, type: member.spelling, bytes: size, abi: parser.abi.name),
            at: member.spot
        )
    }

    mutating func note(_ reason: HeaderRemark.Reason, at spot: Spot) {
        let observation = Observation(reason: reason, spot: spot)
        if case .bitField = reason {
            // Once: it is true of all of them.
            if observations.contains(where: { $0.reason == reason }) { return }
        }
        if noted.insert(observation).inserted { observations.append(observation) }
    }
}
