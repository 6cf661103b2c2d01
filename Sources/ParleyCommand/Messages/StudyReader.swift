import ParleyHeaders
import ParleyText
import ParleyTypes
import ParleyWire

/// Reads what `layout` names: structs of a header on several machines, or a spelled layout.
struct StudyReader {
    /// `x86-64,avr`, or `all`.
    var abis: String?
    var tails: [String] = []
    var includeFolders: [String] = []
    var takesAll = false

    /// What is to be drawn, and the structs of `--all` that cannot be.
    struct Drawings {
        var drawings: [StructureDrawing] = []
        var lost: [String] = []
    }

    func drawings(of text: String, columns: Int, _ console: Console) throws(Ending) -> Drawings {
        guard let (path, structure) = FormReader.headerAndStruct(text) else {
            return Drawings(drawings: [try spelled(text, columns)])
        }
        try Self.requireOneStruct(structure, path)
        let chosen = try chosenABIs()
        let study = try study(path, chosen)
        for failure in study.failures { console.remark("not on \(failure.abi.name): \(failure.error)") }
        for assertion in study.header.failedAssertions { console.remark(assertion) }
        remark(study.readings.map(\.asWritten), console)
        let others = abis == nil ? try? self.study(path, ABI.all, isPackedToo: false) : nil
        var result = Drawings()
        let names = try names(structure, study.header)
        try requireUse(of: names, study.header)
        for name in names {
            do throws(HeaderError) {
                let drawing = try drawing(of: name, study, others, columns)
                // A tag and its typedef are one struct.
                let isKnown = result.drawings.contains {
                    $0.comparison.plans == drawing.comparison.plans
                        && $0.comparison.location == drawing.comparison.location
                }
                if !isKnown { result.drawings.append(drawing) }
            } catch {
                // Asked for all, one that cannot be laid out does not hide the others.
                guard takesAll, structure == nil else { throw Ending(error) }
                console.remark("\(name): \(error)")
                result.lost.append(name)
            }
        }
        return result
    }

    private func requireUse(of names: [String], _ header: CHeader) throws(Ending) {
        var result = FormReader.Result(form: .raw)
        result.take(tails, of: names, header)
        try FormReader.requireUse(of: tails, in: [result])
    }

    private func drawing(
        of name: String,
        _ study: HeaderStudy,
        _ others: HeaderStudy?,
        _ columns: Int
    ) throws(HeaderError) -> StructureDrawing {
        let comparison = try study.comparison(of: name)
        let asWritten = comparison.plans.filter { $0.packing == .asWritten }
        var notes: [String] = []
        if let typed = comparison.typedOrders { notes.append(typed) }
        if let others = try? others?.comparison(of: name),
            let note = others.elsewhere(than: asWritten[0].machine.name)
        {
            notes.append(note)
        }
        return StructureDrawing(
            comparison,
            copies: comparison.copies,
            rooms: try study.rooms(of: name, tail: try study.header.tail(of: name, among: tails)),
            notes: notes,
            columns: columns
        )
    }

    /// The header that `text` names against an older one, on the first machine.
    func difference(
        of text: String,
        since old: String,
        _ console: Console
    ) throws(Ending) -> (difference: HeaderDifference, files: (old: String, new: String)) {
        guard let (path, structure) = FormReader.headerAndStruct(text) else {
            throw Ending(
                .usage,
                "--diff compares two headers",
                remedy: "Name the new one as FILE.h or FILE.h:STRUCT."
            )
        }
        guard tails.isEmpty else {
            throw Ending(
                .usage,
                "--tail means nothing to --diff",
                remedy: "Leave it out: tails are compared by place."
            )
        }
        let older = FormReader.headerAndStruct(old) ?? (path: old, structure: nil)
        try Self.requireOneStruct(structure, path)
        try Self.requireOneStruct(older.structure, older.path)
        guard older.structure == nil || structure != nil else {
            throw Ending(
                .usage,
                "--diff names a struct of the old header, and none of the new one is named",
                remedy: "Name both, or write --diff \(SafeText.line(older.path))."
            )
        }
        let new = try oneHeader(path, console)
        let before = try oneHeader(older.path, console)
        let difference = try Self.difference(before, new, structure, older.structure)
        return (difference, (older.path, path))
    }

    /// The header as the first machine reads it.
    private func oneHeader(_ path: String, _ console: Console) throws(Ending) -> CHeader {
        let header = try study(path, [try chosenABIs()[0]], isPackedToo: false).header
        remark([header], console)
        return header
    }

