import Foundation
import ParleyHeaders
import ParleyWire
import Testing

/// What C compilers say about random structs is the truth.
///
/// A run of a few seconds; `scripts/abi-proof` makes the large one through the environment.
@Suite struct CompilerComparisonTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// Headers for each compiler, of `batch` structs each.
    static let seeds = 1...(environment["PARLEY_ABI_SEEDS"].flatMap(UInt64.init) ?? 1)
    static let batch = environment["PARLEY_ABI_SEEDS"] == nil ? 40 : 200
    /// The one ABI that is looked at.
    static let only = environment["PARLEY_ABI"]

    @Test(arguments: Judge.first + Judge.second)
    func everySizeOffsetAndBitIsTheCompilers(_ judge: Judge) throws {
        if let only = Self.only, only != judge.abi.name { return }
        guard Judge.find(judge.command[0]) != nil else {
            let isNeeded = Self.environment["CI"] != nil && judge.command[0] == "gcc"
            #expect(!isNeeded, "gcc is what everything is compared with")
            print("skipped: \(judge.abi.name): there is no \(judge.command[0]) on this machine")
            return
        }
        let proof = try ABIProof(judge, seeds: Self.seeds, count: Self.batch)
        #expect(proof.bitFields > proof.structs / 2 && proof.members > proof.structs)
        #expect(proof.differences.isEmpty, "\(proof.differences.prefix(10).joined(separator: "\n"))")
        if Self.environment["PARLEY_ABI_SEEDS"] != nil {
            print(
                "proof|\(judge.abi.name)|\(judge)|\(proof.structs)|\(proof.members)|\(proof.bitFields)"
                    + "|\(proof.differences.count)"
            )
        }
    }

    @Test func everyABIHasAJudge() {
        #expect(Set(Judge.first.map(\.abi.name)) == Set(ABI.all.map(\.name)))
        #expect(Set(ABI.all.map(\.name)).count == 12)
    }

    @Test func layoutsHaveTheOffsetsOfTheirStructs() throws {
        var compared = 0
        var bits = 0
        for abi in ABI.all {
            let random = RandomHeader(seed: 3, count: 150)
            let header = try CHeader(source: random.text, file: "random.h", abi: abi)
            #expect(header.problems.isEmpty, "\(abi.name): \(header.problems.first?.rendered ?? "")")
            for entry in random.structs {
                let structure = try header.structure(entry.name)
                // Pointers and long double are refused, with their place.
                let layout: MessageLayout
                do throws(HeaderError) {
                    layout = try header.layout(of: entry.name)
                } catch {
                    #expect(error.location.line > 0)
                    continue
                }
                compared += 1
                for field in layout.fields where field.role != .padding && !field.name.hasPrefix("union") {
                    let member = try #require(structure.members.first { $0.name == field.name })
                    #expect(field.offset == member.offset)
                    if case .bits(let type) = field.type {
                        bits += 1
                        #expect(8 * field.offset + type.firstBit == member.bits?.offset)
                        #expect(type.order == member.bits?.order && type.width == member.bits?.width)
                    } else {
                        #expect(field.type.sizeMinimum == member.size)
                    }
                }
                if layout.tail == nil { #expect(layout.sizeMinimum == structure.size, "\(entry.name)") }
            }
        }
        #expect(compared > 500 && bits > 300, "\(compared) \(bits)")
    }
}
