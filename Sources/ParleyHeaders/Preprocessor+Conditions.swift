/// The questions that only an `#if` may ask: `defined`, `__has_include`, `__has_attribute` and their kin.
///
/// They are answered as GCC does, in whatever macro they stand; what Parley cannot know is taken as false, with
/// a remark.
extension Preprocessor {
    /// Whether `#ifdef` holds: GCC counts its own questions as macros.
    func isDefined(_ name: String) -> Bool {
        macros[name] != nil || CompilerQuestion(name).map { $0.isKnown(to: abi) } ?? false
    }

    /// The number in place of a question that begins with `token`; nil when it begins none.
    mutating func answer(to token: Token, _ pending: inout [Token]) throws(Fault) -> Token? {
        var answer = token
        answer.kind = .number
        // In an argument, macros are replaced before anyone sees that `defined` stands before them.
        if token.isWord("defined"), nesting == 0 {
            answer.text = try isDefined(token, &pending) ? "1" : "0"
            return answer
        }
        guard token.text.hasPrefix("__has_"), macros[token.text] == nil,
            let question = CompilerQuestion(token.text), next(in: pending)?.is("(") == true
        else { return nil }
        let operand = try operand(of: token, &pending)
        answer.text = "\(try self.answer(to: question, operand, token))"
        return answer
    }

    private func next(in pending: [Token]) -> Token? { pending.last { $0.kind != .macroEnd } }

    /// The next token, macros that end before it ended.
    private mutating func pop(_ pending: inout [Token]) -> Token? {
        while let token = pending.popLast() {
            guard token.kind == .macroEnd else { return token }
            active.remove(token.text)
        }
        return nil
    }

    private mutating func isDefined(_ word: Token, _ pending: inout [Token]) throws(Fault) -> Bool {
        var name = pop(&pending)
        let isParenthesised = name?.is("(") ?? false
        if isParenthesised { name = pop(&pending) }
        guard let name, name.kind == .identifier else {
            throw Fault(.expected("a name", found: name?.quoted ?? "the end"), at: word.spot)
        }
        if isParenthesised {
            guard let end = pop(&pending), end.is(")") else {
                throw Fault(.unterminated(.parenthesis), at: word.spot)
            }
        }
        return isDefined(name.text)
    }

    /// What stands between the parentheses.
    private mutating func operand(of word: Token, _ pending: inout [Token]) throws(Fault) -> [Token] {
        var operand: [Token] = []
        var depth = 0
        while let token = pop(&pending) {
            try budget.spend(at: word.spot)
            if token.is("(") {
                depth += 1
                if depth == 1 { continue }
            }
            if token.is(")") { depth -= 1 }
            if depth == 0 { return operand }
            operand.append(token)
        }
        throw Fault(.unterminated(.parenthesis), at: word.spot)
    }

    private mutating func answer(
        to question: CompilerQuestion,
        _ operand: [Token],
        _ word: Token
    ) throws(Fault) -> Int {
        var operand = operand
        if question.isOfFiles, operand.first?.kind == .identifier {
            // A question within a question names no file, and could go on without end.
            guard !isInQuestion else {
                throw Fault(.expected("\"file\" or <file>", found: word.quoted), at: word.spot)
            }
            isInQuestion = true
            defer { isInQuestion = false }
            operand = try expand(operand)
        }
        let text = operand.map(\.text).joined()
        let known: Int?
        if question.isOfFiles {
            known = try includes(text, operand.first, word)
        } else {
            known = question.isKnown(to: abi) ? question.value(of: text, abi) : nil
        }
        if let known { return known }
        observations.append(
            Observation(
                reason: .guessedCondition("\(word.text)(\(text.prefix(80)))", taken: "false"),
                spot: word.spot
            )
        )
        return 0
    }

    /// Whether a file can be included; nil when only the machine's own headers would tell.
    private mutating func includes(_ text: String, _ first: Token?, _ word: Token) throws(Fault) -> Int? {
        let isSystem = first?.is("<") ?? false
        let path = String(text.dropFirst().dropLast())
        guard !path.isEmpty else { return nil }
        let file = first?.spot.file ?? -1
        let name = table.files.indices.contains(file) ? table.files[file].name : ""
        let request = IncludeRequest(path: path, isSystem: isSystem, includingFile: name)
        if try isLoadable(request, word) { return 1 }
        return BuiltInHeaders.exists(path, on: abi).map { $0 ? 1 : 0 }
    }

    /// Looking costs as much as reading does, so it is limited as that is.
    private mutating func isLoadable(_ request: IncludeRequest, _ word: Token) throws(Fault) -> Bool {
        if let answered = answeredIncludes[request] { return answered }
        guard answeredIncludes.count < budget.limits.includesMax else {
            throw Fault(.tooMuch(.includes, maximum: budget.limits.includesMax), at: word.spot)
        }
        let isThere = loader(request) != nil
        answeredIncludes[request] = isThere
        return isThere
    }
}

