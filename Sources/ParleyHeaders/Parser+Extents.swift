extension Parser {
    /// The size and alignment of a type.
    ///
    /// - Throws: the fault of its definition when that was not understood.
    func extent(of type: CType, at spot: Spot) throws(Fault) -> ABI.Extent {
        switch type {
        case .void, .function: throw Fault(.incompleteType(spelling(type)), at: spot)
        case .unsupported(let name): throw Fault(.unsupported("the type \(name) is"), at: spot)
        case .opaque(_, let size, let alignment): return ABI.Extent(size: size, alignment: alignment)
        case .scalar(let scalar): return abi.extent(of: scalar)
        case .pointer: return abi.pointer
        case .enumeration(let index):
            guard types.enumerations[index].isComplete else {
                throw Fault(.incompleteType(spelling(type)), at: spot, hint: missingFileHint)
            }
            let enumeration = types.enumerations[index]
            let extent = abi.extent(of: enumeration.scalar)
            guard let own = enumeration.alignment else { return extent }
            return ABI.Extent(size: extent.size, alignment: max(own, extent.alignment))
        case .record(let index):
            let record = types.records[index]
            switch record.state {
            case .incomplete: throw Fault(.incompleteType(spelling(type)), at: spot, hint: missingFileHint)
            case .broken(let fault): throw fault
            case .complete: return extent(of: record)
            }
        case .array(let element, let count):
            let inner = try extent(of: element, at: spot)
            let (size, overflow) = inner.size.multipliedReportingOverflow(by: count ?? 0)
            guard !overflow, size <= budget.limits.typeBytesMax else {
                throw Fault(.tooMuch(.typeBytes, maximum: budget.limits.typeBytesMax), at: spot)
            }
            return ABI.Extent(size: size, alignment: inner.alignment)
        case .aligned(let type, let alignment), .atomic(let type, let alignment):
            return ABI.Extent(size: try extent(of: type, at: spot).size, alignment: alignment)
        case .ordered(let type, _): return try extent(of: type, at: spot)
        }
    }

    /// GCC counts a struct of the size of a number as a number: on i386 it then has a number's alignment, even
    /// if what is inside, an `_Atomic long long`, has more.
    private func extent(of record: CRecord) -> ABI.Extent {
        var alignment = record.alignment
        if !record.isUserAligned, record.size <= 8, let most = abi.records.integerMemberAlignmentMax {
            alignment = min(alignment, most)
        }
        return ABI.Extent(size: record.size, alignment: alignment, preferredAlignment: record.alignment)
    }

    /// Gives each member its place, as the ABI's compilers do.
    ///
    /// - Parameter pack: `#pragma pack` at the opening brace, which Microsoft's compiler and clang look at;
    ///   GCC looks when the closing brace is read.
    mutating func layOut(
        _ index: Int,
        _ members: [CRecord.Member],
        _ attributes: Attributes,
        _ pack: Int?
    ) throws(Fault) {
        var record = types.records[index]
        record.isPacked = attributes.isPacked || treatsAllAsPacked
        record.storageOrder = attributes.storageOrder ?? pragmaOrder
        let alignment = attributes.typeAlignment(abi)
        var names: Set<String> = []
        var gcc = GCCRecordLayout(
            abi: abi,
            isUnion: record.isUnion,
            isPacked: record.isPacked,
            alignment: alignment,
            pack: self.pack
        )
        var microsoft = MicrosoftRecordLayout(
            abi: abi,
            isUnion: record.isUnion,
            isPacked: record.isPacked,
            alignment: alignment,
            pack: pack
        )
        let isGCC = abi.records.family == .gcc
        for (position, member) in members.enumerated() {
            try budget.spend(at: member.spot)
            var member = member
            let extent = try extent(of: member.type, at: member.spot)
            for name in namesOf(member) where !names.insert(name).inserted {
                throw Fault(.duplicate("the member \(name)"), at: member.spot)
            }
            if case .array(_, count: nil) = member.type.bare {
                try checkFlexible(member, isLast: position == members.count - 1, record)
                record.isFlexible = true
            }
            let place = isGCC ? gcc.place(item(member, extent)) : microsoft.place(try item(member))
            member.offset = place.bit / 8
            member.firstBit = place.bit % 8
            member.placedAlignment = place.alignment
            if member.alignment != nil || isUserAligned(member.type) { record.isUserAligned = true }
            let end = member.bitWidth == nil ? member.offset + extent.size : member.offset
            guard end <= budget.limits.typeBytesMax else {
                throw Fault(.tooMuch(.typeBytes, maximum: budget.limits.typeBytesMax), at: member.spot)
            }
            try count(member, into: &record)
            // Without bits it only moves what follows.
            if member.bitWidth != 0 { record.members.append(member) }
        }
        if attributes.alignment != nil { record.isUserAligned = true }
        record.size = isGCC ? gcc.size : microsoft.finish()
        record.alignment = isGCC ? gcc.alignmentBits / 8 : microsoft.alignment
        record.requiredAlignment = microsoft.requiredAlignment
        record.hasOwnAlignment = attributes.alignment != nil
        record.state = .complete
        types.records[index] = record
    }

    private func checkFlexible(
        _ member: CRecord.Member,
        isLast: Bool,
        _ record: CRecord
    ) throws(Fault) {
        guard isLast, !record.isUnion else {
            throw Fault(
                .badArraySize("an unknown number of"),
                at: member.spot,
                hint: "only the last member of a struct may be \(member.name)[]"
            )
        }
    }

    private func item(_ member: CRecord.Member, _ extent: ABI.Extent) -> GCCRecordLayout.Item {
        GCCRecordLayout.Item(
            extent: extent,
            isTypeUserAligned: isUserAligned(member.type),
            alignment: member.alignment,
            isPacked: member.isPacked,
            isNamed: !member.name.isEmpty,
            width: member.bitWidth
        )
    }

    private func item(_ member: CRecord.Member) throws(Fault) -> MicrosoftRecordLayout.Item {
        var required = member.alignment ?? 1
        // A typedef's alignment is required of its arrays, too: below the type's own if it says so.
        var type = member.type
        if case .aligned(_, let alignment) = type { required = max(required, alignment) }
        while case .array(let inner, _) = type.bare {
            type = inner
            if case .aligned(_, let alignment) = type { required = max(required, alignment) }
        }
        let element = type.bare
        if case .record(let index) = element {
            let record = types.records[index]
            required = max(required, record.requiredAlignment)
            if record.hasOwnAlignment { required = max(required, record.alignment) }
        }
        return MicrosoftRecordLayout.Item(
            extent: try extent(of: member.type.bare, at: member.spot),
            requiredAlignment: required,
            isPacked: member.isPacked,
            width: member.bitWidth
        )
    }

    /// Whether an attribute gave the type its alignment (GCC's TYPE_USER_ALIGN).
    private func isUserAligned(_ type: CType) -> Bool {
        switch type {
        case .aligned: true
        case .array(let type, _), .ordered(let type, _): isUserAligned(type)
        case .record(let index): types.records[index].isUserAligned
        case .enumeration(let index): types.enumerations[index].alignment != nil
        default: false
        }
    }

    private func count(_ member: CRecord.Member, into record: inout CRecord) throws(Fault) {
        var type = member.type.bare
        var depth = 0
        while case .array(let element, _) = type {
            type = element.bare
            depth += 1
        }
        var fields = 1
        if case .record(let index) = type {
            let inner = types.records[index]
            fields = max(1, inner.fieldCount)
            depth += inner.depth + 1
        }
        // Arrays of structs of arrays: each is a level for whoever walks the layout.
        record.depth = max(record.depth, depth)
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
}
