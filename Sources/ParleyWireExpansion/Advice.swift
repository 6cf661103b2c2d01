import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder

/// One sentence about what is wrong and what to do.
struct Advice: DiagnosticMessage {
    var message: String
    var diagnosticID: MessageID
    var severity: DiagnosticSeverity { .error }

    init(_ message: String, id: String) {
        self.message = message
        diagnosticID = MessageID(domain: "Parley", id: id)
    }
}

/// A replacement that an editor offers, by what it does.
struct Remedy: FixItMessage {
    var message: String
    var fixItID: MessageID { MessageID(domain: "Parley", id: "remedy") }
}

extension Diagnostic {
    /// A sentence on a node.
    init(_ node: some SyntaxProtocol, _ message: String, id: String, fixIts: [FixIt] = []) {
        self.init(node: Syntax(node), message: Advice(message, id: id), fixIts: fixIts)
    }
}

extension FixIt {
    /// Puts another type where `type` stands.
    static func say(_ spelling: String, insteadOf type: TypeSyntax) -> FixIt {
        let replacement: TypeSyntax = "\(raw: spelling)"
        return FixIt(
            message: Remedy(message: "say \(spelling)"),
            changes: [
                .replace(
                    oldNode: Syntax(type),
                    newNode: Syntax(replacement.with(\.trailingTrivia, type.trailingTrivia))
                )
            ]
        )
    }
}
