import SwiftSyntax

/// Who sees a declaration, as far as generated code must repeat it.
struct Access {
    /// The keyword with a space behind it, or nothing.
    var prefix: String
    /// `@inlinable ` where the bodies may be seen by other modules.
    var inlinable: String

    /// - Parameter isTransparent: whether everything that the bodies name is public.
    init(_ modifiers: DeclModifierListSyntax, isTransparent: Bool) {
        prefix = ""
        inlinable = ""
        for modifier in modifiers {
            switch modifier.name.tokenKind {
            case .keyword(.public):
                prefix = "public "
                if isTransparent { inlinable = "@inlinable " }
            case .keyword(.package): prefix = "package "
            case .keyword(.fileprivate), .keyword(.private): prefix = "fileprivate "
            default: break
            }
        }
    }
}

extension String {
    /// The text as a literal of Swift.
    var literal: String { "\"\(self)\"" }
}

extension InheritanceClauseSyntax? {
    /// Whether the declaration itself names the protocol.
    func names(_ protocols: String...) -> Bool {
        self?.inheritedTypes.contains { protocols.contains($0.type.baseName ?? "") } ?? false
    }
}
