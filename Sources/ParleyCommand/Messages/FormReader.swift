import ParleyHeaders
import ParleyText
import ParleyTypes
import ParleyWire

/// Reads `--as` and what belongs to it.
struct FormReader {
    var spelling: String?
    var byteOrder: ByteOrder?
    /// The ABI by name; named at all, it also answers what the remarks on padding and sizes ask.
    var abi: String?
    var tails: [String] = []
    var textFields: [String] = []
    var bytesFields: [String] = []
    var includeFolders: [String] = []

    struct Result {
        var form: Form
        /// What to know about the layout before relying on it.
        var remarks: [String] = []
        /// The numbers whose types say their byte order, whatever was asked for.
        var typed = TypedOrders()
        /// Those of the tails named that belong to it.
        var usedTails: Set<String> = []
        /// Why others do not, where one struct alone is meant.
        var tailFailures: [String: Ending] = [:]
        /// The last field of each struct: `say.text`.
        var ends: [String] = []
        var layout: MessageLayout? {
            if case .layout(let compiled, _) = form { compiled.layout } else { nil }
        }
    }

    func read() throws(Ending) -> Result {
        guard let spelling else { return try withoutLayout(.automatic) }
        if let keyword = Form.keywords.first(where: { $0.name == spelling }) {
            return try withoutLayout(keyword.form)
        }
        if let (path, structure) = Self.headerAndStruct(spelling) { return try header(path, structure) }
        return try spelled(spelling)
    }

    /// Options that mean something to a layout mean a mistake without one.
    private func withoutLayout(_ form: Form) throws(Ending) -> Result {
        let named: [(String, Bool)] = [
            ("--tail", !tails.isEmpty), ("--text", !textFields.isEmpty), ("--bytes", !bytesFields.isEmpty),
            ("--byte-order", byteOrder != nil), ("--abi", abi != nil),
        ]
        guard let option = named.first(where: \.1)?.0 else { return Result(form: form) }
        throw Ending(
            .usage,
            "\(option) needs a layout",
            remedy: "Name one: --as proto.h:struct_name, or --as 'name:char[13] math:u32'."
        )
    }

    private func result(_ layout: MessageLayout, remarks: [String] = []) throws(Ending) -> Result {
        let policy = TextPolicy(textFields: Set(textFields), bytesFields: Set(bytesFields))
        for name in textFields + bytesFields where !layout.mentions(name) {
            throw Ending(
                .usage,
                "\(layout.name) has no field \(SafeText.line(name))",
                remedy: "Its fields are \(layout.summary)."
            )
        }
        return Result(form: .layout(CompiledLayout(layout), policy), remarks: remarks)
    }

    // MARK: Spelled layouts

    private func spelled(_ text: String) throws(Ending) -> Result {
        guard tails.isEmpty else {
            throw Ending(
                .usage,
                "--tail belongs to a header",
                remedy: "In a spelled layout write the tail as the last field: 'math:u32 name:text'."
            )
        }
        guard abi == nil else {
            throw Ending(
                .usage,
                "--abi belongs to a header",
                remedy: "A spelled layout is packed: leave it out."
            )
        }
        let layout: MessageLayout
        do throws(HeaderError) {
            layout = try MessageLayout(spelled: text, byteOrder: byteOrder ?? .big)
        } catch {
            guard text.contains(where: { $0 == ":" || $0 == " " }) else {
                let names = Form.keywords.map(\.name)
                let near = Nearest.question(for: text, among: names).map { "\($0) " } ?? ""
                throw Ending(
                    .usage,
                    "--as \(SafeText.line(text)) is no layout",
                    remedy:
                        "\(near)Write FILE.h:STRUCT, a layout such as 'name:char[13] math:u32', or one of "
                        + "\(names.joined(separator: ", "))."
                )
            }
            var ending = Ending(error)
            ending.code = ExitStatus.usage.rawValue
            if let word = Self.keyword(leading: text) {
                let advice =
                    "\(word) alone takes messages as they are: --as \(word). A layout says a type behind each name: "
                    + "'\(word):text', 'id:u16 \(word):char[8]'."
                ending.remedy = ending.remedy.map { "\($0). \(advice)" } ?? advice
            }
            throw ending
        }
        return try result(layout)
    }

