import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder

/// Reads the cases of a tagged union.
struct UnionCaseReader {
    private(set) var cases: [UnionModel.Case] = []
    private(set) var unknown: UnionModel.Unknown?
    private(set) var diagnostics: [Diagnostic] = []

    private let tagType: String
    /// Whether the tag lies in the payload.
    private let isInside: Bool
    /// Whether the whole enum is `indirect`.
    private let isIndirect: Bool
    /// The case that has a tag, by the tag's canonical text.
    private var owners: [String: String] = [:]
    /// Every number that some case of the enum has as its tag.
    private let literals: Set<UInt64>

    init(_ members: MemberBlockItemListSyntax, tagType: String, isInside: Bool, isIndirect: Bool) {
        self.tagType = tagType
        self.isInside = isInside
        self.isIndirect = isIndirect
        literals = Set(
            members.compactMap { member in
                let tag = member.decl.as(EnumCaseDeclSyntax.self)?.tags.first?.labeledArguments.first
                return tag?.expression.as(IntegerLiteralExprSyntax.self)?.number
            }
        )
        for member in members {
            if let declaration = member.decl.as(EnumCaseDeclSyntax.self) {
                read(declaration)
            } else if let conditional = member.decl.as(IfConfigDeclSyntax.self) {
                report(
                    conditional,
                    "cases under #if would give two layouts one name: declare two enums",
                    "conditionalCase"
                )
            }
        }
    }

    private mutating func report(_ node: some SyntaxProtocol, _ message: String, _ id: String) {
        diagnostics.append(Diagnostic(node, message, id: id))
    }

    private mutating func read(_ declaration: EnumCaseDeclSyntax) {
        let attributes = declaration.tags
        let elements = Array(declaration.elements)
        guard elements.count == 1, let element = elements.first else {
            report(elements[1], "one tag tells one case: declare the cases one by one", "severalCases")
            return
        }
        guard let attribute = attributes.first else {
            readUntagged(element, declaration)
            return
        }
        if let second = attributes.dropFirst().first {
            report(second, "a case has one tag: remove this one, or add a case for it", "secondTag")
            return
        }
        guard let expression = attribute.labeledArguments.first?.expression,
            let tag = tag(expression, of: element)
        else { return }
        let isNested = isIndirect || declaration.modifiers.isIndirect
        guard let payload = payload(of: element, isNested: isNested) else { return }
        let generated =
            ["wireSizeMinimum", "isWireSizeFixed"] + (payload == nil ? ["layout", "fieldType"] : [])
        if generated.contains(element.name.plainText) {
            report(
                element.name,
                "\(element.name.text) is the name of a generated member: rename the case",
                "reservedName"
            )
            return
        }
        cases.append(
            UnionModel.Case(
                name: element.name.plainText,
                spelling: element.name.text,
                tag: tag,
                payload: payload,
                node: Syntax(element)
            )
        )
    }

    // MARK: - Tags

    private mutating func tag(_ expression: ExprSyntax, of element: EnumCaseElementSyntax) -> String? {
        var canonical = expression.trimmedDescription
        var tag = "\(canonical).tagNumber"
        if let literal = expression.as(IntegerLiteralExprSyntax.self) {
            guard let number = literal.number, number <= tagType.tagMaximum else {
                report(
                    expression,
                    "\(canonical) does not fit into \(tagType): widen the tag or choose another",
                    "tagRange"
                )
                return nil
            }
            tag = canonical
            canonical = String(number)
        } else if expression.is(PrefixOperatorExprSyntax.self) {
            report(expression, "a tag is an unsigned number: write its bit pattern", "tagRange")
            return nil
        }
        if let owner = owners[canonical] {
            report(
                expression,
                "\(owner) has the tag \(canonical) already: give each case its own",
                "duplicateTag"
            )
            return nil
        }
        owners[canonical] = element.name.plainText
        return tag
    }

