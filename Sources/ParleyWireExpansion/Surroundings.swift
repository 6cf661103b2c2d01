import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// What stands around a message: generated code is an extension at the top of the file.
struct Surroundings {
    /// Whether what encloses the message is generic, or may be: an extension does not say of which type.
    var isGeneric = false
    private var isHidden = false

    init(_ context: some MacroExpansionContext) {
        for (index, syntax) in context.lexicalContext.enumerated() {
            isGeneric = isGeneric || syntax.is(ExtensionDeclSyntax.self) || syntax.hasGenericParameters
            // A private type at the top of a file is seen in all of it.
            let isNested = index < context.lexicalContext.count - 1
            if isNested, syntax.asProtocol((any WithModifiersSyntax).self)?.modifiers.isPrivate == true {
                isHidden = true
            }
        }
        isInside = !context.lexicalContext.isEmpty
    }

    /// Whether the message is nested in another type.
    private(set) var isInside = false

    /// The sentence about a message that an extension cannot see, or nil.
    func refusal(of declaration: some DeclGroupSyntax, _ attribute: AttributeSyntax) -> Diagnostic? {
        if isInside, let modifier = declaration.modifiers.first(where: \.isPrivate) {
            return Diagnostic(
                modifier,
                "what is generated stands at the top of the file and does not see a private type in another: "
                    + "say fileprivate",
                id: "privateMessage"
            )
        }
        guard isHidden else { return nil }
        return Diagnostic(
            attribute,
            "what is generated stands at the top of the file and does not see into a private type: "
                + "make the type around this message fileprivate",
            id: "privateMessage"
        )
    }
}

extension DeclModifierSyntax {
    var isPrivate: Bool { name.tokenKind == .keyword(.private) && detail == nil }
}

extension DeclModifierListSyntax {
    var isPrivate: Bool { contains(where: \.isPrivate) }
}

extension Syntax {
    fileprivate var hasGenericParameters: Bool {
        asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause != nil
    }
}

extension DeclGroupSyntax {
    /// The first attribute of that name is the one that counts.
    func isRepeated(_ attribute: AttributeSyntax, in context: some MacroExpansionContext) -> Bool {
        let all = attributes.compactMap { $0.as(AttributeSyntax.self) }
            .filter { $0.attributeName.baseName == "WireMessage" }
        guard let first = all.first, all.count > 1 else { return false }
        func place(_ node: AttributeSyntax) -> String? {
            context.location(of: node).map { "\($0.line):\($0.column)" }
        }
        return place(first) != place(attribute)
    }

    /// `~Copyable` or `~Escapable`.
    var suppressed: SuppressedTypeSyntax? {
        inheritanceClause?.inheritedTypes.lazy.compactMap { $0.type.as(SuppressedTypeSyntax.self) }.first
    }
}
