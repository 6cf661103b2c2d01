/// An option that getsockopt(2) reads or setsockopt(2) sets: its names, what its value may be, what is known
/// of it. A value without any system call behind it.
///
/// ``all`` is the catalogue. `parley options` prints it, with what the kernel says at the moment.
public struct SocketOption: Sendable {
    /// As C writes it: `SO_RCVBUF`.
    public let name: String
    /// The number within its level, as most machines of Linux have it (asm-generic/socket.h).
    public let number: Int32
    public let level: Level
    /// What stands for it in a URL's query: `rcvbuf`. ``name`` does too.
    public let key: String
    /// The property or method of `Socket` that speaks of it: `receiveBufferBytes`, `attach(_:)`.
    public let property: String
    public let form: Form
    public let access: Access
    /// The kinds of sockets that have it.
    public let kinds: [Kind]
    /// What a fresh socket has; the first that fits a kind counts.
    public let initial: [Initial]
    /// The settings of the system that bound it or decide what it does, as in `net.core.rmem_max`.
    public let bounds: [String]
    /// What it means, one sentence.
    public let summary: String
    /// What else it changes, and when it must be set.
    public let effects: [String]
    /// The kinds that take it without any effect.
    public let idle: [Idle]
    /// What setting it asks for; nil: nothing.
    public let right: Right?
    /// The release of Linux that brought it; nil: before 4.18.
    public let since: String?
    /// The option that means the same for IPv6: by ``key`` both are set on an IPv6 socket.
    public let twin: String?

    init(
        _ name: String,
        _ number: Int32,
        _ level: Level,
        key: String,
        property: String,
        _ form: Form,
        _ access: Access = .readWrite,
        kinds: [Kind],
        initial: [Initial] = [],
        bounds: [String] = [],
        _ summary: String,
        effects: [String] = [],
        idle: [Idle] = [],
        right: Right? = nil,
        since: String? = nil,
        twin: String? = nil
    ) {
        self.name = name
        self.number = number
        self.level = level
        self.key = key
        self.property = property
        self.form = form
        self.access = access
        self.kinds = kinds
        self.initial = initial
        self.bounds = bounds
        self.summary = summary
        self.effects = effects
        self.idle = idle
        self.right = right
        self.since = since
        self.twin = twin
    }

    /// Which of the two calls know it.
    public enum Access: String, Sendable, Hashable {
        case readWrite, readOnly, writeOnly
    }

    /// What a fresh socket has.
    public enum Initial: Sendable, Hashable {
        case value(String)
        /// What a setting of the system says: the number of this place, of several.
        case sysctl(String, field: Int = 0)
        /// A value that this setting may change.
        case sysctlBased(String, String)
        /// No fixed value, and what decides it.
        case varies(String)
        /// Of these kinds alone.
        indirect case of([Kind], Initial)
    }

    /// Kinds that take the option without any effect, and why.
    public struct Idle: Sendable, Hashable {
        public let kinds: [Kind]
        public let reason: String

        init(_ kinds: [Kind], _ reason: String) {
            self.kinds = kinds
            self.reason = reason
        }
    }

    /// A capability that setting an option needs.
    public struct Right: Sendable, Hashable {
        /// `CAP_NET_ADMIN`, `CAP_NET_ADMIN or CAP_NET_RAW`.
        public let capability: String
        /// For which values; nil: for all.
        public let when: String?

        init(_ capability: String, when: String? = nil) {
            self.capability = capability
            self.when = when
        }
    }

    /// What a fresh socket of a kind has; nil where nothing can be read.
    public func initial(of kind: Kind) -> Initial? {
        for item in initial {
            guard case .of(let kinds, let inner) = item else { return item }
            if kinds.contains(kind) { return inner }
        }
        return nil
    }

    /// Why the option has no effect on sockets of a kind; nil where it has one.
    public func idleReason(of kind: Kind) -> String? {
        idle.first { $0.kinds.contains(kind) }?.reason
    }

    /// Whether a URL may set it.
    public var isSettable: Bool {
        if case .structure = form { return false }
        return access != .readOnly
    }
}

extension SocketOption: Hashable, CustomStringConvertible {
    public static func == (a: SocketOption, b: SocketOption) -> Bool { a.name == b.name }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    public var description: String { name }
}