    private mutating func readUntagged(_ element: EnumCaseElementSyntax, _ declaration: EnumCaseDeclSyntax) {
        if element.name.plainText == "unknown" {
            readUnknown(element)
            return
        }
        let name = element.name.plainText
        if let raw = element.rawValue {
            let number = raw.value.trimmedDescription
            report(
                raw,
                "Swift allows no raw value beside a payload: say @Tag(\(number)) case \(name)",
                "rawTag"
            )
            return
        }
        let free = (1...).first { !literals.contains($0) } ?? 1
        let attribute: AttributeSyntax = "@Tag(\(raw: free))"
        let start = declaration.leadingTrivia
        let tagged = declaration.with(\.leadingTrivia, [])
        let fixed = tagged.with(
            \.attributes,
            [.attribute(attribute.with(\.leadingTrivia, start).with(\.trailingTrivia, .space))]
        )
        diagnostics.append(
            Diagnostic(
                element.name,
                "\(name) needs the number that tells it apart: say @Tag(\(free)) case \(name)",
                id: "missingTag",
                fixIts: [
                    FixIt(
                        message: Remedy(message: "add @Tag"),
                        changes: [.replace(oldNode: Syntax(declaration), newNode: Syntax(fixed))]
                    )
                ]
            )
        )
    }

    private mutating func readUnknown(_ element: EnumCaseElementSyntax) {
        let parameters = Array(element.parameterClause?.parameters ?? [])
        guard parameters.count == 2, parameters[0].firstName?.text == "tag",
            ["[UInt8]", "Array<UInt8>"].contains(parameters[1].type.trimmedDescription)
        else {
            report(
                element.name,
                "the case for other tags is spelled unknown(tag: \(tagType), [UInt8]); all others need a @Tag",
                "unknownCase"
            )
            return
        }
        unknown = UnionModel.Unknown(
            tagType: parameters[0].type.trimmedDescription,
            bytesLabel: parameters[1].label
        )
    }

    // MARK: - Payloads

    /// The payload; a payload that is nil for a case without one, nil when it is none that could be.
    private mutating func payload(of element: EnumCaseElementSyntax, isNested: Bool)
        -> UnionModel.Payload??
    {
        let parameters = Array(element.parameterClause?.parameters ?? [])
        guard let first = parameters.first else {
            guard isInside else { return .some(nil) }
            report(
                element.name,
                "\(element.name.text) has no payload that could hold the tag: give it one, or leave out at:",
                "missingPayload"
            )
            return nil
        }
        if let second = parameters.dropFirst().first {
            report(
                second,
                "a case carries one message: put the values into a @WireMessage struct",
                "severalValues"
            )
            return nil
        }
        if let diagnostic = TypeAdvice.diagnostic(for: first.type) {
            diagnostics.append(diagnostic)
            return nil
        }
        let isTail = Field.Kind(of: first.type) == .tail
        return UnionModel.Payload(
            type: first.type.trimmedDescription,
            spelling: first.type.trimmedDescription,
            label: first.label,
            isTail: isTail,
            isNested: isNested && !isTail && !first.type.isPlain,
            isPlain: first.type.isPlain
        )
    }
}

extension DeclModifierListSyntax {
    var isIndirect: Bool { contains { $0.name.tokenKind == .keyword(.indirect) } }
}

extension EnumCaseDeclSyntax {
    /// The `@Tag`s in front of it.
    fileprivate var tags: [AttributeSyntax] {
        attributes.compactMap { $0.as(AttributeSyntax.self) }
            .filter { $0.attributeName.trimmedDescription == "Tag" }
    }
}

extension EnumCaseParameterSyntax {
    /// `greeting: `, or nothing.
    fileprivate var label: String {
        guard let firstName, firstName.text != "_" else { return "" }
        return firstName.text + ": "
    }
}

extension IntegerLiteralExprSyntax {
    /// The number that the literal says.
    fileprivate var number: UInt64? {
        let digits = literal.text.filter { $0 != "_" }
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where digits.hasPrefix(prefix) {
            return UInt64(digits.dropFirst(2), radix: radix)
        }
        return UInt64(digits)
    }
}

extension String {
    /// The largest number of a tag of this type; of a type that is not known by its name, any number.
    fileprivate var tagMaximum: UInt64 {
        if contains("UInt8") { return UInt64(UInt8.max) }
        if contains("UInt16") { return UInt64(UInt16.max) }
        if contains("UInt32") { return UInt64(UInt32.max) }
        return UInt64.max
    }
}
