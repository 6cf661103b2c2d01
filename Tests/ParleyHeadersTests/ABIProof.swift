import Foundation
import ParleyHeaders
import ParleyWire

/// What came out of comparing random structs with a compiler.
struct ABIProof {
    var structs = 0
    var members = 0
    var bitFields = 0
    /// What Parley and the compiler say of the same line, with the seed.
    var differences: [String] = []

    /// Compares `batches` headers of `count` structs each.
    init(_ judge: Judge, seeds: ClosedRange<UInt64>, count: Int) throws {
        for seed in seeds {
            let random = RandomHeader(seed: seed, count: count, features: judge.features)
            let truth = try judge.verdict(on: random)
            let ours = try Self.measure(random, judge)
            structs += random.structs.count
            members += random.structs.reduce(0) { $0 + $1.members.count }
            bitFields += random.structs.reduce(0) { $0 + $1.bitFields.count }
            guard truth.count == ours.count else {
                differences.append("seed \(seed): \(truth.count) lines against \(ours.count)")
                continue
            }
            if truth != ours {
                let file = "\(NSTemporaryDirectory())/parley-\(judge.abi.name)-\(judge.command[0])-\(seed).h"
                try Data(random.text.utf8).write(to: URL(filePath: file))
                print("the header of seed \(seed) is kept as \(file)")
            }
            for (theirs, own) in zip(truth, ours) where theirs != own {
                differences.append("seed \(seed): \(judge) says \(theirs), Parley \(own)")
            }
        }
    }

    /// Parley's lines, in the form of the judge's.
    private static func measure(_ random: RandomHeader, _ judge: Judge) throws -> [String] {
        let header = try CHeader(source: random.text, file: "random.h", abi: judge.abi)
        if let problem = header.problems.first {
            throw Judge.Failure(text: problem.rendered)
        }
        var lines: [String] = []
        for entry in random.structs {
            let structure = try header.structure(entry.name)
            lines.append("\(entry.name) \(structure.size) \(structure.alignment)")
            var members: [String: CStructure.Member] = [:]
            for member in structure.members { members[member.name] = member }
            if judge.method == .dump {
                for case let name? in entry.direct {
                    let bit = members[name].map { $0.bits?.offset ?? $0.offset * 8 } ?? -1
                    lines.append("\(entry.name).\(name) bit \(bit)")
                }
                continue
            }
            for name in entry.members { lines.append("\(entry.name).\(name) \(members[name]?.offset ?? -1)") }
            for name in entry.bitFields {
                let bits = members[name]?.bits.map { bytes($0, of: structure.size) }
                lines.append("\(entry.name).\(name) \(bits ?? "missing")")
            }
        }
        return lines
    }

    /// The bytes of a struct in which only these bits are set.
    private static func bytes(_ bits: CStructure.Bits, of size: Int) -> String {
        var bytes = [UInt8](repeating: 0, count: size)
        for bit in bits.offset..<bits.offset + bits.width where bit / 8 < size {
            bytes[bit / 8] |= bits.order == .little ? 1 << (bit % 8) : 0x80 >> (bit % 8)
        }
        return Judge.bits(bytes)
    }
}
