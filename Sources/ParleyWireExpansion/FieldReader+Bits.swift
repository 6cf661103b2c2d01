import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder

extension VariableDeclSyntax {
    /// The attribute `@Bits(n)`.
    var bitsAttribute: AttributeSyntax? {
        attributes.lazy.compactMap { $0.as(AttributeSyntax.self) }
            .first { $0.attributeName.baseName == "Bits" }
    }
}

/// What can be wrong with one bit field.
struct BitAdvice {
    /// The width that the attribute says, or why it says none.
    static func width(of attribute: AttributeSyntax) -> Result<Int, Sentence> {
        guard let argument = attribute.labeledArguments.first?.expression,
            let text = argument.as(IntegerLiteralExprSyntax.self)?.literal.text,
            let width = Int(text.filter { $0 != "_" }), 1...64 ~= width
        else {
            return .failure(Sentence("say how many bits with a literal from 1 to 64, as in @Bits(4)"))
        }
        return .success(width)
    }

    /// Why a field of this type cannot have that many bits; with what to say instead.
    static func sentence(for type: TypeSyntax, kind: Field.Kind, _ name: String, _ width: Int) -> Sentence? {
        switch kind {
        case .count:
            return Sentence("a count is made of whole bytes: say \(name) without @Bits")
        case .number:
            return Sentence("a message's number is made of whole bytes: say \(name) without @Bits")
        case .inlineArray, .tail:
            return Sentence("an array is made of whole bytes: give each of its bits a field of its own")
        case .value, .constant, .reserved:
            break
        }
        let type = type.baseName ?? ""
        if type == "Bool" {
            return width == 1 ? nil : Sentence("a Boolean has one bit: say @Bits(1), or UInt8 for \(width)")
        }
        if type == "Reserved" {
            return Sentence("Reserved is made of whole bytes: say ReservedBits", "ReservedBits")
        }
        if type == "LittleEndian" {
            return Sentence(
                "the order of bits is the message's: say @WireMessage(bitOrder: .leastSignificantFirst)"
            )
        }
        if ["Float", "Double", "CString", "Bytes", "TailText", "InlineArray"].contains(type) {
            return Sentence("bits hold an integer, a Boolean or an enum of numbers: \(type) is none")
        }
        guard let capacity = capacities[type], width > capacity else { return nil }
        let sign = type.hasPrefix("U") ? "U" : ""
        let fitting = [16, 32, 64].first { $0 >= width } ?? 64
        let spelling = "\(sign)Int\(fitting)"
        return Sentence("\(type) holds \(capacity) bits, \(name) has \(width): say \(spelling)", spelling)
    }

    /// The order that `bitOrder:` says.
    static func order(_ expression: ExprSyntax, diagnostics: inout [Diagnostic]) -> String {
        let name = expression.as(MemberAccessExprSyntax.self)?.declName.baseName.text ?? ""
        if !["mostSignificantFirst", "leastSignificantFirst"].contains(name) {
            diagnostics.append(
                Diagnostic(
                    expression,
                    "say .mostSignificantFirst (RFCs) or .leastSignificantFirst (C on little-endian machines)",
                    id: "bitOrder"
                )
            )
        }
        return "." + name
    }

    struct Sentence: Error {
        var text: String
        /// A type that an editor can put in its place.
        var spelling: String?

        init(_ text: String, _ spelling: String? = nil) {
            self.text = text
            self.spelling = spelling
        }
    }

    private static let capacities = [
        "UInt8": 8, "UInt16": 16, "UInt32": 32, "UInt64": 64, "Int8": 8, "Int16": 16, "Int32": 32,
        "Int64": 64,
    ]
}

extension FieldReader {
    /// Runs of bits fill whole bytes, and meet a border between bytes often enough.
    static func checkRuns(of fields: [Field], in members: MemberBlockItemListSyntax) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        for case .bits(let segment) in fields.segments {
            guard let first = segment.members.first?.field, let last = segment.members.last?.field else {
                continue
            }
            if !segment.isFull {
                diagnostics.append(unfilled(segment, last, fields, members))
            } else if segment.bytes > BitSegment.bytesMax {
                diagnostics.append(
                    Diagnostic(
                        first.node,
                        "the bits from \(first.name) to \(last.name) meet no border between bytes for "
                            + "\(segment.bytes) bytes, \(BitSegment.bytesMax) are the most: order them otherwise",
                        id: "bitRun"
                    )
                )
            }
        }
        return diagnostics
    }

    private static func unfilled(
        _ segment: BitSegment,
        _ last: Field,
        _ fields: [Field],
        _ members: MemberBlockItemListSyntax
    ) -> Diagnostic {
        let missing = segment.bytes * 8 - segment.width
        let names = segment.members.map(\.field.name).joined(separator: ", ")
        let plural = segment.members.count == 1 ? "has" : "have"
        var name = "reserved"
        while fields.contains(where: { $0.name == name }) { name += "_" }
        let line = "@Bits(\(missing)) var \(name): ReservedBits"
        return Diagnostic(
            last.node,
            "\(names) \(plural) \(segment.width) bits, which is no whole number of bytes: "
                + "add \(missing) behind, as in \(line)",
            id: "bitsMissing",
            fixIts: fixIts(line, behind: last, members)
        )
    }

    private static func fixIts(_ line: String, behind field: Field, _ members: MemberBlockItemListSyntax)
        -> [FixIt]
    {
        guard
            let index = members.firstIndex(where: {
                $0.position <= field.node.position && field.node.position < $0.endPosition
            })
        else { return [] }
        let declaration: DeclSyntax = "\(raw: line)"
        let item = MemberBlockItemSyntax(
            leadingTrivia: members[index].leadingTrivia.indentationOfLine,
            decl: declaration
        )
        var changed = members
        changed.insert(item, at: members.index(after: index))
        return [
            FixIt(
                message: Remedy(message: "add \(line)"),
                changes: [.replace(oldNode: Syntax(members), newNode: Syntax(changed))]
            )
        ]
    }
}

extension Trivia {
    /// A line end and the blanks before the first token that is no trivia.
    fileprivate var indentationOfLine: Trivia {
        var blanks: [TriviaPiece] = []
        for piece in reversed() {
            guard piece.isSpaceOrTab else { break }
            blanks.insert(piece, at: 0)
        }
        return Trivia(pieces: [.newlines(1)] + blanks)
    }
}
