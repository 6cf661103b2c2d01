import SwiftDiagnostics
import SwiftSyntax

/// A struct that is a message.
struct MessageModel {
    var name: String
    var fields: [Field]
    var access: Access
    var isGeneric: Bool
    var needsEquality: Bool
    var needsHashing: Bool
    /// The order of bits as library code spells it.
    var bitOrder = ".mostSignificantFirst"
    /// `private ` or `fileprivate ` when the type of a parameter is declared so in the struct itself.
    var initializerAccess: String?
    /// The labels of the initialisers that the source declares.
    var declaredInitializers: [[String]]

    init(_ structure: StructDeclSyntax, bitOrder: String?, diagnostics: inout [Diagnostic]) {
        let reader = FieldReader(structure.memberBlock.members)
        diagnostics += reader.diagnostics
        name = structure.name.plainText
        if let bitOrder { self.bitOrder = bitOrder }
        fields = reader.fields
        access = Access(structure.modifiers, isTransparent: fields.allSatisfy(\.isPublic))
        isGeneric = structure.genericParameterClause != nil
        let functions = structure.memberBlock.members.compactMap {
            $0.decl.as(FunctionDeclSyntax.self)?.name.text
        }
        let used = Set(fields.filter(\.isParameter).compactMap(\.type.baseName))
        for member in structure.memberBlock.members {
            guard let type = member.decl.asProtocol((any NamedDeclSyntax).self),
                used.contains(type.name.plainText),
                let modifiers = member.decl.asProtocol((any WithModifiersSyntax).self)?.modifiers
            else { continue }
            if modifiers.isPrivate { initializerAccess = "private " }
            if modifiers.contains(where: { $0.name.tokenKind == .keyword(.fileprivate) }) {
                initializerAccess = initializerAccess ?? "fileprivate "
            }
        }
        for field in fields where field.type.repeats(name) {
            diagnostics.append(
                Diagnostic(
                    field.node,
                    "a message that contains itself has no end: say [\(name)] as the last field, "
                        + "which may be empty",
                    id: "recursion"
                )
            )
        }
        let hasArray = fields.contains { $0.kind == .inlineArray }
        let inheritance = structure.inheritanceClause
        needsEquality = hasArray && inheritance.names("Equatable", "Hashable") && !functions.contains("==")
        needsHashing = hasArray && inheritance.names("Hashable") && !functions.contains("hash")
        declaredInitializers = structure.memberBlock.members.compactMap { member in
            let parameters = member.decl.as(InitializerDeclSyntax.self)?.signature.parameterClause.parameters
            return parameters?.map { $0.firstName.plainText }
        }
    }

    /// The variable end, when the struct has one.
    var tail: Field? { fields.last.flatMap { $0.kind == .tail ? $0 : nil } }

    var count: Field? { fields.first { $0.kind == .count } }

    /// The last field, when its own type decides whether the message varies in size.
    var last: Field? {
        fields.last.flatMap { $0.kind == .tail || $0.kind == .count || $0.bits != nil ? nil : $0 }
    }

    var isLeastSignificantFirst: Bool { bitOrder == ".leastSignificantFirst" }
}

// MARK: - Names of types

/// How many types of a nested message have names of their own.
let aliasesMax = 16

extension MessageModel {
    /// Gives the types that are known by name only names that generated code sees.
    mutating func nameTypes() {
        for (number, index) in fields.indices.filter({ !fields[$0].isPlain }).prefix(aliasesMax).enumerated()
        {
            fields[index].alias = "WireType\(number)"
        }
    }

    /// The declarations of those names.
    var aliases: [String] {
        let access = access.inlinable.isEmpty ? "private " : access.prefix
        return fields.compactMap { field in
            field.alias.map { "\(access)typealias \($0) = \(field.type.trimmedDescription)" }
        }
    }
}

// MARK: - The memberwise initialiser

extension MessageModel {
    /// With a parameter for every field that holds a value, or nil when the source has one already.
    var memberwiseInitializer: String? {
        let parameters = fields.filter(\.isParameter)
        guard !declaredInitializers.contains(parameters.map(\.name)) else { return nil }
        let list = parameters.map { field in
            // Whoever asks fills a number in.
            let usual = field.kind == .number ? " = MessageNumber()" : ""
            let value = field.initialValue.map { " = \($0.trimmedDescription)" } ?? usual
            return "\(field.spelling): \(field.type.trimmedDescription)\(value)"
        }
        let assignments = fields.filter { !$0.isAlreadySet }.map { field in
            "    self.\(field.spelling) = \(field.isParameter ? field.spelling : "\(field.typeText)()")"
        }
        return """
            \(initializerAccess.map { "nonisolated " + $0 } ?? "\(access.inlinable)nonisolated \(access.prefix)")\
            init(\(list.joined(separator: ", "))) {
            \(assignments.joined(separator: "\n"))
            }
            """
    }
}
