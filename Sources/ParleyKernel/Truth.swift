/// Yes, no and unknown (nil), for rules whose inputs are not all known. A result is known where no value of the unknown
/// inputs could change it.
enum Truth {
    static func all(_ first: Bool?, _ second: Bool?) -> Bool? {
        if first == false || second == false { return false }
        guard first != nil, second != nil else { return nil }
        return true
    }

    static func any(_ first: Bool?, _ second: Bool?) -> Bool? {
        not(all(not(first), not(second)))
    }

    static func not(_ value: Bool?) -> Bool? { value.map { !$0 } }
}
