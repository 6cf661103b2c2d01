/// A program of the classic Berkeley Packet Filter: it looks at a packet and says how many of its bytes to
/// keep, 0 for none.
///
/// What it sees begins with the link header on a `.raw` packet socket, with the network header on a
/// `.datagram` one, with the UDP header on a UDP socket.
public struct PacketFilter: Sendable, Hashable {
    public var instructions: [Instruction]

    public init(_ instructions: [Instruction]) {
        self.instructions = instructions
    }

    /// The most instructions that Linux takes (BPF_MAXINSNS).
    public static let instructionsMax = 4096

    /// Eight bytes, in the terms of `struct sock_filter`.
    public struct Instruction: Sendable, Hashable {
        /// What to do: see linux/bpf_common.h.
        public var code: UInt16
        /// How many instructions to skip where a comparison holds.
        public var skipIfTrue: UInt8
        /// How many instructions to skip where it does not.
        public var skipIfFalse: UInt8
        /// The offset, number or mask that the code works with, in host order.
        public var operand: UInt32

        public init(code: UInt16, skipIfTrue: UInt8 = 0, skipIfFalse: UInt8 = 0, operand: UInt32) {
            self.code = code
            self.skipIfTrue = skipIfTrue
            self.skipIfFalse = skipIfFalse
            self.operand = operand
        }

        /// Loads four bytes of the packet; ends with 0 where they are missing. (BPF_LD | BPF_W | BPF_ABS)
        public static func loadWord(at offset: UInt32) -> Instruction {
            Instruction(code: 0x20, operand: offset)
        }

        /// Loads two bytes of the packet. (BPF_LD | BPF_H | BPF_ABS)
        public static func loadHalf(at offset: UInt32) -> Instruction {
            Instruction(code: 0x28, operand: offset)
        }

        /// Loads a byte of the packet. (BPF_LD | BPF_B | BPF_ABS)
        public static func loadByte(at offset: UInt32) -> Instruction {
            Instruction(code: 0x30, operand: offset)
        }

        /// Compares what was loaded. (BPF_JMP | BPF_JEQ | BPF_K)
        public static func ifEqual(_ value: UInt32, skip: UInt8 = 0, elseSkip: UInt8 = 0) -> Instruction {
            Instruction(code: 0x15, skipIfTrue: skip, skipIfFalse: elseSkip, operand: value)
        }

        /// Ends: keeps so many bytes of the packet. (BPF_RET | BPF_K)
        public static func keep(_ byteCount: UInt32) -> Instruction {
            Instruction(code: 0x06, operand: byteCount)
        }
    }

    /// Keeps nothing: to empty a socket's queue before the real filter comes.
    public static let nothing = PacketFilter([.keep(0)])
}

extension PacketFilter {
    /// Reads a program as `tcpdump -ddd` writes it: the count, and four decimal numbers a line. Nil for
    /// anything else.
    public init?(tcpdump text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let first = lines.first, let count = Int(first), count == lines.count - 1, count > 0,
            count <= Self.instructionsMax
        else { return nil }
        let instructions = lines.dropFirst().compactMap { line -> Instruction? in
            let words = line.split(separator: " ")
            guard words.count == 4, let code = UInt16(words[0]), let isTrue = UInt8(words[1]),
                let isFalse = UInt8(words[2]), let operand = UInt32(words[3])
            else { return nil }
            return Instruction(code: code, skipIfTrue: isTrue, skipIfFalse: isFalse, operand: operand)
        }
        guard instructions.count == count else { return nil }
        self.init(instructions)
    }
}