    private static func difference(
        _ old: CHeader,
        _ new: CHeader,
        _ structure: String?,
        _ oldStructure: String?
    ) throws(Ending) -> HeaderDifference {
        do throws(HeaderError) {
            return try HeaderDifference(old: old, new: new, struct: structure, oldStruct: oldStructure)
        } catch {
            throw Ending(error)
        }
    }

    /// What is to be known of a header as a whole is seen in no drawing: files that were not read, attributes
    /// and pragmas that have no effect. Said once, whichever machines it is true of.
    private func remark(_ headers: [CHeader], _ console: Console) {
        var seen: Set<String> = []
        for text in headers.flatMap(\.remarks).map(\.description) where seen.insert(text).inserted {
            console.remark(text)
        }
    }

    private func study(
        _ path: String,
        _ abis: [ABI],
        isPackedToo: Bool = true
    ) throws(Ending) -> HeaderStudy {
        let source = HeaderSource(file: path, bytes: try Files.read(path))
        let folders = includeFolders
        do throws(HeaderError) {
            return try HeaderStudy(source, abis: abis, isPackedToo: isPackedToo) {
                FormReader.load($0, folders)
            }
        } catch {
            throw Ending(error)
        }
    }

    /// A field that tells several structs apart is nothing to draw.
    private static func requireOneStruct(_ name: String?, _ path: String) throws(Ending) {
        guard let name, MessageChoice.isSpelled(name) else { return }
        throw Ending(
            .usage,
            "\(SafeText.line(name)) is several structs, which only --emit takes",
            remedy: "Name one, \(SafeText.line(path)):STRUCT, or take every struct: "
                + "\(SafeText.line(path)) --all"
        )
    }

    private func names(_ structure: String?, _ header: CHeader) throws(Ending) -> [String] {
        if let structure { return [structure] }
        if header.structs.isEmpty, let problem = header.problems.first { throw Ending(problem) }
        if header.structs.count == 1 || takesAll && !header.structs.isEmpty { return header.structs }
        let names = header.structs.joined(separator: ", ")
        throw Ending(
            .usage,
            "\(header.file) has " + (names.isEmpty ? "no struct" : "several structs: \(names)"),
            remedy: header.structs.first.map { "Name one, \(header.file):\($0), or take them all: --all" }
        )
    }

    private func chosenABIs() throws(Ending) -> [ABI] {
        guard let abis else { return [.x86_64Linux] }
        if abis == "all" { return ABI.all }
        var chosen: [ABI] = []
        for name in abis.split(separator: ",") {
            guard let abi = ABI.all.first(where: { $0.name == name }) else {
                throw Ending(
                    .usage,
                    "--abi \(SafeText.line(String(name))) is not known",
                    remedy: Nearest.hint(
                        for: String(name),
                        among: ABI.all.map(\.name) + ["all"],
                        listedBy: "parley layout --help"
                    )
                )
            }
            if !chosen.contains(abi) { chosen.append(abi) }
        }
        guard !chosen.isEmpty else {
            throw Ending(.usage, "--abi names no machine", remedy: "For example --abi x86-64,avr")
        }
        return chosen
    }

    // MARK: Spelled layouts

    private func spelled(_ text: String, _ columns: Int) throws(Ending) -> StructureDrawing {
        for (option, isNamed) in [("--abi", abis != nil), ("--all", takesAll), ("--tail", !tails.isEmpty)]
        where isNamed {
            throw Ending(
                .usage,
                "\(option) belongs to a header",
                remedy: "A spelled layout is packed: leave it out."
            )
        }
        let layout: MessageLayout
        do throws(HeaderError) {
            layout = try MessageLayout(spelled: text)
        } catch {
            guard text.contains(where: { $0 == ":" || $0 == " " }) else {
                throw Ending(
                    .usage,
                    "\(SafeText.line(text)) is neither a header nor a layout",
                    remedy: "Write FILE.h:STRUCT, or a layout such as 'name:char[13] math:u32'."
                )
            }
            var ending = Ending(error)
            ending.code = ExitStatus.usage.rawValue
            throw ending
        }
        return StructureDrawing(
            StructureComparison(name: layout.name, plans: [StructurePlan(layout)]),
            rooms: TailRoom(layout).map { [$0] } ?? [],
            columns: columns
        )
    }
}