    /// `text` in `text:hello`, which was meant as the word, perhaps.
    private static func keyword(leading text: String) -> String? {
        let word = text.prefix { $0 != ":" && $0 != "," && $0 != " " }
        return Form.keywords.map(\.name).first { $0 == word }
    }

    // MARK: Headers

    /// `proto.h:msg_st`; `proto.h` alone leaves the struct to the header. Nil when it is written otherwise.
    static func headerAndStruct(_ text: String) -> (path: String, structure: String?)? {
        let endings = [".h", ".hpp", ".hh", ".hxx", ".H"]
        if endings.contains(where: text.hasSuffix), !text.contains(" ") || Files.exists(text) {
            return (text, nil)
        }
        // What follows the brace of a choice may have colons of its own: proto.h:msg{kind:1=hello}.
        let plain = text.prefix { $0 != "{" }
        guard let colon = plain.lastIndex(of: ":") else { return nil }
        let path = String(text[..<colon])
        guard !endings.contains(where: path.hasSuffix), !path.contains("/") else {
            return (path, String(text[text.index(after: colon)...]))
        }
        // A file that happens to be called as a field is: 'text:text' is a layout, './text:text' a struct of a file.
        guard Files.exists(path), (try? MessageLayout(spelled: text)) == nil else { return nil }
        return (path, String(text[text.index(after: colon)...]))
    }

    private func header(_ path: String, _ structure: String?) throws(Ending) -> Result {
        let source = HeaderSource(file: path, bytes: try Files.read(path))
        let folders = includeFolders
        let abi = try chosenABI()
        let header: CHeader
        do throws(HeaderError) { header = try CHeader(source, abi: abi) { Self.load($0, folders) } } catch {
            throw Ending(error)
        }
        let name: String
        if let structure { name = structure } else { name = try onlyStruct(of: header) }
        let reading: Reading
        do throws(HeaderError) { reading = try self.reading(name, of: header) } catch {
            var ending = Ending(error)
            // What is wrong with the spelling of a choice stands in the arguments, not in the header.
            if error.location.file == MessageChoice.locationFile { ending.code = ExitStatus.usage.rawValue }
            throw ending
        }
        var result = try result(
            reading.layout,
            remarks: reading.remarks.filter(isUnanswered).map(\.description) + header.failedAssertions
        )
        result.typed = TypedOrders(reading.layout, reading.turned)
        result.take(tails, of: reading.structures, header)
        return result
    }

    private struct Reading {
        var layout: MessageLayout
        /// In the other byte order.
        var turned: MessageLayout
        var remarks: [HeaderRemark]
        var structures: [String]
    }

    private func reading(_ name: String, of header: CHeader) throws(HeaderError) -> Reading {
        let order = byteOrder ?? .big
        let other: ByteOrder = byteOrder == .little ? .big : .little
        if MessageChoice.isSpelled(name) {
            let choice = try MessageChoice(spelled: name)
            var tails: [String] = []
            // What belongs to none of them may belong to the answers.
            for name in choice.structures { tails += try header.tails(of: name, among: self.tails) }
            return Reading(
                layout: try header.layout(of: choice, byteOrder: order, tails: tails),
                turned: try header.layout(of: choice, byteOrder: other, tails: tails),
                remarks: header.remarks + (try header.remarks(on: choice, tails: tails)),
                structures: choice.structures
            )
        }
        let tail = try header.tail(of: name, among: tails)
        return Reading(
            layout: try header.layout(of: name, byteOrder: order, tail: tail),
            turned: try header.layout(of: name, byteOrder: other, tail: tail),
            remarks: header.remarks + (try header.remarks(on: name, tail: tail)),
            structures: [name]
        )
    }

