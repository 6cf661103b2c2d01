import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder

/// Reads the stored properties of a struct.
struct FieldReader {
    private(set) var fields: [Field] = []
    private(set) var diagnostics: [Diagnostic] = []

    init(_ members: MemberBlockItemListSyntax) {
        for member in members {
            if let conditional = member.decl.as(IfConfigDeclSyntax.self) {
                read(conditional)
            } else if let variable = member.decl.as(VariableDeclSyntax.self), !variable.isTypeProperty {
                read(variable)
            }
        }
        checkTail()
        if diagnostics.isEmpty { diagnostics += Self.checkRuns(of: fields, in: members) }
        checkNames()
    }

    private mutating func report(_ node: some SyntaxProtocol, _ message: String, id: String) {
        diagnostics.append(Diagnostic(node, message, id: id))
    }

    private mutating func read(_ conditional: IfConfigDeclSyntax) {
        let hasFields = conditional.clauses.contains { clause in
            guard case .decls(let members)? = clause.elements else { return false }
            return members.contains { member in
                guard let variable = member.decl.as(VariableDeclSyntax.self) else { return false }
                return !variable.isTypeProperty && variable.bindings.contains(where: \.isStored)
            }
        }
        guard hasFields else { return }
        report(
            conditional,
            "fields under #if would give two layouts one name: declare two messages",
            id: "conditionalField"
        )
    }

    private mutating func read(_ variable: VariableDeclSyntax) {
        var bindings = Array(variable.bindings)
        // `var math, chinese: UInt32`: the type stands at the last name and is meant for all before it.
        for index in bindings.indices.dropLast().reversed()
        where bindings[index].typeAnnotation == nil && bindings[index].initializer == nil {
            bindings[index].typeAnnotation = bindings[index + 1].typeAnnotation
        }
        let originals = Array(variable.bindings)
        for (binding, original) in zip(bindings, originals) where original.isStored {
            if let modifier = variable.modifiers.first(where: { storageModifiers.contains($0.name.text) }) {
                report(
                    modifier,
                    "a field lies in the message itself: remove \(modifier.name.text)",
                    id: "storageModifier"
                )
                return
            }
            read(binding, original, of: variable)
        }
    }

    private mutating func read(
        _ binding: PatternBindingSyntax,
        _ original: PatternBindingSyntax,
        of variable: VariableDeclSyntax
    ) {
        guard let name = original.pattern.as(IdentifierPatternSyntax.self)?.identifier else {
            report(original.pattern, "declare the fields one by one, each with its type", id: "tuplePattern")
            return
        }
        let value = binding.initializer?.value
        guard let type = binding.typeAnnotation?.type ?? value?.calledType else {
            report(
                original,
                value == nil
                    ? "say the type of \(name.text): it decides the bytes"
                    : "a literal has no width: say the type of \(name.text), such as UInt32",
                id: "missingType"
            )
            return
        }
        let bare = type.trimmed
        let original = original.typeAnnotation?.type ?? type
        if let diagnostic = TypeAdvice.diagnostic(for: original) {
            diagnostics.append(diagnostic)
            return
        }
        let isLet = variable.bindingSpecifier.tokenKind == .keyword(.let)
        var kind = Field.Kind(of: bare)
        if isLet, value != nil {
            switch kind {
            case .value: kind = .constant
            case .number:
                report(
                    original,
                    "a number differs from message to message: say var",
                    id: "constantNumber"
                )
                return
            case .inlineArray, .tail:
                report(
                    original,
                    "a constant is a number, an enum case, CString or Bytes: say var, or Bytes<n>",
                    id: "constantArray"
                )
                return
            default: break
            }
        }
        let bits: Int?
        switch self.bits(of: variable, name.text, type: original, kind) {
        case .success(let width): bits = width
        case .failure(let failure):
            diagnostics.append(failure.diagnostic)
            return
        }
        fields.append(
            Field(
                name: name.plainText,
                spelling: name.text,
                type: bare,
                kind: kind,
                bits: bits,
                initialValue: value?.trimmed,
                isConstantBinding: isLet,
                isPublic: variable.isPublic,
                node: Syntax(name)
            )
        )
    }

