import ArgumentParser
import ParleyWire

/// `--framing`: how messages are told apart on a stream.
enum FramingName: ExpressibleByArgument, Sendable {
    case plain(Plain)
    /// What stands behind `length:`, `terminator:` or `size:`, as it was typed.
    case field(String)
    case terminator(String)
    case size(String)

    enum Plain: String, CaseIterable, Sendable {
        case lines, chunks, end
        case length, length1, length2, length4
        case length2le, length4le
    }

    init?(argument: String) {
        if let plain = Plain(rawValue: argument) {
            self = .plain(plain)
            return
        }
        guard let colon = argument.firstIndex(of: ":") else { return nil }
        let rest = String(argument[argument.index(after: colon)...])
        switch argument[..<colon] {
        case "length": self = .field(rest)
        case "terminator": self = .terminator(rest)
        case "size": self = .size(rest)
        default: return nil
        }
    }

    static var allValueStrings: [String] {
        Plain.allCases.map(\.rawValue) + ["length:", "terminator:", "size:"]
    }

    /// The framing of messages of this form.
    ///
    /// - Throws: a usage error that says what to write instead.
    func framing(of form: Form?) throws(Ending) -> Framing {
        switch self {
        case .plain(let plain): plain.framing
        case .field(let text): try LengthWords(text, form).framing()
        case .terminator(let text): try TerminatorWords(text).framing()
        case .size(let text): try SizeWord(text, form).framing()
        }
    }
}

extension FramingName.Plain {
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
