/// A struct or union as a compiler lays it out: what `sizeof`, `_Alignof` and `offsetof` say.
///
/// Unlike a layout it exists for unions and pointers too.
public struct CStructure: Sendable, Hashable {
    public var name: String
    public var isUnion: Bool
    /// Whether it has `__attribute__((packed))`.
    public var isPacked: Bool
    /// In bytes; an array of open size at the end counts as none.
    public var size: Int
    /// In bytes.
    public var alignment: Int
    /// In order; members of anonymous structs and unions stand in their place.
    public var members: [Member]
    public var location: SourceLocation

    public struct Member: Sendable, Hashable {
        public var name: String
        /// The type as written, with the dimensions of arrays.
        public var type: String
        /// In bytes from the struct's first.
        public var offset: Int
        /// In bytes; 0 for an array of open size.
        public var size: Int
        public var location: SourceLocation
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
            let extent = try parser.extent(of: .record(index), at: record.spot)
            return CStructure(
                name: plain,
                isUnion: record.isUnion,
                isPacked: record.isPacked,
                size: extent.size,
                alignment: extent.alignment,
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
            var type = member.type
            var dimensions = ""
            while case .array(let element, let count) = type, !member.spelling.hasSuffix("]") {
                dimensions += "[\(count.map(String.init) ?? "")]"
                type = element
            }
            members.append(
                CStructure.Member(
                    name: member.name,
                    type: member.spelling + (type == .pointer ? " *" : "") + dimensions,
                    offset: base + member.offset,
                    size: try parser.extent(of: member.type, at: member.spot).size,
                    location: table.location(of: member.spot)
                )
            )
        }
        return members
    }
}
