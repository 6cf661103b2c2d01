internal import ParleyTypes
public import ParleyWire

extension CHeader {
    /// The layout of a struct's bytes.
    ///
    /// - Parameters:
    ///   - name: a tag (`msg_st` or `struct msg_st`) or a typedef.
    ///   - byteOrder: the order of all its numbers. Headers do not say it; protocols mean the network's.
    ///   - tail: the last field, an array, when as many elements may follow as a message holds; `x[n]` when
    ///     the integer field `n` before it says how many. What the header writes as `x[]` or `x[0]` is a tail by
    ///     itself, counted where it says so (`__attribute__((counted_by(n)))`) and `tail` is not `x[]`.
    /// - Throws: ``HeaderError`` when there is no such struct, or something in it has no meaning elsewhere.
    public func layout(
        of name: String,
        byteOrder: ByteOrder = .big,
        tail: String? = nil
    ) throws(HeaderError) -> MessageLayout {
        try build(name, byteOrder, tail).layout
    }

    /// What is worth knowing about a struct before two machines rely on it.
    public func remarks(on name: String, tail: String? = nil) throws(HeaderError) -> [HeaderRemark] {
        try build(name, .big, tail).remarks
    }

    private func build(
        _ name: String,
        _ byteOrder: ByteOrder,
        _ tail: String?
    ) throws(HeaderError) -> (layout: MessageLayout, remarks: [HeaderRemark]) {
        let (index, plain) = try record(name)
        var builder = LayoutBuilder(parser: parser, byteOrder: byteOrder)
        do throws(Fault) {
            let layout = try builder.outermost(index, name: plain, tail: tail)
            return (layout, builder.observations.map(table.remark))
        } catch {
            throw table.error(error)
        }
    }

    /// The record of that name, and the name without `struct`.
    func record(_ name: String) throws(HeaderError) -> (index: Int, name: String) {
        var plain = name
        var isTag = false
        for prefix in ["struct ", "union "] where name.hasPrefix(prefix) {
            plain = String(name.dropFirst(prefix.count))
            isTag = true
        }
        if !isTag, let typedef = parser.types.typedefs[plain] {
            guard case .record(let index) = typedef.type.bare else {
                throw HeaderError(.notAStruct(plain), at: SourceLocation(file: file))
            }
            return (index, plain)
        }
        if case .record(let index)? = parser.types.tags[plain] { return (index, plain) }
        let near = Nearest.name(to: plain, among: structs).map { "did you mean \($0)?" }
        let hint =
            near
            ?? problems.first.map { problem in
                if case .missingFile = problem.reason { return "\(problem.location): \(problem.reason)" }
                return "\(problem.location) was not understood: \(problem.reason)"
            }
        throw HeaderError(.unknownStruct(plain, known: structs), at: SourceLocation(file: file), hint: hint)
    }
}
