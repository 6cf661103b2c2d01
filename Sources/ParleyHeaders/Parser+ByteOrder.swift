import ParleyWire

/// Types that say in which order their bytes stand: the kernel's `__be32`, `__le16` and `__sum16`, POSIX's
/// `in_port_t` and `in_addr_t`, and those of others who follow them (`rte_be16_t`, `ovs_be32`, `le64_t`,
/// `uint32_be`). To a compiler they are plain numbers; Sparse checks them.
extension Parser {
    /// The byte order that a typedef of that name says; nil where it says none, or where it names no whole
    /// number of as many bits as the name has.
    static func order(of name: String, _ type: CType, _ abi: ABI) -> ByteOrder? {
        guard let named = namedOrder(name), case .scalar(let scalar) = type, !scalar.isFloating,
            abi.extent(of: scalar).size * 8 == named.bits
        else { return nil }
        return named.order
    }

    private static func namedOrder(_ name: String) -> (order: ByteOrder, bits: Int)? {
        // Most names are none of these, and typedefs are many.
        guard name.utf8.count <= 16 else { return nil }
        switch name {
        case "__sum16", "in_port_t": return (.big, 16)
        case "in_addr_t": return (.big, 32)
        default: break
        }
        var word = name.drop { $0 == "_" }
        if word.hasSuffix("_t") { word = word.dropLast(2) }
        for prefix in ["aligned_", "rte_", "ovs_"] where word.hasPrefix(prefix) {
            word = word.dropFirst(prefix.count)
        }
        for (mark, order) in [("be", ByteOrder.big), ("le", .little)] {
            if word.hasPrefix(mark), let bits = bits(word.dropFirst(2)) { return (order, bits) }
            guard word.hasSuffix(mark) else { continue }
            var number = word.dropLast(2)
            if number.hasSuffix("_") { number = number.dropLast() }
            for sign in ["uint", "int", "u", "s"] where number.hasPrefix(sign) {
                if let bits = bits(number.dropFirst(sign.count)) { return (order, bits) }
            }
        }
        return nil
    }

    private static func bits(_ text: Substring) -> Int? {
        ["16": 16, "32": 32, "64": 64][text]
    }
}
