package import ParleyTypes

/// Text that is written once and sent often, as ``MessageSeries`` is: `hello {n}`.
package struct TextSeries: Sendable {
    private let pieces: [SeriesPiece]
    package let strangers: [String]

    /// - Throws: ``MessageTextError/unknownTimeUnit(_:field:)``.
    package init(_ text: String) throws(MessageTextError) {
        do throws(SeriesPiece.UnknownUnit) {
            let parsed = try SeriesPiece.parse(text)
            pieces = parsed.pieces
            isPlain = parsed.isPlain
            strangers = parsed.strangers
        } catch {
            throw .unknownTimeUnit(error.placeholder, field: "text")
        }
    }

    /// Whether it is sent as it stands.
    package let isPlain: Bool

    package func text(_ number: UInt64, at time: WallTime) -> [UInt8] {
        Array(pieces.map { $0.text(number, time) }.joined().utf8)
    }
}
