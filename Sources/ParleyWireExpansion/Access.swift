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

extension Access {
    /// The layout of a message.
    ///
    /// A generic type can store no static property.
    func layout(_ value: String, isGeneric: Bool) -> String {
        guard isGeneric else { return "\(prefix)static let layout = \(value)" }
        return """
            \(prefix)static var layout: MessageLayout {
            \(value.indented)
            }
            """
    }

    /// The layout of a message, which the types that it may contain, itself among them, need to know about.
    func layout(_ statements: [String], isGeneric: Bool) -> String {
        let own = "Self.layout(inside: LayoutPath(Self.self))"
        let property =
            isGeneric ? "var layout: MessageLayout { \(own) }" : "let layout: MessageLayout = \(own)"
        return """
            \(prefix)static \(property)

            \(prefix)static func layout(inside outer: LayoutPath) -> MessageLayout {
            \(statements.joined(separator: "\n").indented)
            }
            """
    }

    /// The size of a value that may nest, from what measures it.
    func measuredSize(_ body: String) -> String {
        """
        \(inlinable)\(prefix)var wireSize: Int { self.measuredWireSize }

        \(inlinable)\(prefix)func wireSize(nesting: WireNesting) throws(WireError) -> Int {
        \(body.indented)
        }
        """
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
