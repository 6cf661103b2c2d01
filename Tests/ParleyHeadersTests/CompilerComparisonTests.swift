import Foundation
import ParleyHeaders
import ParleyWire
import Testing

/// What C compilers say about random structs is the truth.
@Suite struct CompilerComparisonTests {
    static let count = 400
    /// More seeds for a longer run: PARLEY_HEADER_SEEDS=100.
    static let seeds =
        1...(ProcessInfo.processInfo.environment["PARLEY_HEADER_SEEDS"].flatMap(UInt64.init) ?? 2)

    @Test(arguments: ["gcc", "clang"])
    func everySizeAndOffsetIsTheCompilers(_ compiler: String) throws {
        guard let path = Self.find(compiler) else {
            print("skipped: no \(compiler) on this machine to compare with")
            return
        }
        for seed in Self.seeds {
            let random = RandomHeader(seed: seed, count: Self.count)
            let truth = try Self.ask(path, about: random)
            let ours = try Self.measure(random)
            #expect(truth.count == ours.count && truth.count > Self.count * 3)
            let differences = zip(truth, ours).filter { $0 != $1 }
            #expect(differences.isEmpty, "seed \(seed): \(differences.prefix(10))")
        }
    }

    @Test func layoutsHaveTheOffsetsOfTheirStructs() throws {
        var compared = 0
        for seed in UInt64(1)...2 {
            let random = RandomHeader(seed: seed, count: Self.count)
            let header = try CHeader(source: random.text, file: "random.h")
            for entry in random.structs {
                let structure = try header.structure(entry.name)
                // Unions, pointers and long double are refused, with their place.
                let layout: MessageLayout
                do throws(HeaderError) {
                    layout = try header.layout(of: entry.name)
                } catch {
                    #expect(error.location.line > 0)
                    continue
                }
                compared += 1
                for field in layout.fields where field.role != .padding {
                    let member = try #require(structure.members.first { $0.name == field.name })
                    #expect(field.offset == member.offset)
                    #expect(field.type.sizeMinimum == member.size)
                }
                if layout.tail == nil { #expect(layout.sizeMinimum == structure.size, "\(entry.name)") }
            }
        }
        #expect(compared > 300)
    }

    /// One line for each struct and each member.
    private static func measure(_ random: RandomHeader) throws -> [String] {
        let header = try CHeader(source: random.text, file: "random.h")
        #expect(header.problems.isEmpty, "\(header.problems.first?.rendered ?? "")")
        var lines: [String] = []
        for entry in random.structs {
            let structure = try header.structure(entry.name)
            lines.append("\(entry.name) \(structure.size) \(structure.alignment)")
            for name in entry.members {
                let member = structure.members.first { $0.name == name }
                lines.append("\(entry.name).\(name) \(member?.offset ?? -1)")
            }
        }
        return lines
    }

    private static func ask(_ compiler: String, about random: RandomHeader) throws -> [String] {
        var source = "#include <stdio.h>\n\(random.text)int main(void) {\n"
        for entry in random.structs {
            source +=
                "printf(\"\(entry.name) %zu %zu\\n\", sizeof(\(entry.name)), _Alignof(\(entry.name)));\n"
            for member in entry.members {
                source += "printf(\"\(entry.name).\(member) %zu\\n\", offsetof(\(entry.name), \(member)));\n"
            }
        }
        source += "return 0; }\n"
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "parley-headers-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "random.c")
        let program = folder.appending(path: "random")
        try Data(source.utf8).write(to: file)
        _ = try run(compiler, ["-std=gnu17", "-w", "-O0", file.path, "-o", program.path])
        return try run(program.path, []).split(separator: "\n").map(String.init)
    }

    private static func run(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        #expect(process.terminationStatus == 0, "\(text.prefix(2_000))")
        return text
    }

    private static func find(_ program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
