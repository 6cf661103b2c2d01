internal import ParleyTypes
import ParleyWire

extension CHeader {
    /// Those of the tails named that belong to a struct: `text[n]` belongs to every struct whose last field is `text`,
    /// `say.text[n]` to the struct `say`.
    ///
    /// - Returns: as they were named, for ``layout(of:byteOrder:tail:)``; more than one where they contradict each
    ///   other.
    /// - Throws: ``HeaderError`` when there is no such struct.
    public func tails(of name: String, among words: [String]) throws(HeaderError) -> [String] {
        let (_, plain) = try record(name)
        let last = try lastField(of: name)
        var found: [String] = []
        for word in words where !found.contains(word) {
            let tail = TailWord(word)
            guard tail.name == last, tail.structure == nil || tail.structure == plain else { continue }
            found.append(word)
        }
        return found
    }

    /// The struct that a tail is named of: `say` in `say.text[n]`.
    public static func structure(ofTail word: String) -> String? { TailWord(word).structure }

    /// The name of a struct's last field, of those that have a name.
    public func lastField(of name: String) throws(HeaderError) -> String? {
        let (index, _) = try record(name)
        var builder = LayoutBuilder(parser: parser, byteOrder: .big)
        do throws(Fault) {
            return try builder.memberNames(of: index).last
        } catch {
            throw table.error(error)
        }
    }

    /// The tail of a struct among those named, nil when none belongs to it.
    ///
    /// - Throws: ``HeaderError/Reason/tailsDiffer(_:structure:)`` when there are two.
    public func tail(of name: String, among words: [String]) throws(HeaderError) -> String? {
        let found = try tails(of: name, among: words)
        guard found.count < 2 else {
            throw HeaderError(.tailsDiffer(found, structure: name), at: SourceLocation(file: file))
        }
        return found.first
    }
}
