import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main
struct ParleyWirePlugin: CompilerPlugin {
    let providingMacros: [any Macro.Type] = [WireMessageMacro.self, TagMacro.self, BitsMacro.self]
}
