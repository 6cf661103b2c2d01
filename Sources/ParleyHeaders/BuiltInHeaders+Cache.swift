import Synchronization

/// What is the same for every header that is read, kept for the next one.
extension BuiltInHeaders {
    /// A file with its tokens, whose places name no file yet.
    struct File: Sendable {
        var file: SourceTable.File
        var tokens: [Token]
    }

    /// The macros that a compiler has before the first line, and the file they stand in, which is the second of
    /// every table.
    struct Predefined: Sendable {
        var file: SourceTable.File
        var macros: [String: Macro]
        var order: [String]
    }

    /// A header by its path; nil when there is no version of it.
    static func file(_ path: String) -> File? {
        if let known = files.withLock({ $0[path] }) { return known }
        guard let text = text(of: path) else { return nil }
        let source = HeaderSource(file: "<\(path)>", text: text)
        var lexer = Lexer(source.bytes, file: 0)
        var budget = Budget(HeaderLimits())
        // Our own texts are short and end where they should.
        guard let tokens = try? lexer.run(&budget) else { return nil }
        let table = SourceTable.File(name: source.file, bytes: source.bytes, isBuiltIn: true)
        let file = File(file: table, tokens: tokens)
        files.withLock { $0[path] = file }
        return file
    }

    /// The lines that define a compiler's own macros.
    static func compiler(for abi: ABI) -> HeaderSource {
        let text = (macros + abi.predefined).map { "#define \($0)\n" }.joined()
        return HeaderSource(file: "<compiler>", text: text)
    }

    static func predefined(for abi: ABI) -> Predefined? {
        compilers.withLock { compilers in
            compilers[abi.name].flatMap { $0.abi == abi ? $0.predefined : nil }
        }
    }

    static func remember(
        _ file: SourceTable.File,
        _ macros: [String: Macro],
        _ order: [String],
        for abi: ABI
    ) {
        // The ABIs are few; a caller who invents many must not fill the memory.
        compilers.withLock { compilers in
            guard compilers.count < 64 else { return }
            compilers[abi.name] = (abi, Predefined(file: file, macros: macros, order: order))
        }
    }

    private static let files = Mutex<[String: File]>([:])
    /// By name, which is quick to look up; whether it is the same ABI is looked at then.
    private static let compilers = Mutex<[String: (abi: ABI, predefined: Predefined)]>([:])
}
