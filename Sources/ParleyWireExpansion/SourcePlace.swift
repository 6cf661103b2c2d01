import SwiftSyntax
import SwiftSyntaxMacros

/// Where the source says something, for errors that the compiler finds in what is generated from it.
struct SourcePlace {
    /// The path as a literal.
    var file: String
    var line: String

    init?(_ node: some SyntaxProtocol, in context: some MacroExpansionContext) {
        guard let place = context.location(of: node, at: .afterLeadingTrivia, filePathMode: .filePath) else {
            return nil
        }
        file = place.file.trimmedDescription
        line = place.line.trimmedDescription
    }
}

extension SourcePlace? {
    /// A statement of which the compiler says that it stands at this place.
    func holding(_ statement: String) -> String {
        guard let self else { return statement }
        return """
            #sourceLocation(file: \(self.file), line: \(self.line))
            \(statement)
            #sourceLocation()
            """
    }
}
