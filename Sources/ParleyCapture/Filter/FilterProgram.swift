/// A program of the classic Berkeley Packet Filter, as numbers: what the kernel takes with SO_ATTACH_FILTER.
public struct FilterProgram: Sendable, Hashable {
    public var instructions: [Instruction]

    /// Eight bytes, in the terms of `struct sock_filter`.
    public struct Instruction: Sendable, Hashable {
        public var code: UInt16
        /// How many instructions to skip where a comparison holds.
        public var skipIfTrue: UInt8
        public var skipIfFalse: UInt8
        public var operand: UInt32

        public init(code: UInt16, skipIfTrue: UInt8 = 0, skipIfFalse: UInt8 = 0, operand: UInt32) {
            self.code = code
            self.skipIfTrue = skipIfTrue
            self.skipIfFalse = skipIfFalse
            self.operand = operand
        }
    }

    /// The most instructions that Linux takes (BPF_MAXINSNS).
    public static let instructionsMax = 4096

    public init(_ instructions: [Instruction]) {
        self.instructions = instructions
    }

    /// What Linux tells a program besides the bytes (`SKF_AD_OFF + …` of linux/filter.h).
    public struct Ancillary: Sendable, Hashable {
        /// SKF_AD_PROTOCOL
        public var etherType: UInt16
        /// SKF_AD_PKTTYPE
        public var direction: UInt8
        /// SKF_AD_IFINDEX
        public var interface: UInt32
        /// Where the network header begins (SKF_NET_OFF).
        public var networkOffset: Int

        public init(etherType: UInt16, direction: UInt8 = 0, interface: UInt32 = 1, networkOffset: Int) {
            self.etherType = etherType
            self.direction = direction
            self.interface = interface
            self.networkOffset = networkOffset
        }
    }

    /// Runs the program as the kernel does.
    ///
    /// - Returns: how many bytes to keep; 0 also where the program looks outside the packet or has an
    ///   instruction that the compiler never makes.
    public func run(_ bytes: [UInt8], _ ancillary: Ancillary? = nil) -> UInt32 {
        var place = 0
        var accumulator: UInt32 = 0
        var index: UInt32 = 0
        // A jump only leads forward, so every step brings the end nearer.
        while place < instructions.count {
            let step = instructions[place]
            place += 1
            switch step.code {
            case Code.loadWord, Code.loadHalf, Code.loadByte:
                let size = step.code == Code.loadWord ? 4 : step.code == Code.loadHalf ? 2 : 1
                guard let value = Self.load(step.operand, size, bytes, ancillary) else { return 0 }
                accumulator = value
            case Code.loadHalfIndexed:
                guard let value = Self.load(step.operand &+ index, 2, bytes, ancillary) else { return 0 }
                accumulator = value
            case Code.loadHeaderLength:
                guard let value = Self.load(step.operand, 1, bytes, ancillary) else { return 0 }
                index = 4 * (value & 0xF)
            case Code.and: accumulator &= step.operand
            case Code.jump: place += Int(step.operand)
            case Code.ifEqual: place += step.skip(accumulator == step.operand)
            case Code.ifGreater: place += step.skip(accumulator > step.operand)
            case Code.ifAtLeast: place += step.skip(accumulator >= step.operand)
            case Code.ifAny: place += step.skip(accumulator & step.operand != 0)
            case Code.keep: return step.operand
            default: return 0
            }
        }
        return 0
    }

    private static func load(_ offset: UInt32, _ size: Int, _ bytes: [UInt8], _ ancillary: Ancillary?)
        -> UInt32?
    {
        var place = Int(Int32(bitPattern: offset))
        if place < 0 {
            guard let ancillary else { return nil }
            switch offset {
            case Special.etherType: return UInt32(ancillary.etherType)
            case Special.direction: return UInt32(ancillary.direction)
            case Special.interface: return ancillary.interface
            default: break
            }
            place += ancillary.networkOffset - Int(Int32(bitPattern: Special.network))
            guard place >= ancillary.networkOffset else { return nil }
        }
        guard place >= 0, place <= bytes.count - size else { return nil }
        return bytes[place..<place + size].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Codes of linux/bpf_common.h.
    enum Code {
        /// BPF_LD | BPF_W | BPF_ABS, and the like.
        static let loadWord: UInt16 = 0x20
        static let loadHalf: UInt16 = 0x28
        static let loadByte: UInt16 = 0x30
        /// BPF_LD | BPF_H | BPF_IND
        static let loadHalfIndexed: UInt16 = 0x48
        /// BPF_LDX | BPF_B | BPF_MSH
        static let loadHeaderLength: UInt16 = 0xB1
        /// BPF_ALU | BPF_AND | BPF_K
        static let and: UInt16 = 0x54
        /// BPF_JMP | BPF_JA
        static let jump: UInt16 = 0x05
        /// BPF_JMP | BPF_JEQ | BPF_K, and the like.
        static let ifEqual: UInt16 = 0x15
        static let ifGreater: UInt16 = 0x25
        static let ifAtLeast: UInt16 = 0x35
        static let ifAny: UInt16 = 0x45
        /// BPF_RET | BPF_K
        static let keep: UInt16 = 0x06
    }

    /// Places that are none of the packet's bytes.
    enum Special {
        /// SKF_AD_OFF + SKF_AD_PROTOCOL
        static let etherType: UInt32 = 0xFFFF_F000
        /// SKF_AD_OFF + SKF_AD_PKTTYPE
        static let direction: UInt32 = 0xFFFF_F004
        /// SKF_AD_OFF + SKF_AD_IFINDEX
        static let interface: UInt32 = 0xFFFF_F008
        /// SKF_NET_OFF: what follows counts from the network header.
        static let network: UInt32 = 0xFFF0_0000
    }
}

extension FilterProgram.Instruction {
    fileprivate func skip(_ isTrue: Bool) -> Int { Int(isTrue ? skipIfTrue : skipIfFalse) }
}
