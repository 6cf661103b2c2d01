/// Numbers by inode: open addressing, made for tens of thousands of entries that are written once.
struct InodeTable {
    private var keys: [UInt64] = Array(repeating: 0, count: 64)
    private var values: [Int32] = Array(repeating: -1, count: 64)
    private var count = 0

    /// The value, -1 for none. No socket has inode 0.
    subscript(inode: UInt64) -> Int32 {
        guard inode != 0 else { return -1 }
        return values[slot(of: inode)]
    }

    /// Sets the value unless there is one, which it returns; otherwise -1.
    mutating func setIfAbsent(_ inode: UInt64, _ value: Int32) -> Int32 {
        guard inode != 0 else { return -1 }
        if count * 2 >= keys.count { grow() }
        let slot = slot(of: inode)
        guard values[slot] < 0 else { return values[slot] }
        keys[slot] = inode
        values[slot] = value
        count += 1
        return -1
    }

    private func slot(of inode: UInt64) -> Int {
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: (inode &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while values[slot] >= 0, keys[slot] != inode { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let (oldKeys, oldValues) = (keys, values)
        keys = Array(repeating: 0, count: oldKeys.count * 4)
        values = Array(repeating: -1, count: oldKeys.count * 4)
        for index in oldKeys.indices where oldValues[index] >= 0 {
            let slot = slot(of: oldKeys[index])
            keys[slot] = oldKeys[index]
            values[slot] = oldValues[index]
        }
    }
}
