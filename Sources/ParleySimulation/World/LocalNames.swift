internal import ParleyTypes

/// The names of Unix sockets by number: what ``Place`` has of them. A name is there while a socket has it.
struct LocalNames {
    private var names: [UInt64: UnixAddress] = [:]
    private var numbers: [UnixAddress: UInt64] = [:]
    private var lastNumber: UInt64 = 0
    private var lastChosen = 0

    /// The place of a name, or of a socket without one, of which every one is another.
    mutating func place(of address: UnixAddress) -> Place {
        if let number = numbers[address] { return Place(local: number) }
        lastNumber += 1
        if address != .unnamed {
            names[lastNumber] = address
            numbers[address] = lastNumber
        }
        return Place(local: lastNumber)
    }

    func find(_ address: UnixAddress) -> Place? { numbers[address].map { Place(local: $0) } }

    /// An abstract name that nobody has had, as Linux chooses them: five hexadecimal digits.
    mutating func choose() -> Place {
        lastChosen += 1
        let digits = String(lastChosen, radix: 16)
        let name = String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
        return place(of: .abstract(Array(name.utf8)))
    }

    /// Its socket is gone.
    mutating func remove(_ place: Place) {
        if let name = names.removeValue(forKey: place.low) { numbers[name] = nil }
    }

    func address(of place: Place) -> UnixAddress { names[place.low] ?? .unnamed }
}
