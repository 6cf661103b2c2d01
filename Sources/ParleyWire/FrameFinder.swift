/// What finds the ends of messages that say themselves where they end. A class, so that looking at a message goes
/// through no existential.
@usableFromInline
class FrameFinder: @unchecked Sendable, Hashable {
    /// Where the first message ends, or nil when more bytes are needed: `progress.needed` at least.
    func end(
        in bytes: RawSpan,
        maximum: Int,
        progress: inout Framing.Progress
    ) throws(FramingError) -> Int? {
        preconditionFailure("the subclass finds the end")
    }

    func isEqual(to other: FrameFinder) -> Bool { false }

    @usableFromInline
    func hash(into hasher: inout Hasher) {}

    @usableFromInline
    static func == (one: FrameFinder, other: FrameFinder) -> Bool { one === other || one.isEqual(to: other) }
}

/// What somebody has written by hand, asked and checked.
final class HandWrittenFinder<Cutter: FrameCutter>: FrameFinder, @unchecked Sendable {
    private let cutter: Cutter

    init(_ cutter: Cutter) { self.cutter = cutter }

    override func end(
        in bytes: RawSpan,
        maximum: Int,
        progress: inout Framing.Progress
    ) throws(FramingError) -> Int? {
        let count = bytes.byteCount
        // A length that was said once is not asked for again.
        if progress.position == 0 {
            switch try cutter.cut(bytes, after: progress.searched) {
            case .more(let more):
                let (needed, overflow) = count.addingReportingOverflow(max(1, more))
                try check(overflow ? .max : needed, maximum, bytes)
                progress.searched = count
                progress.needed = needed
                return nil
            case .message(let size):
                try check(size, maximum, bytes)
                guard size > 0 else {
                    throw .endsInHeader(bytes: size, header: 1, beginning: FramingError.beginning(of: bytes))
                }
                progress.position = size
            }
        }
        progress.needed = progress.position
        return progress.position <= count ? progress.position : nil
    }

    private func check(_ size: Int, _ maximum: Int, _ bytes: RawSpan) throws(FramingError) {
        guard size > maximum else { return }
        throw .tooLong(bytes: size, maximum: maximum, beginning: FramingError.beginning(of: bytes))
    }

    override func isEqual(to other: FrameFinder) -> Bool {
        (other as? HandWrittenFinder<Cutter>)?.cutter == cutter
    }

    override func hash(into hasher: inout Hasher) { hasher.combine(cutter) }
}
