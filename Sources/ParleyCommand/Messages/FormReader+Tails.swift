import ParleyHeaders
import ParleyText
import ParleyTypes

extension FormReader.Result {
    /// Takes note of which tails belong to the structs, and of why others do not.
    mutating func take(_ tails: [String], of structures: [String], _ header: CHeader) {
        for name in structures {
            usedTails.formUnion((try? header.tails(of: name, among: tails)) ?? [])
            if let last = try? header.lastField(of: name) { ends.append("\(name).\(last)") }
        }
        for tail in tails where !usedTails.contains(tail) {
            let named = CHeader.structure(ofTail: tail)
            guard let name = named ?? structures.first, structures.contains(name),
                named != nil || structures.count == 1
            else { continue }
            do throws(HeaderError) { _ = try header.layout(of: name, tail: tail) } catch {
                tailFailures[tail] = Ending(error)
            }
        }
    }
}

extension FormReader {
    /// Refuses a tail that belongs to no struct: of the messages, of the answers.
    static func requireUse(of tails: [String], in results: [Result]) throws(Ending) {
        guard let unused = tails.first(where: { tail in !results.contains { $0.usedTails.contains(tail) } })
        else {
            return
        }
        let failures = results.compactMap { $0.tailFailures[unused] }
        if let failure = failures.first, results.count == 1 || CHeader.structure(ofTail: unused) != nil {
            throw failure
        }
        let ends = results.flatMap(\.ends)
        let shown = ends.prefix(8).joined(separator: ", ") + (ends.count > 8 ? " …" : "")
        let what =
            CHeader.structure(ofTail: unused) == nil
            ? "no struct here ends in a field of that name" : "no struct here has that name and ends so"
        throw Ending(
            .usage,
            "--tail \(SafeText.line(unused)): \(what)",
            remedy:
                "They end in \(SafeText.line(shown)). Write --tail 'FIELD[COUNT]', or 'STRUCT.FIELD[COUNT]' where "
                + "several end in a field of one name."
        )
    }
}
