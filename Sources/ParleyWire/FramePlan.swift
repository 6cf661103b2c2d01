/// How the bytes of a layout's messages say themselves where each ends.
///
/// A list of steps, made of the layout once. Looking for a border goes through them and stops where bytes are
/// missing; what it knows then is kept (``Framing/Progress``), so that no byte is looked at twice, however the
/// stream is cut.
final class FramePlan: FrameFinder, @unchecked Sendable {
    private let steps: [Step]

    /// A message, or an item of one.
    fileprivate struct Step: Sendable, Hashable {
        /// The bytes that must have come before the end can be told: all of them where the size is fixed.
        var head = 0
        /// The least bytes it has.
        var least = 0
        var end = End.head
    }

    fileprivate enum End: Sendable, Hashable {
        /// With the head.
        case head
        /// So many times `size` bytes behind the head.
        case behind(Number, size: Int)
        /// So many bytes behind its beginning.
        case total(Number)
        /// With another that begins so many bytes behind its beginning.
        case other(step: Int, offset: Int)
        /// With the last of so many others, the first of which stands behind the head.
        case others(Number?, count: Int, step: Int)
        /// With the one that the tag tells.
        case choice(tag: Number, mask: UInt64, offset: Int, cases: [UInt64: Int])
    }

    /// Where a number lies.
    fileprivate struct Number: Sendable, Hashable {
        var offset: Int
        var place: Place
        /// A negative number counts as more than this.
        var maximum: UInt64

        enum Place: Sendable, Hashable {
            case integer(bytes: Int, isBig: Bool)
            case bits(BitPlace)
        }

        /// - Precondition: the bytes reach beyond it.
        func load(from bytes: RawSpan, at start: Int) -> UInt64 {
            switch place {
            case .integer(let width, let isBig): bytes.bits(at: start + offset, bytes: width, isBig: isBig)
            case .bits(let place): place.load(from: bytes, at: start + offset)
            }
        }
    }

    /// Nil where messages do not determine their own end: a tail without a count, an open union, items that may
    /// be of no byte, a layout that contains itself.
    ///
    /// - Parameter refusingUnknownTags: unions that keep unknown tags are cut as if they did not.
    init?(_ layout: MessageLayout, refusingUnknownTags: Bool = false) {
        var builder = Builder(refusesUnknownTags: refusingUnknownTags)
        guard builder.add(layout) != nil, builder.steps[0].least > 0 else { return nil }
        steps = builder.steps
    }

    override func isEqual(to other: FrameFinder) -> Bool { (other as? FramePlan)?.steps == steps }

    override func hash(into hasher: inout Hasher) { hasher.combine(steps) }

    /// Where the first message ends, or nil when more bytes are needed: `progress.needed` at least.
    ///
    /// - Throws: ``FramingError/tooLong(bytes:maximum:beginning:)``,
    ///   ``FramingError/endsInHeader(bytes:header:beginning:)``, ``FramingError/unknownTag(_:beginning:)``.
    override func end(
        in bytes: RawSpan,
        maximum: Int,
        progress: inout Framing.Progress
    ) throws(FramingError) -> Int? {
        while !progress.isWhole {
            let step = steps[progress.step]
            let head = progress.position + step.head
            try check(UInt64(head), maximum, bytes)
            guard head <= bytes.byteCount else {
                progress.needed = head
                return nil
            }
            guard let end = try self.end(of: step, head: head, in: bytes, maximum, &progress) else {
                continue
            }
            progress.position = end
            progress.next()
        }
        progress.needed = progress.position
        return progress.position <= bytes.byteCount ? progress.position : nil
    }

    /// Where a step ends, or nil when others that end it have been begun.
    private func end(
        of step: Step,
        head: Int,
        in bytes: RawSpan,
        _ maximum: Int,
        _ progress: inout Framing.Progress
    ) throws(FramingError) -> Int? {
        let start = progress.position
        switch step.end {
        case .head:
            return head
        case .behind(let number, let size):
            let count = try load(number, bytes, start)
            let (length, overflow) = count.multipliedReportingOverflow(by: UInt64(size))
            return try sum(head, overflow ? .max : length, maximum, bytes)
        case .total(let number):
            let end = try sum(start, try load(number, bytes, start), maximum, bytes)
            guard end >= head else {
                throw .endsInHeader(
                    bytes: end - start,
                    header: head - start,
                    beginning: FramingError.beginning(of: bytes)
                )
            }
            return end
        case .other(let other, let offset):
            progress.position += offset
            progress.step = other
            return nil
        case .others(let number, let fixed, let other):
            let count = if let number { try load(number, bytes, start) } else { UInt64(fixed) }
            if count == 0 { return head }
            // No item is smaller than this: what cannot fit is refused before the first has come.
            let (least, overflow) = count.multipliedReportingOverflow(by: UInt64(steps[other].least))
            _ = try sum(head, overflow ? .max : least, maximum, bytes)
            progress.position = head
            progress.begin(other, times: Int(count))
            return nil
        case .choice(let number, let mask, let offset, let cases):
            let tag = number.load(from: bytes, at: start) & mask
            guard let other = cases[tag] else {
                throw .unknownTag(tag, beginning: FramingError.beginning(of: bytes))
            }
            progress.position += offset
            progress.step = other
            return nil
        }
    }

