import ArgumentParser
import ParleyCapture
import ParleyText

/// `--to`: how `encode` writes messages.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// Each field with its bytes.
    case table
    /// Digits, a message a line.
    case hex
    case xxd, hexdump, c
    /// The bytes themselves.
    case raw
    case pcap, pcapng

    /// The format that a file's name ends in; nil when it says none.
    init?(path: String) {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[name.index(after: dot)...] {
        case "pcap", "cap": self = .pcap
        case "pcapng": self = .pcapng
        case "bin", "raw", "dat": self = .raw
        case "hex": self = .hex
        case "c", "h": self = .c
        default: return nil
        }
    }

    var dump: DumpFormat? {
        switch self {
        case .hex: .plain
        case .xxd: .xxd
        case .hexdump: .hexdump
        case .c: .c
        case .table, .raw, .pcap, .pcapng: nil
        }
    }

    var capture: CaptureFormat? {
        switch self {
        case .pcap: .pcap
        case .pcapng: .pcapng
        default: nil
        }
    }
}