/// A question that compilers answer in `#if`.
enum CompilerQuestion: String {
    case include = "__has_include"
    case includeNext = "__has_include_next"
    case attribute = "__has_attribute"
    case cAttribute = "__has_c_attribute"
    case cppAttribute = "__has_cpp_attribute"
    case builtin = "__has_builtin"
    // clang's own.
    case feature = "__has_feature"
    case `extension` = "__has_extension"
    case declspec = "__has_declspec_attribute"
    case warning = "__has_warning"
    case embed = "__has_embed"

    init?(_ name: String) {
        guard name.hasPrefix("__has_") else { return nil }
        self.init(rawValue: name)
    }

    var isOfFiles: Bool { self == .include || self == .includeNext }

    /// Whether the ABI's compiler knows the question at all: GCC 12 has six of them, Microsoft's one.
    func isKnown(to abi: ABI) -> Bool {
        if abi.records.family == .microsoft { return self == .include }
        switch self {
        case .include, .includeNext, .attribute, .cAttribute, .cppAttribute, .builtin: return true
        case .feature, .extension, .declspec, .warning, .embed: return false
        }
    }

    /// The answer of GCC 12; nil when it is not known here.
    func value(of operand: String, _ abi: ABI) -> Int? {
        switch self {
        case .attribute: return Self.attribute(operand, abi)
        case .cAttribute: return Self.standardAttribute(operand, abi) ?? 0
        case .cppAttribute: return Self.standardAttribute(operand, abi) ?? Self.attribute(operand, abi)
        case .builtin: return Self.builtin(operand, abi)
        default: return nil
        }
    }

    private static func plain(_ name: Substring) -> String {
        name.hasPrefix("__") && name.hasSuffix("__") && name.utf8.count > 4
            ? String(name.dropFirst(2).dropLast(2)) : String(name)
    }

    /// C23's attributes by the month of their paper, and GCC's in its own scope.
    private static func standardAttribute(_ operand: String, _ abi: ABI) -> Int? {
        operand.contains(":") ? attribute(operand, abi) : standard[plain(operand[...])]
    }

    private static func attribute(_ operand: String, _ abi: ABI) -> Int? {
        var name = operand[...]
        for scope in ["gnu::", "__gnu__::"] where name.hasPrefix(scope) { name = name.dropFirst(scope.count) }
        // Of other scopes it knows none.
        if name.contains(":") { return 0 }
        let word = plain(name)
        if common.contains(word) { return 1 }
        for (macros, words) in machine where words.contains(word) {
            return macros.contains { abi.macros.contains("\($0) 1") } ? 1 : 0
        }
        return others.contains(word) ? 0 : nil
    }

    private static func builtin(_ operand: String, _ abi: ABI) -> Int? {
        if builtins.contains(operand) { return 1 }
        return builtinsOfOthers.contains(operand) ? 0 : nil
    }

    private static let standard = [
        "deprecated": 201904, "fallthrough": 201904, "maybe_unused": 201904, "nodiscard": 202003,
    ]

    /// GCC 12's attributes on every machine.
    private static let common: Set<String> = [
        "access", "alias", "aligned", "alloc_align", "alloc_size", "always_inline", "artificial",
        "assume_aligned", "cleanup", "cold", "common", "const", "constructor", "copy", "deprecated",
        "designated_init", "destructor", "error", "externally_visible", "fallthrough", "flatten", "format",
        "format_arg", "gnu_inline", "hot", "ifunc", "leaf", "malloc", "may_alias", "mode", "no_icf",
        "no_instrument_function", "no_profile_instrument_function", "no_reorder", "no_sanitize",
        "no_sanitize_address", "no_sanitize_thread", "no_sanitize_undefined", "no_split_stack",
        "no_stack_limit", "no_stack_protector", "noclone", "nocommon", "noinit", "noinline", "noipa",
        "nonnull", "nonstring", "noplt", "noreturn", "nothrow", "objc_nullability", "objc_root_class",
        "optimize", "packed", "patchable_function_entry", "persistent", "pure", "retain", "returns_nonnull",
        "returns_twice", "scalar_storage_order", "section", "sentinel", "simd", "stack_protect", "symver",
        "target", "target_clones", "tls_model", "transaction_pure", "transparent_union", "unavailable",
        "uninitialized", "unused", "used", "vector_size", "vector_mask", "visibility",
        "warn_if_not_aligned", "warn_unused_result", "warning", "weak", "weakref", "zero_call_used_regs",
        "nocf_check", "nodiscard", "maybe_unused",
    ]

