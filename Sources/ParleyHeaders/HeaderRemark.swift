internal import ParleyTypes
public import ParleyWire

/// Something that is legal and still worth knowing before two machines rely on it.
public struct HeaderRemark: Sendable, Hashable {
    public var reason: Reason
    public var location: SourceLocation

    public init(_ reason: Reason, at location: SourceLocation) {
        self.reason = reason
        self.location = location
    }

    public enum Reason: Sendable, Hashable {
        /// Bit fields, which compilers for machines of the other byte order place from the other end.
        case bitField(abi: String, order: ByteOrder)
        /// A system header that Parley has no version of: what it declares is unknown here.
        case skippedHeader(String)
        /// An `#include "…"` of which no file was found: structs that need nothing of it are laid out as if it
        /// were empty.
        case missingFile(String)
        /// A file that includes itself, directly or by others, without end: it is not read again.
        case cutCycle(String)
        /// An attribute that is spelled almost as one that changes layouts.
        case unknownAttribute(String, near: String)
        /// A standard type is used though its header is not included.
        case assumedType(String)
        /// A type whose size differs between machines.
        case sizeDepends(field: String, type: String, bytes: Int, abi: String)
        /// The compiler leaves bytes between fields or at the end.
        case holes(structure: String, bytes: Int)
        /// A last field `x[1]`, which is often meant as a tail.
        case arrayOfOne(field: String)
        /// A tail begins before the struct's end as `sizeof` sees it.
        case tailInsidePadding(field: String, offset: Int, size: Int)
        /// An attribute at a place where compilers ignore it.
        case ignoredAttribute(String)
        /// A `#pragma` that changes layouts, but not as it is written here; with the reason.
        case ignoredPragma(String, why: String)
        /// `aligned` behind an enum's values, which the ABI's compiler ignores.
        case ignoredEnumAlignment(abi: String)
        /// An `#if` that asks for what only the compiler and the machine with all its headers know: the
        /// question, and what was taken as the answer.
        case guessedCondition(String, taken: String)
        /// A zero-length array inside of a nested struct holds no bytes.
        case emptyArray(field: String)
    }
}

extension HeaderRemark {
    /// The remark with its line and a caret.
    public var rendered: String {
        location.excerpt.isEmpty ? description : "\(description)\n\(location.excerpt)"
    }
}

extension HeaderRemark: CustomStringConvertible {
    public var description: String { "\(location): remark: \(reason)" }
}

extension HeaderRemark.Reason: CustomStringConvertible {
    public var description: String { SafeText.line(sentence) }

    private var sentence: String {
        switch self {
        case .bitField(let abi, let order):
            "bit fields begin at the \(order == .little ? "least" : "most") significant bit on \(abi); compilers "
                + "for \(order == .little ? "big" : "little")-endian machines begin at the other end"
        case .skippedHeader(let path): "<\(path)> was not read: Parley has no version of it"
        case .missingFile(let path):
            "the file \(path) was not found: what it defines, and whether it packs structs, is not known here"
        case .cutCycle(let path):
            "\(path) is being read already and has no guard (#pragma once): it is not read again here"
        case .unknownAttribute(let name, let near):
            "\(name) is no attribute that changes a layout; did you mean \(near)?"
        case .assumedType(let name): "\(name) is used without its header; taken as the standard's"
        case .sizeDepends(let field, let type, let bytes, let abi):
            "the size of \(type) \(field) depends on the machine: \(Phrase.count(bytes, "byte")) on \(abi)"
        case .holes(let structure, let bytes):
            "\(structure) is not packed: the compiler leaves \(Phrase.count(bytes, "byte")) of padding"
        case .arrayOfOne(let field):
            "\(field)[1] is an array of one; if more may follow, name it as the tail (--tail \(field))"
        case .tailInsidePadding(let field, let offset, let size):
            "\(field) begins at byte \(offset), before the \(Phrase.count(size, "byte")) that sizeof counts"
        case .ignoredAttribute(let name):
            "compilers ignore \(name) here; after the closing brace it has an effect"
        case .ignoredPragma(let text, let why): "#pragma \(text) is ignored: \(why)"
        case .ignoredEnumAlignment(let abi):
            "the compiler for \(abi) ignores aligned on an enum; on a typedef of it it has an effect"
        case .guessedCondition(let question, let taken):
            "\(question) is taken as \(taken) here: whether a compiler with all its headers says so is not known"
        case .emptyArray(let field): "\(field) has no elements and holds no bytes here"
        }
    }
}
