extension Parser {
    /// The size and alignment of a type.
    ///
    /// - Throws: the fault of its definition when that was not understood.
    func extent(of type: CType, at spot: Spot) throws(Fault) -> ABI.Extent {
        switch type {
        case .void, .function: throw Fault(.incompleteType(spelling(type)), at: spot)
        case .unsupported(let name): throw Fault(.unsupported("the type \(name) is"), at: spot)
        case .scalar(let scalar): return abi.extent(of: scalar)
        case .pointer: return abi.pointer
        case .enumeration(let index):
            guard types.enumerations[index].isComplete else {
                throw Fault(.incompleteType(spelling(type)), at: spot)
            }
            return abi.extent(of: types.enumerations[index].scalar)
        case .record(let index):
            let record = types.records[index]
            switch record.state {
            case .incomplete: throw Fault(.incompleteType(spelling(type)), at: spot)
            case .broken(let fault): throw fault
            case .complete: return ABI.Extent(size: record.size, alignment: record.alignment)
            }
        case .array(let element, let count):
            let inner = try extent(of: element, at: spot)
            let (size, overflow) = inner.size.multipliedReportingOverflow(by: count ?? 0)
            guard !overflow, size <= budget.limits.typeBytesMax else {
                throw Fault(.tooMuch(.typeBytes, maximum: budget.limits.typeBytesMax), at: spot)
            }
            return ABI.Extent(size: size, alignment: inner.alignment)
        case .aligned(let type, let alignment):
            return ABI.Extent(size: try extent(of: type, at: spot).size, alignment: alignment)
        }
    }

    /// Gives each member its offset as GCC and clang do (System V ABI; layout_decl in GCC's stor-layout.cc).
    mutating func layOut(
        _ index: Int,
        _ members: [CRecord.Member],
        _ attributes: Attributes,
        _ packLimit: Int?
    ) throws(Fault) {
        var record = types.records[index]
        var names: Set<String> = []
        var end = 0
        for (position, member) in members.enumerated() {
            try budget.spend(at: member.spot)
            var member = member
            let extent = try extent(of: member.type, at: member.spot)
            for name in namesOf(member) where !names.insert(name).inserted {
                throw Fault(.duplicate("the member \(name)"), at: member.spot)
            }
            if case .array(_, count: nil) = member.type.bare {
                guard position == members.count - 1, !record.isUnion else {
                    throw Fault(
                        .badArraySize("an unknown number of"),
                        at: member.spot,
                        hint: "only the last member of a struct may be \(member.name)[]"
                    )
                }
                record.isFlexible = true
            }
            // Packed takes the type's alignment away, the member's own stays; #pragma pack bounds both.
            var alignment = attributes.isPacked || member.isPacked ? 1 : extent.alignment
            if let own = member.alignment { alignment = max(alignment, own) }
            if let packLimit { alignment = min(alignment, packLimit) }
            member.offset = record.isUnion ? 0 : Self.round(end, up: alignment)
            end = max(end, member.offset + extent.size)
            guard end <= budget.limits.typeBytesMax else {
                throw Fault(.tooMuch(.typeBytes, maximum: budget.limits.typeBytesMax), at: member.spot)
            }
            record.alignment = max(record.alignment, alignment)
            try count(member, into: &record)
            record.members.append(member)
        }
        if let own = attributes.alignment { record.alignment = max(record.alignment, own) }
        record.size = Self.round(end, up: record.alignment)
        record.isPacked = attributes.isPacked
        record.state = .complete
        types.records[index] = record
    }

    private func count(_ member: CRecord.Member, into record: inout CRecord) throws(Fault) {
        var type = member.type.bare
        while case .array(let element, _) = type { type = element.bare }
        var fields = 1
        if case .record(let index) = type {
            let inner = types.records[index]
            fields = max(1, inner.fieldCount)
            record.depth = max(record.depth, inner.depth + 1)
        }
        record.fieldCount += fields
        guard record.fieldCount <= budget.limits.fieldsMax else {
            throw Fault(.tooMuch(.fields, maximum: budget.limits.fieldsMax), at: member.spot)
        }
        guard record.depth <= budget.limits.nestingMax else {
            throw Fault(.tooMuch(.nesting, maximum: budget.limits.nestingMax), at: member.spot)
        }
    }

    /// The member's name, or the names that an anonymous struct gives to the struct around it.
    private func namesOf(_ member: CRecord.Member) -> [String] {
        guard member.name.isEmpty else { return [member.name] }
        guard case .record(let index) = member.type.bare else { return [] }
        return types.records[index].members.flatMap(namesOf)
    }

    static func round(_ value: Int, up alignment: Int) -> Int {
        (value + alignment - 1) / alignment * alignment
    }
}