    private func load(_ number: Number, _ bytes: RawSpan, _ start: Int) throws(FramingError) -> UInt64 {
        let value = number.load(from: bytes, at: start)
        return value <= number.maximum ? value : .max
    }

    private func sum(_ start: Int, _ count: UInt64, _ maximum: Int, _ bytes: RawSpan)
        throws(FramingError) -> Int
    {
        let (end, overflow) = UInt64(start).addingReportingOverflow(count)
        try check(overflow ? .max : end, maximum, bytes)
        return Int(end)
    }

    private func check(_ end: UInt64, _ maximum: Int, _ bytes: RawSpan) throws(FramingError) {
        guard end > maximum else { return }
        throw .tooLong(
            bytes: Int(clamping: end),
            maximum: maximum,
            beginning: FramingError.beginning(of: bytes)
        )
    }
}

extension FramePlan {
    /// Makes steps of layouts; each answers the number of its step.
    private struct Builder {
        let refusesUnknownTags: Bool
        var steps: [Step] = []

        mutating func add(_ layout: MessageLayout) -> Int? {
            guard !layout.isSelfReference else { return nil }
            let index = steps.count
            steps.append(Step())
            var step = Step()
            if let last = layout.fields.last {
                step.head = last.offset + (last.type.isFixedSize ? last.type.sizeMinimum : 0)
            }
            step.least = layout.sizeMinimum
            if let last = layout.fields.last, !last.type.isFixedSize {
                guard layout.variants == nil, let end = end(last, of: layout) else { return nil }
                step.end = end
            } else if let variants = layout.variants {
                guard add(variants, to: &step) else { return nil }
            }
            steps[index] = step
            return index
        }

        private mutating func add(_ variants: MessageLayout.Variants, to step: inout Step) -> Bool {
            guard !variants.isOpen || refusesUnknownTags else { return false }
            let own = step.head
            var offset = own
            var tagOffset = own
            switch variants.placement {
            case .before: offset += variants.tag.bytes
            case .inside(let distance): tagOffset += distance
            }
            step.head = tagOffset + variants.tagSize
            let place: Number.Place =
                variants.tagBits.map { .bits($0.place) }
                ?? .integer(bytes: variants.tag.bytes, isBig: variants.tag.order == .big)
            var cases: [UInt64: Int] = [:]
            for variant in variants.cases {
                guard let index = add(variant.layout) else { return false }
                let tag = variant.tag & variants.tagMask
                if cases[tag] == nil { cases[tag] = index }
            }
            step.end = .choice(
                tag: Number(offset: tagOffset, place: place, maximum: .max),
                mask: variants.tagMask,
                offset: offset,
                cases: cases
            )
            return true
        }

        /// How the end is found when the last field varies in size.
        private mutating func end(_ last: MessageLayout.Field, of layout: MessageLayout) -> End? {
            switch last.type {
            case .message(let inner):
                return add(inner).map { .other(step: $0, offset: last.offset) }
            case .array(let element, let count):
                return add(item: element).map { .others(nil, count: count, step: $0) }
            case .tail(let tail):
                guard let count = tail.count, let number = number(count.field, of: layout) else { return nil }
                switch count.unit {
                case .bytes: return .behind(number, size: 1)
                case .messageBytes: return .total(number)
                case .items: break
                }
                guard let item = tail.itemType else { return .behind(number, size: 1) }
                guard item.sizeMinimum > 0 else { return nil }
                if item.isFixedSize { return .behind(number, size: item.sizeMinimum) }
                return add(item: item).map { .others(number, count: 0, step: $0) }
            default:
                return nil
            }
        }

        /// An item whose size varies.
        private mutating func add(item: FieldType) -> Int? {
            guard item.sizeMinimum > 0 else { return nil }
            switch item {
            case .message(let layout):
                return add(layout)
            case .array(let element, let count):
                let index = steps.count
                steps.append(Step())
                guard let element = add(item: element) else { return nil }
                steps[index] = Step(
                    least: item.sizeMinimum,
                    end: .others(nil, count: count, step: element)
                )
                return index
            default:
                return nil
            }
        }

        private func number(_ name: String, of layout: MessageLayout) -> Number? {
            guard let field = layout.field(name) else { return nil }
            switch field.type {
            case .integer(let integer):
                return Number(
                    offset: field.offset,
                    place: .integer(bytes: integer.bytes, isBig: integer.order == .big),
                    maximum: integer.maximum
                )
            case .bits(let bits):
                return Number(offset: field.offset, place: .bits(bits.place), maximum: bits.maximum)
            default:
                return nil
            }
        }
    }
}
