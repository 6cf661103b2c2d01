internal import ParleyTypes

/// Why an operation failed, as the kernel's own tables show it, and what to do about it.
///
/// Made when it is asked for, by ``ParleyTypes/SocketError/diagnosis()``: what it says was true a moment ago.
public struct Diagnosis: Sendable, Hashable {
    /// What was found, in one sentence or two, each with its full stop.
    public var cause: String
    /// What to do, in one sentence or two.
    public var remedy: String
    /// The sockets in the way, or those that a peer was looked for among; the most important first.
    public var holders: [SocketHolder]
    /// The numbers that the kernel or the system bounds this operation by, as they are now.
    public var limits: [Limit]

    public init(cause: String, remedy: String, holders: [SocketHolder] = [], limits: [Limit] = []) {
        self.cause = SafeText.line(cause)
        self.remedy = SafeText.line(remedy)
        self.holders = holders
        self.limits = limits
    }

    /// A number that bounds something, by the name under which it is set.
    public struct Limit: Sendable, Hashable {
        /// As sysctl(8) or getrlimit(2) names it: `net.core.somaxconn`, `RLIMIT_NOFILE`.
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        /// The number of a sysctl, nil where this kernel has it not.
        init?(_ limit: KernelLimit) {
            guard let text = limit.text else { return nil }
            self.init(
                name: limit.rawValue,
                value: text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            )
        }
    }
}

extension Diagnosis: CustomStringConvertible {
    /// Cause and remedy, as they follow an error's own sentence.
    public var description: String { remedy.isEmpty ? cause : "\(cause) \(remedy)" }
}