    private struct BitFailure: Error {
        var diagnostic: Diagnostic
    }

    /// How many bits the field has, or nil when it has bytes of its own.
    private func bits(
        of variable: VariableDeclSyntax,
        _ name: String,
        type: TypeSyntax,
        _ kind: Field.Kind
    ) -> Result<Int?, BitFailure> {
        guard let attribute = variable.bitsAttribute else {
            guard type.baseName == "ReservedBits" else { return .success(nil) }
            return .failure(
                BitFailure(
                    diagnostic: Diagnostic(
                        type,
                        "say how many bits, as in @Bits(3) var \(name): ReservedBits",
                        id: "reservedBits"
                    )
                )
            )
        }
        switch BitAdvice.width(of: attribute) {
        case .failure(let sentence):
            return .failure(BitFailure(diagnostic: Diagnostic(attribute, sentence.text, id: "bits")))
        case .success(let width):
            guard let sentence = BitAdvice.sentence(for: type, kind: kind, name, width) else {
                return .success(width)
            }
            let fixIts = sentence.spelling.map { [FixIt.say($0, insteadOf: type)] } ?? []
            return .failure(
                BitFailure(diagnostic: Diagnostic(type, sentence.text, id: "bits", fixIts: fixIts))
            )
        }
    }

    private mutating func checkTail() {
        for field in fields.dropLast() where field.kind == .tail {
            report(
                field.node,
                "\(field.name) has no fixed size and must be the last field: move it to the end or say [n of T]",
                id: "tailInTheMiddle"
            )
        }
        for extra in fields.filter({ $0.kind == .number }).dropFirst() {
            report(
                extra.node,
                "a message has one number: make \(extra.name) an integer",
                id: "secondNumber"
            )
        }
        let counts = fields.filter { $0.kind == .count }
        for extra in counts.dropFirst() {
            report(
                extra.node,
                "\(counts[0].name) counts the tail already: one count is enough, make this one a number",
                id: "secondCount"
            )
        }
        if let count = counts.first, fields.last?.kind != .tail, diagnostics.isEmpty {
            report(
                count.node,
                "\(count.name) counts nothing: end the message with a tail ([UInt8], [T] or TailText)",
                id: "countWithoutTail"
            )
        }
    }

    private mutating func checkNames() {
        for field in fields where field.name == "self" {
            report(
                field.node,
                "self is the message itself in all its code: give the field another name",
                id: "reservedName"
            )
        }
        for field in fields where ["wireSize", "hashValue"].contains(field.name) {
            report(
                field.node,
                "\(field.name) is the name of a generated member: rename the field",
                id: "reservedName"
            )
        }
    }
}

private let storageModifiers: Set<String> = ["lazy", "weak", "unowned"]

extension VariableDeclSyntax {
    var isTypeProperty: Bool {
        modifiers.contains { $0.name.tokenKind == .keyword(.static) || $0.name.tokenKind == .keyword(.class) }
    }

    var isPublic: Bool {
        let isOpen = modifiers.contains { $0.name.tokenKind == .keyword(.public) && $0.detail == nil }
        return isOpen || attributes.contains { $0.trimmedDescription == "@usableFromInline" }
    }
}

extension PatternBindingSyntax {
    /// Whether memory is set aside for it: it has no getter; observers do not matter.
    var isStored: Bool {
        guard let accessorBlock else { return true }
        guard case .accessors(let accessors) = accessorBlock.accessors else { return false }
        return accessors.allSatisfy {
            [.keyword(.willSet), .keyword(.didSet)].contains($0.accessorSpecifier.tokenKind)
        }
    }
}

extension ExprSyntax {
    /// `Reserved<3>` of `Reserved<3>()`: the type that a call of an initialiser says.
    fileprivate var calledType: TypeSyntax? {
        guard let callee = self.as(FunctionCallExprSyntax.self)?.calledExpression.trimmedDescription,
            callee.first?.isUppercase == true, !callee.contains("("), !callee.contains(".")
        else { return nil }
        return "\(raw: callee)"
    }
}
