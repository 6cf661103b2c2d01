/// Bit fields that share bytes which no other field has, as few as there are.
struct BitSegment {
    private(set) var members: [Member] = []
    private(set) var width = 0

    struct Member {
        var field: Field
        /// Of how many bits.
        var width: Int
        /// The first bit, counted from the segment's.
        var start: Int
    }

    /// The bytes that one number holds.
    static let bytesMax = 16

    var bytes: Int { (width + 7) / 8 }
    var isWide: Bool { bytes > 8 }
    var isFull: Bool { width % 8 == 0 && width > 0 }

    mutating func append(_ field: Field, _ width: Int) {
        members.append(Member(field: field, width: width, start: self.width))
        self.width += width
    }
}

/// A step of a message: a field, or some bit fields at once.
enum Segment {
    case field(Field)
    case bits(BitSegment)
}

extension [Field] {
    /// The fields, with those that share bytes together.
    var segments: [Segment] {
        var segments: [Segment] = []
        for field in self {
            guard let width = field.bits else {
                segments.append(.field(field))
                continue
            }
            if case .bits(var segment)? = segments.last, !segment.isFull {
                segment.append(field, width)
                segments[segments.count - 1] = .bits(segment)
            } else {
                var segment = BitSegment()
                segment.append(field, width)
                segments.append(.bits(segment))
            }
        }
        return segments
    }
}
