import ParleyWire

extension CEmitter {
    /// The whole header, from its first comment to the end of its guard.
    func header(of layout: MessageLayout, _ options: EmissionOptions) -> String {
        let guardName = "PARLEY_" + cName(layout.name).uppercased() + "_H"
        var source = SourceText()
        let origin = options.origin.map { ", from \($0.inComment)" } ?? ""
        source.line("/* The bytes of \(layout.name.inComment)\(origin). Written by parley layout --emit c.")
        source.line(" * Numbers before comments are offsets in bytes. */")
        source.line("#ifndef \(guardName)")
        source.line("#define \(guardName)")
        source.line()
        if needsBool { source.line("#include <stdbool.h>") }
        source.line("#include <stddef.h>")
        source.line("#include <stdint.h>")
        source.line()
        if let neededOrder {
            let machine = neededOrder.order == .little ? "LITTLE" : "BIG"
            let field = neededOrder.field.inComment
            source.line("#if __BYTE_ORDER__ != __ORDER_\(machine)_ENDIAN__")
            source.line(
                "#error \"bits of \(field) cross bytes: C declares them on \(machine.lowercased())-endian "
                    + "machines only\""
            )
            source.line("#endif")
            source.line()
        }
        source.line("#if defined(__cplusplus) && !defined(_Static_assert)")
        source.line("#define _Static_assert static_assert")
        source.line("#endif")
        source.line()
        for definition in definitions {
            source.lines(definition.split(separator: "\n").map(String.init))
            source.line()
        }
        source.line("#endif")
        return source.text
    }
}

/// A name that C can have: letters, digits and underscores; a word of the language gets an underscore.
func cName(_ name: String) -> String {
    let plain = name.asciiIdentifier
    return cWords.contains(plain) ? plain + "_" : plain
}

/// The keywords of C23, C++23 and GNU, and the macros of the headers that are included: C++ reads the header as well.
let cWords: Set<String> = [
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern",
    "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short",
    "signed", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile",
    "while", "_Alignas", "_Alignof", "_Atomic", "_Bool", "_Complex", "_Generic", "_Imaginary", "_Noreturn",
    "_Static_assert", "_Thread_local", "asm", "typeof", "__asm__", "__attribute__", "__extension__",
    "bool", "true", "false", "offsetof", "NULL", "linux", "unix", "i386", "alignas", "alignof", "constexpr",
    "nullptr", "static_assert", "thread_local",
    "and", "and_eq", "bitand", "bitor", "catch", "char16_t", "char32_t", "char8_t", "class", "co_await",
    "co_return",
    "co_yield", "compl", "concept", "const_cast", "consteval", "constinit", "decltype", "delete",
    "dynamic_cast",
    "explicit", "export", "friend", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "operator",
    "or",
    "or_eq", "private", "protected", "public", "reinterpret_cast", "requires", "static_cast", "template",
    "this",
    "throw", "try", "typeid", "typename", "typeof_unqual", "using", "virtual", "wchar_t", "xor", "xor_eq",
]

/// Type names of `<stdint.h>` and `<stddef.h>`, which enumerators would hide.
let cTypeNames: Set<String> = [
    "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "size_t",
    "ptrdiff_t", "wchar_t", "intptr_t", "uintptr_t", "intmax_t", "uintmax_t", "max_align_t",
]
