import SwiftDiagnostics
import SwiftSyntax

/// An enum whose cases are messages, told apart by a tag.
struct UnionModel {
    var name: String
    var access: Access
    var isGeneric: Bool
    /// Whether some payload may contain the enum itself.
    var isRecursive: Bool { cases.contains { $0.payload?.isNested == true } }
    /// The type of the tag as the source spells it.
    var tagType: String
    /// What readers and JSON call the tag.
    var tagName = "tag"
    /// Where the tag lies in every payload; nil when it stands in front.
    var tagOffset: String?
    var cases: [Case] = []
    /// The case that keeps tags without a name.
    var unknown: Unknown?

    struct Case {
        var name: String
        var spelling: String
        /// The tag as a `UInt64` expression.
        var tag: String
        var payload: Payload?
        var node: Syntax
        /// Where the declaration is; nil when the expansion does not know.
        var place: SourcePlace?
    }

    struct Payload {
        var type: String
        /// What the source says.
        var spelling: String
        /// `greeting: ` where the case labels its value.
        var label: String
        /// `[T]` or `TailText`, which are no messages by themselves.
        var isTail: Bool
        /// Whether it may contain the enum again: the case is `indirect`. What a tail contains is counted there.
        var isNested: Bool
        /// Whether it is known to contain no message.
        var isPlain: Bool
    }

    struct Unknown {
        var tagType: String
        var bytesLabel: String
    }

    init(
        _ enumeration: EnumDeclSyntax,
        _ attribute: AttributeSyntax,
        arguments: [LabeledExprSyntax],
        diagnostics: inout [Diagnostic]
    ) throws(WireMessageExpansion.NoRequest) {
        name = enumeration.name.plainText
        access = Access(enumeration.modifiers, isTransparent: true)
        isGeneric = enumeration.genericParameterClause != nil
        guard let tag = arguments.first(where: { $0.label?.text == "tag" })?.expression else {
            diagnostics.append(Self.missingTagType(enumeration, attribute))
            throw WireMessageExpansion.NoRequest()
        }
        guard let member = tag.as(MemberAccessExprSyntax.self), member.declName.baseName.text == "self",
            let base = member.base
        else {
            diagnostics.append(
                Diagnostic(tag, "name the tag's type here, as in tag: UInt8.self", id: "tagType")
            )
            throw WireMessageExpansion.NoRequest()
        }
        tagType = base.trimmedDescription
        if let width = tagType.signedWidth {
            diagnostics.append(
                Diagnostic(
                    tag,
                    "a tag is an unsigned number of fixed width: say \(width).self",
                    id: "tagType"
                )
            )
        }
        readPlacement(arguments, diagnostics: &diagnostics)
        let reader = UnionCaseReader(
            enumeration.memberBlock.members,
            tagType: tagType,
            isInside: tagOffset != nil,
            isIndirect: enumeration.modifiers.isIndirect
        )
        diagnostics += reader.diagnostics
        cases = reader.cases
        unknown = reader.unknown
        if cases.isEmpty, diagnostics.isEmpty {
            diagnostics.append(
                Diagnostic(
                    enumeration.name,
                    "there is nothing to tell apart: add cases, each with its @Tag",
                    id: "noCases"
                )
            )
        }
    }

    /// Gives the types that are known by name only names that generated code sees.
    mutating func nameTypes() {
        var number = 0
        for index in cases.indices where cases[index].payload?.isPlain == false && number < aliasesMax {
            cases[index].payload?.type = "WireType\(number)"
            number += 1
        }
    }

    /// The declarations of those names.
    var aliases: [String] {
        let access = access.inlinable.isEmpty ? "private " : access.prefix
        return cases.compactMap(\.payload).filter { $0.type != $0.spelling }.map {
            "\(access)typealias \($0.type) = \($0.spelling)"
        }
    }

    private mutating func readPlacement(_ arguments: [LabeledExprSyntax], diagnostics: inout [Diagnostic]) {
        for argument in arguments {
            switch argument.label?.text {
            case "at" where !argument.expression.is(NilLiteralExprSyntax.self):
                tagOffset = argument.expression.trimmedDescription
            case "named":
                let text = argument.expression.plainLiteral
                guard let text, !text.isEmpty else {
                    diagnostics.append(
                        Diagnostic(
                            argument.expression,
                            "write the tag's name as a plain literal",
                            id: "tagName"
                        )
                    )
                    continue
                }
                tagName = text
            default: break
            }
        }
    }

    private static func missingTagType(_ enumeration: EnumDeclSyntax, _ attribute: AttributeSyntax)
        -> Diagnostic
    {
        let raw = enumeration.inheritanceClause?.inheritedTypes.first?.type.baseName
        if let raw, raw.isFixedWidthInteger {
            return Diagnostic(
                attribute,
                "an enum of numbers is a field, not a message: remove @WireMessage and say "
                    + "\(enumeration.name.text): \(raw), WireValue",
                id: "rawEnum"
            )
        }
        if raw == "String" {
            return Diagnostic(
                attribute,
                "an enum of strings has no fixed size: remove @WireMessage and give it numbers, as in "
                    + "\(enumeration.name.text): UInt8, WireValue",
                id: "rawEnum"
            )
        }
        return Diagnostic(
            attribute,
            "say which type the tag has, as in @WireMessage(tag: UInt8.self)",
            id: "missingTagType"
        )
    }
}

extension String {
    /// `UInt16` for `Int16`: what to say instead of a type that cannot be a tag; nil when it may be one.
    fileprivate var signedWidth: String? {
        switch self {
        case "Int", "UInt": "UInt32"
        case "Int8", "Int16", "Int32", "Int64": "U" + self
        case "Bool", "String", "Float", "Double": "UInt8"
        default: nil
        }
    }

    fileprivate var isFixedWidthInteger: Bool {
        ["UInt8", "UInt16", "UInt32", "UInt64", "Int8", "Int16", "Int32", "Int64"].contains(self)
    }
}

extension ExprSyntax {
    /// The text of a string literal without interpolation or escapes.
    fileprivate var plainLiteral: String? {
        guard let segments = self.as(StringLiteralExprSyntax.self)?.segments, segments.count == 1,
            case .stringSegment(let segment)? = segments.first, !segment.content.text.contains("\\")
        else { return nil }
        return segment.content.text
    }
}
