import ParleyWireExpansion
import SwiftSyntax
import SwiftSyntaxMacros

// What the compiler asks for by the plug-in's name. The work is done in ParleyWireExpansion, a library, so that tests
// of it need no plug-in: what depends on one is built for the host, and everything that it imports a second time.

struct WireMessageMacro: ExtensionMacro, MemberMacro {
    static func expansion(
        of node: AttributeSyntax,
        attachedTo declaration: some DeclGroupSyntax,
        providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        try WireMessageExpansion.expansion(
            of: node,
            attachedTo: declaration,
            providingExtensionsOf: type,
            conformingTo: protocols,
            in: context
        )
    }

    static func expansion(
        of node: AttributeSyntax,
        providingMembersOf declaration: some DeclGroupSyntax,
        conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        try WireMessageExpansion.expansion(
            of: node,
            providingMembersOf: declaration,
            conformingTo: protocols,
            in: context
        )
    }
}

struct TagMacro: PeerMacro {
    static func expansion(
        of node: AttributeSyntax,
        providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        try TagExpansion.expansion(of: node, providingPeersOf: declaration, in: context)
    }
}

struct BitsMacro: PeerMacro {
    static func expansion(
        of node: AttributeSyntax,
        providingPeersOf declaration: some DeclSyntaxProtocol,
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        try BitsExpansion.expansion(of: node, providingPeersOf: declaration, in: context)
    }
}
