/// C's union: members that share their bytes.
///
/// Its value is a message of every member that can be read, by its name, and of all its bytes under
/// ``rawName``. Encoding takes the bytes, or one member (what lies behind it is zero), or several that agree.
public struct UnionType: Sendable, Hashable {
    public var name: String
    /// The bytes of the union, padding included.
    public var size: Int
    /// The members; all begin at the union's first byte.
    public var members: [Member]

    /// A member: its bytes are the first of the union's.
    public struct Member: Sendable, Hashable {
        public var name: String
        /// A type of fixed size, at most the union's; bits begin at the first.
        public var type: FieldType

        public init(_ name: String, _ type: FieldType) {
            self.name = name
            self.type = type
        }
    }

    /// - Precondition: every member's size is fixed and at most `size`; their names differ.
    public init(name: String, size: Int, members: [Member]) {
        self.name = name
        self.size = size
        self.members = members
        precondition(
            nesting < MessageLayout.nestingMax,
            "\(name) nests deeper than \(MessageLayout.nestingMax) levels"
        )
        precondition(Set(members.map(\.name)).count == members.count, "two members of \(name) have one name")
        for member in members {
            precondition(
                member.type.isFixedSize && member.type.sizeMinimum <= size,
                "\(name).\(member.name) does not fit into the union's \(size) bytes"
            )
        }
    }
}

extension UnionType {
    /// How many levels of arrays, messages and unions its members have.
    var nesting: Int { members.map(\.type.nesting).max() ?? 0 }

    /// The name under which all bytes are found: `raw`, with underscores behind it when a member is called
    /// so.
    public var rawName: String {
        var name = "raw"
        while members.contains(where: { $0.name == name }) { name += "_" }
        return name
    }

    /// The type of the member of that name, or of the bytes; nil when there is none.
    public func type(of name: String) -> FieldType? {
        if let member = members.first(where: { $0.name == name }) { return member.type }
        return name == rawName ? .bytes(count: size) : nil
    }

    /// The names under which values are given and found.
    public var valueNames: [String] { members.map(\.name) + [rawName] }
}
