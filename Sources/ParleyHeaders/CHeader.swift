/// A C header that was read as a C compiler reads it: its structs, with the bytes they have on one ABI, and
/// its constants.
///
///     let header = try CHeader(source: text, file: "proto.h")
///     let layout = try header.layout(of: "msg_st")
///
/// A declaration that Parley does not understand is in ``problems``; it stops only who asks for a struct that
/// depends on it.
public struct CHeader: Sendable {
    /// The name of the file, for messages.
    public let file: String
    public let abi: ABI
    /// Whether structs were read as written or as if each were packed.
    public let packing: Packing
    /// The names of structs and unions, tags and typedefs alike, in order of declaration; standard headers'
    /// are left out, though ``layout(of:byteOrder:tail:)`` knows them.
    public let structs: [String]
    /// The macros and enum values that are integers or strings, in order.
    public let constants: [Constant]
    /// What is worth knowing about the header as a whole.
    public let remarks: [HeaderRemark]
    /// The declarations that were not understood, and the files of `#include "…"` that were not found.
    public let problems: [HeaderError]
    let table: SourceTable
    let parser: Parser

    /// A name for a value.
    public struct Constant: Sendable, Hashable {
        public var name: String
        public var value: Value

        public init(name: String, value: Value) {
            self.name = name
            self.value = value
        }

        public enum Value: Sendable, Hashable {
            /// Wide enough for every integer of C.
            case integer(Int128)
            case text(String)
        }
    }

    /// How the alignment of structs is taken.
    public enum Packing: Sendable, Hashable {
        /// As the attributes and pragmas say.
        case asWritten
        /// Each struct and union as if it had `__attribute__((packed))`, to see what packing would change.
        case packed
    }

    /// Reads a header.
    ///
    /// - Parameters:
    ///   - source: the text, of any bytes.
    ///   - abi: the machine whose sizes and alignments hold.
    ///   - packing: whether each struct counts as packed.
    ///   - loader: finds the files that `#include` asks for; the standard headers are built in. Nil: not
    ///     found, which is a remark, and for `"…"` one of the ``problems`` too.
    /// - Throws: ``HeaderError`` when the preprocessor cannot go on or a limit is reached.
    public init(
        _ source: HeaderSource,
        abi: ABI = .x86_64Linux,
        packing: Packing = .asWritten,
        limits: HeaderLimits = HeaderLimits(),
        loader: @escaping (IncludeRequest) -> HeaderSource? = { _ in nil }
    ) throws(HeaderError) {
        var preprocessor = Preprocessor(abi: abi, limits: limits, loader: loader)
        do throws(Fault) {
            try preprocessor.run(source)
            var parser = Parser(preprocessor.output, abi: abi, budget: preprocessor.budget)
            parser.macroNames = preprocessor.macroOrder
            parser.missingFiles = preprocessor.missingFiles
            parser.treatsAllAsPacked = packing == .packed
            try parser.translationUnit()
            preprocessor.budget = parser.budget
            constants = try preprocessor.constants(parser)
            self.parser = parser
        } catch {
            throw preprocessor.table.error(error)
        }
        let table = preprocessor.table
        self.table = table
        self.abi = abi
        self.packing = packing
        file = source.file
        remarks = (preprocessor.observations + parser.observations)
            .filter { !table.isBuiltIn($0.spot) }.map(table.remark)
        var seen: Set<Fault> = []
        problems = (preprocessor.problems + parser.problems).filter { seen.insert($0).inserted }.map(
            table.error
        )
        structs = parser.types.structOrder.filter { !table.isBuiltIn($0.spot) }.map(\.name)
    }

    /// Reads a header from text.
    public init(
        source: String,
        file: String,
        abi: ABI = .x86_64Linux,
        packing: Packing = .asWritten,
        limits: HeaderLimits = HeaderLimits(),
        loader: @escaping (IncludeRequest) -> HeaderSource? = { _ in nil }
    ) throws(HeaderError) {
        try self.init(
            HeaderSource(file: file, text: source),
            abi: abi,
            packing: packing,
            limits: limits,
            loader: loader
        )
    }
}

extension Preprocessor {
    /// The macros that are constants, and the values of enums, as they stand in the files.
    mutating func constants(_ parser: Parser) throws(Fault) -> [CHeader.Constant] {
        var found: [(spot: Spot, constant: CHeader.Constant)] = []
        for entry in parser.types.constantOrder where !table.isBuiltIn(entry.spot) {
            guard let value = parser.types.constants[entry.name]?.value else { continue }
            found.append((entry.spot, CHeader.Constant(name: entry.name, value: .integer(value))))
        }
        for name in macroOrder {
            guard let macro = macros[name], macro.parameters == nil, !macro.body.isEmpty,
                !table.isBuiltIn(macro.spot)
            else { continue }
            do throws(Fault) {
                guard let value = try value(of: macro, parser) else { continue }
                found.append((macro.spot, CHeader.Constant(name: name, value: value)))
            } catch {
                active = []
                nesting = 0
                if case .tooMuch(.steps, _) = error.reason { throw error }
            }
        }
        found.sort { ($0.spot.file, $0.spot.offset) < ($1.spot.file, $1.spot.offset) }
        return found.map(\.constant)
    }

    private mutating func value(of macro: Macro, _ known: Parser) throws(Fault) -> CHeader.Constant.Value? {
        var parser = Parser(try expand(macro.body), abi: abi, budget: budget)
        parser.types = known.types
        parser.fallback = known.fallback
        parser.hintsLeft = 0
        defer { budget = parser.budget }
        if parser.token.kind == .string {
            let bytes = try parser.stringLiteral()
            return parser.token.kind == .end ? .text(String(decoding: bytes, as: UTF8.self)) : nil
        }
        let value = try parser.expression().value
        return parser.token.kind == .end ? .integer(value) : nil
    }
}
