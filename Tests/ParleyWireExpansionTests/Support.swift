import SwiftDiagnostics
import SwiftParser
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros

@testable import ParleyWireExpansion

/// What the macros make of a piece of source.
struct Expansion {
    var source: String
    var diagnostics: [Diagnostic]

    init(of text: String) {
        let file = Parser.parse(source: text)
        let context = BasicMacroExpansionContext(
            sourceFiles: [file: .init(moduleName: "Client", fullFilePath: "Client.swift")])
        let specs = [
            "WireMessage": MacroSpec(type: WireMessageExpansion.self, conformances: ["WireMessage"]),
            "Tag": MacroSpec(type: TagExpansion.self),
            "Bits": MacroSpec(type: BitsExpansion.self),
        ]
        let expanded = file.expand(
            macroSpecs: specs,
            contextGenerator: {
                BasicMacroExpansionContext(sharingWith: context, lexicalContext: $0.allMacroLexicalContexts())
            },
            indentationWidth: .spaces(4)
        )
        source = expanded.description
        diagnostics = context.diagnostics
    }

    /// Each diagnostic as the source it points at and its sentence.
    var sentences: [String] {
        diagnostics.map { "\($0.node.trimmedDescription): \($0.message)" }
    }

    /// What each fix-it puts in the place of what.
    var remedies: [String] {
        diagnostics.flatMap(\.fixIts).flatMap(\.changes).map { change in
            guard case .replace(let old, let new) = change else { return "" }
            return "\(old.trimmedDescription) -> \(new.trimmedDescription)"
        }
    }
}
