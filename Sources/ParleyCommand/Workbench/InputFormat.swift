import ArgumentParser
import ParleyCapture

/// `--from`: what the input of `decode` is.
enum InputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// Text with bytes in it: dumps, digits, arrays.
    case hex
    /// The same, and every line of plain digits is a message.
    case hexLines = "hex-lines"
    /// The bytes themselves.
    case raw
    case pcap, pcapng

    /// What the first bytes of an input look like.
    static func recognized(_ bytes: ArraySlice<UInt8>) -> InputFormat {
        switch CaptureFormat(beginning: bytes) {
        case .pcap: .pcap
        case .pcapng: .pcapng
        case nil: isText(bytes) ? .hex : .raw
        }
    }

    /// Whether bytes are text as people write it: UTF-8 without control characters but blanks and line ends.
    /// A last character may be cut.
    static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
        let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || 0x09...0x0D ~= $0 || $0 == 0x1B }
        return isPlain && (0...3).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
    }

    var isCapture: Bool { self == .pcap || self == .pcapng }
}
