import Parley

/// What is sent in numbers, as Benchmarks/c numbers it, and tells whether it came right.
protocol Numbered {
    init(number: UInt32)
    var isRight: Bool { get }
}

extension Score: Numbered {
    private static let someone: CString<13> = "Trans"

    init(number: UInt32) {
        self.init(name: Self.someone, math: number, chinese: 97)
    }

    var isRight: Bool { chinese == 97 }
}

/// The 1200 bytes of Benchmarks/c/block.h.
@WireMessage
struct Block {
    var number: UInt32
    var bytes: Bytes<1196>
}

extension Block: Numbered {
    private static let filler = Bytes<1196>(InlineArray(repeating: 0x5a))

    init(number: UInt32) {
        self.init(number: number, bytes: Self.filler)
    }

    var isRight: Bool { bytes[1195] == 0x5a }
}

/// 1200 bytes without a type: one array, sent again and again.
extension Array: Numbered where Element == UInt8 {
    init(number: UInt32) {
        self = filledBytes
    }

    var isRight: Bool { count == 1200 && self[1199] == 0x5a }
}

private let filledBytes = [UInt8](repeating: 0x5a, count: 1200)
