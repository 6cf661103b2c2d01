import ParleyTypes

/// One line of the truth table.
struct MatrixCase: Sendable, Hashable {
    /// A path: `tcp/time-wait/same/own-user/addr:addr`. `--only` takes it, or its beginning.
    var name: String
    /// What is done, in words.
    var question: String
    /// What the rules say.
    var expected: MatrixOutcome
    /// What the kernel did; nil while it has not been tried.
    var observed: MatrixOutcome?
    /// Why it was not tried.
    var obstacle: String?

    /// Whether the kernel contradicts the rules.
    var isWrong: Bool { observed.map { $0 != expected } ?? false }

    /// Whether a path means this case: it is its name, or names what it is part of.
    static func matches(_ name: String, _ path: String) -> Bool {
        name == path || name.hasPrefix(path.hasSuffix("/") ? path : path + "/")
    }
}

/// Why a case is not tried.
enum MatrixObstacle {
    static let otherUser = "needs root, to be another user"
    static let noIPv6 = "needs IPv6, which this host has switched off"
    static let slow = "needs --slow"
    static let noPrivilegedPorts = "this network has no ports that need a right (ip_unprivileged_port_start)"
}
