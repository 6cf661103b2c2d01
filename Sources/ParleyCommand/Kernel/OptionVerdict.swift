import ParleySockets
import ParleyTypes

/// What the kernel made of a number that an option was set to: some values it changes without a word.
enum OptionVerdict: Hashable {
    case asAsked
    /// A queue: it keeps room for its own records.
    case doubled
    /// A queue that was asked to be smaller than the kernel lets any be.
    case least(Int64)
    /// Less than what was asked for, because a setting of the system allows no more.
    case capped(by: String, at: Int64)
    /// Less than what was asked for, for another reason.
    case less(Int64)
    case other(Int64)

    /// - Returns: nil where one of the texts is no number.
    init?(_ option: SocketOption, asked askedText: String, reads readText: String) {
        guard let asked = Int64(askedText), let reads = Int64(readText) else { return nil }
        // What counts is what a queue of this size reads as.
        let isQueue = Self.queues.contains(option.name)
        let wanted = isQueue ? 2 * asked : asked
        if reads == wanted {
            self = isQueue ? .doubled : .asAsked
        } else if reads > wanted {
            self = isQueue ? .least(reads) : .other(reads)
        } else if asked >= 0, let bound = Self.bound(of: option, at: isQueue ? reads / 2 : reads) {
            self = .capped(by: bound, at: isQueue ? reads / 2 : reads)
        } else {
            self = asked >= 0 ? .less(reads) : .other(reads)
        }
    }

    /// Where the value of an option is read, if not from itself.
    static func reading(_ option: SocketOption) -> SocketOption? {
        option.name.hasSuffix("FORCE") ? SocketOption.find(String(option.name.dropLast(5))) : nil
    }

    private static let queues: Set<String> = ["SO_RCVBUF", "SO_SNDBUF", "SO_RCVBUFFORCE", "SO_SNDBUFFORCE"]

    /// The setting that allows no more than a value. In a network namespace of its own a kernel may not show the
    /// settings of the host, which hold there as well.
    private static func bound(of option: SocketOption, at value: Int64) -> String? {
        option.bounds.first { SystemSetting.text($0) == "\(value)" }
            ?? (queues.contains(option.name) ? option.bounds.first { SystemSetting.text($0) == nil } : nil)
    }

    /// What it means, and what to do for more.
    func sentence(_ option: SocketOption, asked: String) -> String {
        switch self {
        case .asAsked: return "As asked."
        case .doubled: return "The kernel doubles it, to keep room for its own records."
        case .least(let value): return "\(value) is the least that the kernel allows."
        case .capped(let setting, let value):
            var text = "\(setting) = \(value) caps it"
            var force = ""
            if Self.queues.contains(option.name) {
                text += ", and the kernel doubles that for its own records"
                force = ", or set \(option.name)FORCE, which takes CAP_NET_ADMIN"
            }
            return text + ". For more: sysctl -w \(setting)=\(asked)\(force)."
        case .less(let value) where Self.queues.contains(option.name):
            return "\(value) is the most that the kernel allows."
        case .less(let value), .other(let value):
            return option.effects.first { $0.contains("ounded") } ?? "The kernel made \(value) of it."
        }
    }

    /// Whether less is there than was asked for, which nobody would notice.
    var isLess: Bool {
        switch self {
        case .capped, .less: true
        case .asAsked, .doubled, .least, .other: false
        }
    }
}
