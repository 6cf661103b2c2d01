public import ParleyWire

/// A struct or union as a compiler lays it out: what `sizeof`, `_Alignof` and `offsetof` say.
///
/// Unlike a layout it exists for pointers and `long double`, too.
public struct CStructure: Sendable, Hashable {
    public var name: String
    public var isUnion: Bool
    /// Whether it is packed, by `__attribute__((packed))` or because the header was read so.
    public var isPacked: Bool
    /// In bytes; an array of open size at the end counts as none.
    public var size: Int
    /// In bytes.
    public var alignment: Int
    /// The order of its numbers and bit fields in memory: the ABI's, unless `scalar_storage_order` says
    /// another.
    public var order: ByteOrder
    /// In order; members of anonymous structs and unions stand in their place. Bit fields without a name are
    /// left out.
    public var members: [Member]
    public var location: SourceLocation

    public struct Member: Sendable, Hashable {
        public var name: String
        /// The type as written, with the dimensions of arrays.
        public var type: String
        public var kind: Kind
        /// In bytes from the outermost struct's first; of a bit field the byte that holds its first bit.
        public var offset: Int
        /// In bytes; 0 for an array of open size; of a bit field the bytes that hold bits of it.
        public var size: Int
        /// The alignment that the member got, in bytes.
        public var alignment: Int
        /// The order of its bytes where its type says one, as the kernel's `__be32` does; nil: the struct's.
        public var byteOrder: ByteOrder?
        /// Where the bits are, for bit fields.
        public var bits: Bits?
        /// Of a struct or union, or of the first element of an array of them: its members, with offsets from
        /// the outermost struct's first byte. Empty for all else.
        public var members: [Member]
        public var location: SourceLocation
    }

    /// The bits of a bit field.
    public struct Bits: Sendable, Hashable {
        /// The first bit, counted from the outermost struct's first: from the least significant bit of byte
        /// 0 up where `order` is little-endian, from the most significant down where it is big-endian.
        public var offset: Int
        /// How many, 1...64.
        public var width: Int
        public var order: ByteOrder
    }

    /// What the value of a member is.
    public indirect enum Kind: Sendable, Hashable {
        /// A whole number, characters among them.
        case integer(isSigned: Bool)
        /// `float`, `double`, `long double`.
        case float
        case bool
        case enumeration(isSigned: Bool)
        case pointer
        case structure
        case union
        /// `count` is nil for an array of open size; an element has `elementSize` bytes.
        case array(of: Kind, count: Int?, elementSize: Int)
        /// A type of known size whose values Parley does not read: `__int128`, `_Complex double`.
        case opaque
    }
}

extension CHeader {
    /// What a compiler makes of a struct or union.
    ///
    /// - Parameter name: a tag (`msg_st` or `struct msg_st`) or a typedef.
    public func structure(_ name: String) throws(HeaderError) -> CStructure {
        let (index, plain) = try record(name)
        let record = parser.types.records[index]
        do throws(Fault) {
            // A typedef may have an alignment of its own.
            let type = name == plain ? parser.types.typedefs[plain]?.type : nil
            let extent = try parser.extent(of: type ?? .record(index), at: record.spot)
            return CStructure(
                name: plain,
                isUnion: record.isUnion,
                isPacked: record.isPacked,
                size: extent.size,
                alignment: extent.alignment,
                order: record.storageOrder ?? abi.byteOrder,
                members: try members(of: record, at: 0),
                location: table.location(of: record.spot)
            )
        } catch {
            throw table.error(error)
        }
    }

    private func members(of record: CRecord, at base: Int) throws(Fault) -> [CStructure.Member] {
        var members: [CStructure.Member] = []
        for member in record.members {
            if member.name.isEmpty, case .record(let index) = member.type.bare {
                members += try self.members(of: parser.types.records[index], at: base + member.offset)
                continue
            }
            if member.name.isEmpty { continue }
            var type = member.type
            var dimensions = ""
            while case .array(let element, let count) = type, !member.spelling.hasSuffix("]") {
                dimensions += "[\(count.map(String.init) ?? "")]"
                type = element
            }
            let offset = base + member.offset
            var element = member.type.bare
            while case .array(let inner, _) = element { element = inner.bare }
            var inner: [CStructure.Member] = []
            let size = try parser.extent(of: member.type, at: member.spot).size
            // `x[0]` has no element, so none of its members has a place.
            let isNone = if case .array(_, _?) = member.type.bare { size == 0 } else { false }
            if case .record(let index) = element, !isNone {
                inner = try self.members(of: parser.types.records[index], at: offset)
            }
            members.append(
                CStructure.Member(
                    name: member.name,
                    type: member.spelling + (type.bare == .pointer ? " *" : "") + dimensions,
                    kind: try kind(of: member.type, at: member.spot),
                    offset: offset,
                    size: member.bitWidth == nil ? size : member.bitFieldBytes,
                    alignment: member.placedAlignment,
                    byteOrder: member.bitWidth == nil ? member.type.order : nil,
                    bits: member.bitWidth.map {
                        CStructure.Bits(
                            offset: offset * 8 + member.firstBit,
                            width: $0,
                            order: record.storageOrder ?? abi.byteOrder
                        )
                    },
                    members: inner,
                    location: table.location(of: member.spot)
                )
            )
        }
        return members
    }

    private func kind(of type: CType, at spot: Spot) throws(Fault) -> CStructure.Kind {
        switch type {
        case .scalar(.bool): return .bool
        case .scalar(let scalar) where scalar.isFloating: return .float
        case .scalar(let scalar): return .integer(isSigned: abi.isSigned(scalar))
        case .enumeration(let index):
            return .enumeration(isSigned: abi.isSigned(parser.types.enumerations[index].scalar))
        case .record(let index): return parser.types.records[index].isUnion ? .union : .structure
        case .pointer: return .pointer
        case .array(let element, let count):
            return .array(
                of: try kind(of: element, at: spot),
                count: count,
                elementSize: try parser.extent(of: element, at: spot).size
            )
        case .aligned(let type, _), .atomic(let type, _), .ordered(let type, _):
            return try kind(of: type, at: spot)
        case .void, .function, .opaque, .unsupported: return .opaque
        }
    }
}