    private func onlyStruct(of header: CHeader) throws(Ending) -> String {
        if header.structs.count == 1 { return header.structs[0] }
        if header.structs.isEmpty, let problem = header.problems.first { throw Ending(problem) }
        let names = header.structs.joined(separator: ", ")
        throw Ending(
            .usage,
            "\(header.file) has " + (names.isEmpty ? "no struct" : "several structs: \(names)"),
            remedy: header.structs.first.map { "Name one: --as \(header.file):\($0)" }
        )
    }

    private func chosenABI() throws(Ending) -> ABI {
        guard let abi else { return .x86_64Linux }
        if let found = ABI.all.first(where: { $0.name == abi }) { return found }
        throw Ending(
            .usage,
            "--abi \(SafeText.line(abi)) is not known",
            remedy: Nearest.hint(for: abi, among: ABI.all.map(\.name), listedBy: "parley layout --help")
        )
    }

    /// Who names the ABI knows of its padding and sizes.
    private func isUnanswered(_ remark: HeaderRemark) -> Bool {
        guard abi != nil else { return true }
        switch remark.reason {
        case .holes, .sizeDepends, .bitField: return false
        default: return true
        }
    }

    /// How many folders above a header may be the root of what it includes.
    private static let rootsMax = 8

    /// The neighbours of the file that asks, the folders of `-I`, then the folders above it; standard headers
    /// are built in.
    static func load(_ request: IncludeRequest, _ folders: [String]) -> HeaderSource? {
        let folder = request.includingFile.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var places = folders.map { $0 + "/" + request.path }
        if !request.isSystem {
            places.insert(
                folder.isEmpty ? request.path : folder.joined(separator: "/") + "/" + request.path,
                at: 0
            )
        }
        // Headers that belong together ask for each other from the root they share: <linux/if.h> of
        // /usr/include/netinet/ether.h stands in /usr/include.
        if request.isSystem {
            places += (1..<max(1, folder.count)).reversed().prefix(Self.rootsMax).map {
                folder.prefix($0).joined(separator: "/") + "/" + request.path
            }
        }
        if request.path.hasPrefix("/") { places = [request.path] }
        for place in places {
            if Files.isRegular(place), let bytes = try? Files.read(place) {
                return HeaderSource(file: place, bytes: bytes)
            }
        }
        return nil
    }
}

extension CHeader {
    /// What the header itself says is wrong on this machine, though no struct depends on it.
    var failedAssertions: [String] {
        problems.filter { if case .assertionFailed = $0.reason { true } else { false } }.map(\.description)
    }
}

extension MessageLayout {
    /// Whether a field of this layout, or of one inside, has that name or path.
    fileprivate func mentions(_ name: String) -> Bool {
        let first = String(name.prefix { $0 != "." && $0 != "[" })
        return fields.contains { field in
            if field.name == name || field.name == first { return true }
            return field.type.mentions(name)
        } || variants?.cases.contains { $0.name == first || $0.layout.mentions(name) } ?? false
    }

    /// Whether byte order means anything to it.
    var hasByteOrder: Bool {
        fields.contains { $0.type.hasByteOrder }
            || variants.map { $0.tag.bytes > 1 || $0.cases.contains(where: \.layout.hasByteOrder) } ?? false
    }
}

extension FieldType {
    fileprivate func mentions(_ name: String) -> Bool {
        switch self {
        case .message(let layout): layout.mentions(name)
        case .union(let union): union.members.contains { $0.name == name || $0.type.mentions(name) }
        case .array(let element, _): element.mentions(name)
        case .tail(let tail): tail.itemType?.mentions(name) ?? false
        default: false
        }
    }

    fileprivate var hasByteOrder: Bool {
        switch self {
        case .integer(let integer): integer.bytes > 1
        case .float: true
        case .enumeration(let enumeration): enumeration.integer.bytes > 1
        // Bits from a header stand as its machine has them, whatever order numbers are in.
        case .bool, .bits, .text, .bytes: false
        case .union(let union): union.members.contains(where: \.type.hasByteOrder)
        case .array(let element, _): element.hasByteOrder
        case .message(let layout): layout.hasByteOrder
        case .tail(let tail): tail.itemType?.hasByteOrder ?? false
        }
    }
}
