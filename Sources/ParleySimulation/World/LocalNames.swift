internal import ParleyTypes

/// The names of Unix sockets by number: what ``Place`` has of them.
struct LocalNames {
    private var names: [UnixAddress] = []
    private var numbers: [UnixAddress: UInt64] = [:]
    private var lastUnnamed: UInt64 = 0
    private var lastChosen = 0

    /// Every unnamed socket is one of its own.
    private static let unnamed: UInt64 = 1 << 63

    mutating func place(of address: UnixAddress) -> Place {
        if case .unnamed = address {
            lastUnnamed += 1
            return Place(local: Self.unnamed | lastUnnamed)
        }
        if let number = numbers[address] { return Place(local: number) }
        let number = UInt64(names.count)
        names.append(address)
        numbers[address] = number
        return Place(local: number)
    }

    /// An abstract name that nobody has had, as Linux chooses them: five hexadecimal digits.
    mutating func choose() -> Place {
        lastChosen += 1
        let digits = String(lastChosen, radix: 16)
        let name = String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
        return place(of: .abstract(Array(name.utf8)))
    }

    func address(of place: Place) -> UnixAddress {
        place.low & Self.unnamed == 0 ? names[Int(place.low)] : .unnamed
    }
}
