internal import Glibc

/// The names of users, each asked for once.
public struct UserNames: Sendable {
    private var names: [UInt32: String] = [:]

    public init() {}

    /// The user's name, or the number in digits for one without a name.
    ///
    /// The corresponding C function is `getpwuid_r`.
    public mutating func name(of user: UInt32) -> String {
        if let name = names[user] { return name }
        let name = Self.ask(user) ?? String(user)
        names[user] = name
        return name
    }

    private static func ask(_ user: UInt32) -> String? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var memory = [CChar](repeating: 0, count: 16384)
        return unsafe memory.withUnsafeMutableBufferPointer { memory in
            guard unsafe getpwuid_r(user, &entry, memory.baseAddress!, memory.count, &found) == 0,
                unsafe found != nil, let name = unsafe entry.pw_name
            else { return nil }
            return unsafe String(cString: name)
        }
    }
}
