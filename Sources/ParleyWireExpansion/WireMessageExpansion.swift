import SwiftDiagnostics
package import SwiftSyntax
import SwiftSyntaxBuilder
package import SwiftSyntaxMacros

/// `@WireMessage`: the memberwise initialiser as a member, everything else in an extension.
///
/// Both roles read the same declaration; only the extension speaks, so that each sentence is said once.
package struct WireMessageExpansion {
    /// What a declaration asks for.
    enum Request {
        case message(MessageModel)
        case union(UnionModel)

        init(
            _ attribute: AttributeSyntax,
            on declaration: some DeclGroupSyntax,
            in context: some MacroExpansionContext,
            diagnostics: inout [Diagnostic]
        ) throws(NoRequest) {
            let arguments = attribute.labeledArguments
            let surroundings = Surroundings(context)
            if let refusal = Self.refusal(of: declaration, attribute, surroundings, in: context) {
                diagnostics.append(refusal)
                throw NoRequest()
            }
            if let structure = declaration.as(StructDeclSyntax.self) {
                let isOrdered = arguments.count == 1 && arguments[0].label?.text == "bitOrder"
                guard arguments.isEmpty || isOrdered else {
                    diagnostics.append(
                        Diagnostic(
                            attribute,
                            "a tag tells the cases of an enum apart: make it an enum, or say @WireMessage alone",
                            id: "tagOnStruct"
                        )
                    )
                    throw NoRequest()
                }
                let order = arguments.first.map { BitAdvice.order($0.expression, diagnostics: &diagnostics) }
                var message = MessageModel(structure, bitOrder: order, diagnostics: &diagnostics)
                // The compiler refuses such a type with a sentence of its own.
                if message.fields.contains(where: \.isRefusedByCompiler) { throw NoRequest() }
                message.isGeneric = message.isGeneric || surroundings.isGeneric
                if surroundings.isInside { message.nameTypes() }
                self = .message(message)
            } else if let enumeration = declaration.as(EnumDeclSyntax.self) {
                var union = try UnionModel(
                    enumeration,
                    attribute,
                    arguments: arguments,
                    diagnostics: &diagnostics
                )
                union.isGeneric = union.isGeneric || surroundings.isGeneric
                if surroundings.isInside { union.nameTypes() }
                self = .union(union)
            } else {
                diagnostics.append(
                    Diagnostic(
                        declaration.introducer,
                        "a message is a value: make it a struct, or an enum with @WireMessage(tag:)",
                        id: "notAValue"
                    )
                )
                throw NoRequest()
            }
            if !diagnostics.isEmpty { throw NoRequest() }
        }

        /// What makes the declaration as a whole none that could be a message.
        private static func refusal(
            of declaration: some DeclGroupSyntax,
            _ attribute: AttributeSyntax,
            _ surroundings: Surroundings,
            in context: some MacroExpansionContext
        ) -> Diagnostic? {
            if declaration.isRepeated(attribute, in: context) {
                return Diagnostic(attribute, "it is a message already: remove this one", id: "repeated")
            }
            if let suppressed = declaration.suppressed {
                return Diagnostic(
                    suppressed,
                    "a message is a value that is copied when it is sent and received: "
                        + "remove \(suppressed.trimmedDescription)",
                    id: "notCopied"
                )
            }
            return surroundings.refusal(of: declaration, attribute)
        }
    }

    /// The declaration is none that could be expanded; the diagnostics say why.
    struct NoRequest: Error {}
}

extension WireMessageExpansion: ExtensionMacro {
    package static func expansion(
        of node: AttributeSyntax,
        attachedTo declaration: some DeclGroupSyntax,
        providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        var diagnostics: [Diagnostic] = []
        defer { diagnostics.forEach(context.diagnose) }
        guard let request = try? Request(node, on: declaration, in: context, diagnostics: &diagnostics)
        else { return [] }
        let members: [String]
        switch request {
        case .message(var message):
            for index in message.fields.indices {
                message.fields[index].place = SourcePlace(message.fields[index].node, in: context)
            }
            members = message.extensionMembers
        case .union(var union):
            for index in union.cases.indices {
                union.cases[index].place = SourcePlace(union.cases[index].node, in: context)
            }
            members = union.extensionMembers
        }
        let conformance = protocols.isEmpty ? "" : ": WireMessage"
        let source: DeclSyntax = """
            nonisolated extension \(type.trimmed)\(raw: conformance) {
            \(raw: members.map { $0.indented }.joined(separator: "\n\n"))
            }
            """
        return [source.cast(ExtensionDeclSyntax.self)]
    }
}

extension WireMessageExpansion: MemberMacro {
    package static func expansion(
        of node: AttributeSyntax,
        providingMembersOf declaration: some DeclGroupSyntax,
        conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var diagnostics: [Diagnostic] = []
        let request = try? Request(node, on: declaration, in: context, diagnostics: &diagnostics)
        switch request {
        case .message(let message)?:
            return (message.aliases + [message.memberwiseInitializer].compactMap { $0 }).map { "\(raw: $0)" }
        case .union(let union)?:
            return union.aliases.map { "\(raw: $0)" }
        case nil:
            return []
        }
    }
}

/// `@Tag(1)`: read by `@WireMessage`, nothing by itself.
package struct TagExpansion: PeerMacro {
    package static func expansion(
        of node: AttributeSyntax,
        providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        if !declaration.is(EnumCaseDeclSyntax.self) {
            context.diagnose(
                Diagnostic(
                    node,
                    "@Tag belongs to a case of a @WireMessage(tag:) enum: remove it",
                    id: "strayTag"
                )
            )
        }
        return []
    }
}

/// `@Bits(4)`: read by `@WireMessage`, nothing by itself.
package struct BitsExpansion: PeerMacro {
    package static func expansion(
        of node: AttributeSyntax,
        providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        let variable = declaration.as(VariableDeclSyntax.self)
        if variable == nil || variable?.isTypeProperty == true
            || variable?.bindings.allSatisfy({ !$0.isStored }) == true
        {
            context.diagnose(
                Diagnostic(
                    node,
                    "@Bits belongs to a stored property of a @WireMessage struct: remove it",
                    id: "strayBits"
                )
            )
        }
        return []
    }
}

extension AttributeSyntax {
    /// The arguments in parentheses.
    var labeledArguments: [LabeledExprSyntax] {
        guard case .argumentList(let list)? = arguments else { return [] }
        return Array(list)
    }
}

extension String {
    /// Every line that has something on it moved in by one step.
    var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "    " + $0 }
            .joined(separator: "\n")
    }
}
