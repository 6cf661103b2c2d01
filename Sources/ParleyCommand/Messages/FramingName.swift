import ArgumentParser
import ParleyWire

/// `--framing`: how messages are told apart on a stream.
enum FramingName: String, ExpressibleByArgument, CaseIterable, Sendable {
    case lines, chunks, end
    case length, length1, length2, length4
    case length2le, length4le

    var framing: Framing {
        switch self {
        case .lines: .lines(messageBytesMax: 1 << 20)
        case .chunks: .chunks
        case .end: .untilEnd(messageBytesMax: 64 << 20)
        case .length, .length4: .lengthPrefixed()
        case .length1: .lengthPrefixed(counterBytes: 1)
        case .length2: .lengthPrefixed(counterBytes: 2)
        case .length2le: .lengthPrefixed(counterBytes: 2, order: .little)
        case .length4le: .lengthPrefixed(counterBytes: 4, order: .little)
        }
    }
}