    /// Those of some machines, by a macro of each.
    private static let machine: [(macros: [String], words: Set<String>)] = [
        (["__x86_64__", "__i386__", "__powerpc64__"], ["ms_struct", "gcc_struct"]),
        (
            ["__x86_64__", "__i386__"],
            [
                "ms_abi", "sysv_abi", "cdecl", "stdcall", "fastcall", "thiscall", "regparm",
                "force_align_arg_pointer",
            ]
        ),
        (
            ["__x86_64__", "__i386__", "__arm__", "__riscv", "__m68k__", "__AVR__", "__MSP430__"],
            ["interrupt"]
        ),
        (["__x86_64__", "__i386__", "__arm__", "__riscv", "__AVR__", "__MSP430__"], ["naked"]),
        (["__arm__"], ["pcs", "long_call", "short_call", "isr"]),
        (["__AVR__"], ["signal", "progmem", "OS_task", "OS_main", "io", "address"]),
    ]

    /// Those of clang and of later versions of GCC.
    private static let others: Set<String> = [
        "fd_arg", "fd_arg_read", "fd_arg_write", "strict_flex_array", "strub", "dllimport", "dllexport",
        "shared", "target_version", "bnd_variable_size", "counted_by", "enum_extensibility", "flag_enum",
        "ext_vector_type", "address_space", "overloadable", "availability", "diagnose_if", "enable_if",
        "noescape", "swift_name", "objc_bridge", "preserve_access_index", "btf_type_tag", "capability",
        "guarded_by", "no_unique_address", "noderef", "noduplicate", "not_tail_called", "minsize",
        "optnone", "convergent", "internal_linkage", "type_tag_for_datatype",
        "require_constant_initialization", "assume", "musttail", "null_terminated_string_arg",
    ]

    private static let builtins: Set<String> = [
        "__builtin_offsetof", "__builtin_types_compatible_p", "__builtin_choose_expr",
        "__builtin_constant_p", "__builtin_expect", "__builtin_expect_with_probability",
        "__builtin_bswap16", "__builtin_bswap32", "__builtin_bswap64", "__builtin_bswap128",
        "__builtin_unreachable", "__builtin_trap", "__builtin_clz", "__builtin_ctz", "__builtin_popcount",
        "__builtin_object_size", "__builtin_dynamic_object_size", "__builtin_memcpy", "__builtin_strlen",
        "__builtin_has_attribute", "__builtin_add_overflow", "__builtin_mul_overflow",
        "__builtin_sub_overflow", "__builtin_add_overflow_p", "__builtin_va_start",
        "__builtin_assume_aligned", "__builtin_shuffle", "__builtin_shufflevector",
        "__builtin_convertvector", "__builtin_prefetch", "__builtin_alloca",
        "__builtin_speculation_safe_value", "__builtin_LINE", "__builtin_FILE", "__builtin_FUNCTION",
        "__builtin_classify_type", "__builtin_isnan", "__builtin_inff", "__builtin_nan",
        "__builtin_huge_val", "__builtin_return_address", "__builtin_frame_address",
        "__builtin_extract_return_addr", "__builtin_abort", "__builtin_printf", "__builtin_memset",
        "__builtin_memcmp", "__builtin_memmove", "__builtin_strcmp", "__builtin_ffs", "__builtin_parity",
        "__builtin_clrsb", "__atomic_load_n", "__atomic_store_n", "__atomic_exchange_n",
        "__atomic_compare_exchange_n", "__atomic_fetch_add", "__atomic_add_fetch", "__atomic_thread_fence",
        "__sync_synchronize", "__sync_fetch_and_add", "__sync_bool_compare_and_swap", "printf", "memcpy",
        "strlen", "abs", "__builtin_clear_padding", "__builtin_saddl_overflow", "__builtin_umul_overflow",
    ]

    private static let builtinsOfOthers: Set<String> = [
        "__builtin_assume", "__builtin_bit_cast", "__builtin_launder", "__builtin_is_constant_evaluated",
        "__builtin_rotateleft32", "__builtin_bitreverse32", "__builtin_counted_by_ref",
        "__builtin_stdc_bit_ceil", "__builtin_clzg", "__is_same", "__is_identifier", "__has_trivial_copy",
        "__builtin_debugtrap", "__builtin_readcyclecounter", "__builtin_dump_struct", "__builtin_align_up",
        "__builtin_is_aligned", "__builtin_operator_new", "__builtin_source_location",
        "__builtin_addressof", "__builtin_nontemporal_load", "__builtin_canonicalize",
        "__builtin_elementwise_max", "__builtin_preserve_access_index", "__sync_swap",
    ]
}
