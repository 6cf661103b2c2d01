extension SocketOption {
    /// What an option's value is: how text becomes the bytes that setsockopt(2) takes, and back.
    public enum Form: Sendable, Hashable {
        /// An `int` of 1 or 0: yes or no.
        case flag
        /// An `int` or a number of 32 bits.
        case number(ClosedRange<Int64>, Unit)
        /// A number of 64 bits.
        case wide(Unit)
        /// An `int` whose values have names.
        case choice([Choice])
        /// A name of at most so many bytes.
        case text(Int)
        /// `struct linger`: whole seconds, or `off`.
        case linger
        /// `struct timeval`: microseconds.
        case time
        /// Two ports, as in `40000-40999`.
        case ports
        case interface(InterfaceForm)
        /// So many numbers of 32 bits, with slashes between them.
        case numbers(Int)
        /// Bytes, as hexadecimal digits.
        case bytes(ClosedRange<Int>)
        /// A structure that has no text: what ``SocketOption/property`` is for.
        case structure(String)
    }

    /// How an option names an interface.
    public enum InterfaceForm: Sendable, Hashable {
        /// By its name.
        case name
        /// By its index.
        case index
        /// By its index with the most significant byte first.
        case networkOrder
        /// By its index in `struct ip_mreqn`; reads as an IPv4 address.
        case group
    }

    /// A value that has a name.
    public struct Choice: Sendable, Hashable {
        public let number: Int32
        public let name: String

        init(_ number: Int32, _ name: String) {
            self.number = number
            self.name = name
        }
    }

    /// What a number counts.
    public enum Unit: String, Sendable, Hashable {
        case none = ""
        case bytes, hops, seconds, milliseconds, microseconds
        case bytesPerSecond = "bytes a second"
    }

    /// What the value may be, as in `1…2147483647 bytes`.
    public var range: String {
        switch form {
        case .flag: "0 or 1"
        case .number(let range, let unit):
            "\(range.lowerBound)…\(range.upperBound)" + (unit == .none ? "" : " \(unit.rawValue)")
        case .wide(let unit): "0…\(UInt64.max)" + (unit == .none ? "" : " \(unit.rawValue)")
        case .choice(let choices): choices.map(\.name).joined(separator: ", ")
        case .text(let most): "a name of up to \(most) bytes"
        case .linger: "0…\(Int32.max) seconds, or off"
        case .time: "0…\(Int64(Int32.max) * 1_000_000) microseconds"
        case .ports: "two ports, as in 40000-40999"
        case .interface(.name): "an interface"
        case .interface: "an interface or its index"
        case .numbers(let count):
            "\(count) numbers, as in " + (1...count).map { "\($0)" }.joined(separator: "/")
        case .bytes(let counts) where counts.count == 1: "\(counts.lowerBound) bytes in hexadecimal digits"
        case .bytes(let counts): "\(counts.lowerBound)…\(counts.upperBound) bytes in hexadecimal digits"
        case .structure(let name): name
        }
    }

    /// What a URL's value must be, for the sentence "… must be".
    var expectation: String {
        switch form {
        case .flag: "1 or 0 (true, false, yes, no, on and off too)"
        case .number(_, .bytes): "a number of bytes, \(range), such as 65536, 64K or 4M"
        case .number(_, .seconds), .number(_, .milliseconds), .number(_, .microseconds), .time:
            "a time, \(range), such as 500ms, 10s or 5m, or the number alone"
        case .number: "a number, \(range)"
        case .choice: "one of \(range), or its number"
        case .interface: "an interface's name or index"
        default: range
        }
    }
}
