import Foundation

/// What this suite needs of an object file: the bytes from a symbol on. ELF of either class and byte order,
/// and COFF, which compilers for Windows write.
struct ObjectFile {
    private let bytes: [UInt8]
    private var isBig = false
    /// Where each symbol's bytes begin.
    private var places: [String: Int] = [:]

    init(contentsOf path: String) throws {
        bytes = Array(try Data(contentsOf: URL(filePath: path)))
        if bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) { readELF() } else { readCOFF() }
    }

    /// `count` bytes from the symbol on.
    func data(of symbol: String, count: Int) -> [UInt8]? {
        guard let place = places[symbol], place + count <= bytes.count else { return nil }
        return Array(bytes[place..<place + count])
    }

    /// `count` numbers of 32 bits from the symbol on, in the machine's byte order.
    func numbers(of symbol: String, count: Int) -> [Int]? {
        guard let place = places[symbol], place + 4 * count <= bytes.count else { return nil }
        return (0..<count).map { number(place + 4 * $0, 4) }
    }

    private func number(_ offset: Int, _ size: Int) -> Int {
        let part = bytes[offset..<offset + size]
        return (isBig ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }

    private func text(_ offset: Int, most: Int = 200) -> String {
        String(decoding: bytes[offset...].prefix(most).prefix { $0 != 0 }, as: UTF8.self)
    }

    private mutating func readELF() {
        isBig = bytes[5] == 2
        let is64 = bytes[4] == 2
        let table = number(is64 ? 0x28 : 0x20, is64 ? 8 : 4)
        let entry = number(is64 ? 0x3A : 0x2E, 2)
        let count = number(is64 ? 0x3C : 0x30, 2)
        /// Type, offset, size, link of a section.
        func section(_ index: Int) -> (type: Int, offset: Int, size: Int, link: Int) {
            let base = table + index * entry
            return is64
                ? (number(base + 4, 4), number(base + 24, 8), number(base + 32, 8), number(base + 40, 4))
                : (number(base + 4, 4), number(base + 16, 4), number(base + 20, 4), number(base + 24, 4))
        }
        for index in 0..<count where section(index).type == 2 {
            let symbols = section(index)
            let names = section(symbols.link).offset
            let size = is64 ? 24 : 16
            for base in stride(from: symbols.offset, to: symbols.offset + symbols.size, by: size) {
                let home = number(base + (is64 ? 6 : 14), 2)
                guard home > 0, home < count else { continue }
                let value = is64 ? number(base + 8, 8) : number(base + 4, 4)
                places[text(names + number(base, 4))] = section(home).offset + value
            }
        }
    }

    private mutating func readCOFF() {
        let symbols = number(8, 4)
        let count = number(12, 4)
        let strings = symbols + 18 * count
        var index = 0
        while index < count {
            let base = symbols + 18 * index
            let home = number(base + 12, 2)
            let name = number(base, 4) == 0 ? text(strings + number(base + 4, 4)) : text(base, most: 8)
            if home > 0, home < 0x8000 {
                let section = 20 + number(16, 2) + 40 * (home - 1)
                places[name] = number(section + 20, 4) + number(base + 8, 4)
            }
            index += 1 + Int(bytes[base + 17])
        }
    }
}
