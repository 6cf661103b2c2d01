import Foundation
import ParleyHeaders

/// A compiler that says how structs lie on one ABI.
struct Judge: Sendable, CustomStringConvertible {
    var abi: ABI
    /// The program and the arguments that choose the machine.
    var command: [String]
    var method: Method
    var features: RandomHeader.Features

    enum Method: Sendable {
        /// Compiles to an object file and reads sizes, offsets and the bits of initialised bit fields there.
        case object
        /// Asks clang for its record layouts, where it has no code generator for the machine.
        case dump
    }

    var description: String { command.joined(separator: " ") }

    /// A line for each size, alignment, offset and set of bits.
    func verdict(on random: RandomHeader) throws -> [String] {
        switch method {
        case .object: try objectVerdict(random)
        case .dump: try dumpVerdict(random)
        }
    }

    // MARK: Objects

    private func objectVerdict(_ random: RandomHeader) throws -> [String] {
        var source = random.text + "#define PARLEY __attribute__((used, section(\".parley\")))\n"
        source += "PARLEY __UINT32_TYPE__ parley_numbers[] = {\n"
        var count = 0
        for entry in random.structs {
            source += "sizeof(\(entry.name)), _Alignof(\(entry.name)),\n"
            for member in entry.members { source += "offsetof(\(entry.name), \(member)),\n" }
            count += 2 + entry.members.count
        }
        source += "};\n"
        for (index, entry) in random.structs.enumerated() {
            for name in entry.bitFields {
                source += "PARLEY \(entry.name) parley_\(index)_\(name) = { .\(name) = -1 };\n"
            }
        }
        let object = try Self.inFolder(source) { file, folder in
            let output = folder.appending(path: "random.o").path
            _ = try Self.run(command + ["-w", "-O0", "-ffreestanding", "-c", file, "-o", output])
            return try ObjectFile(contentsOf: output)
        }
        guard var numbers = object.numbers(of: "parley_numbers", count: count)?[...] else {
            throw Failure(text: "\(self) wrote no numbers")
        }
        var lines: [String] = []
        for (index, entry) in random.structs.enumerated() {
            let size = numbers.removeFirst()
            lines.append("\(entry.name) \(size) \(numbers.removeFirst())")
            for member in entry.members { lines.append("\(entry.name).\(member) \(numbers.removeFirst())") }
            for name in entry.bitFields {
                let bytes = object.data(of: "parley_\(index)_\(name)", count: size)
                lines.append("\(entry.name).\(name) \(bytes.map(Self.bits) ?? "missing")")
            }
        }
        return lines
    }

    /// The bytes that are not zero, as `offset:hex`.
    static func bits(_ bytes: [UInt8]) -> String {
        bytes.enumerated().filter { $0.element != 0 }
            .map { "\($0.offset):\(String($0.element, radix: 16))" }.joined(separator: " ")
    }

    // MARK: clang's dumps

    private func dumpVerdict(_ random: RandomHeader) throws -> [String] {
        var source = random.text + "enum { parley_sizes = 0\n"
        for entry in random.structs { source += "+ sizeof(\(entry.name))\n" }
        source += "};\n"
        let arguments = ["-w", "-ffreestanding", "-fsyntax-only", "-Xclang", "-fdump-record-layouts-simple"]
        let text = try Self.inFolder(source) { file, _ in try Self.run(command + arguments + [file]) }
        var layouts: [String: (size: Int, alignment: Int, offsets: [Int])] = [:]
        for part in text.components(separatedBy: "*** Dumping AST Record Layout").dropFirst() {
            func value(_ key: String, until end: Character) -> Substring? {
                part.range(of: key).map { part[$0.upperBound...].prefix { $0 != end } }
            }
            guard let tag = value("Type: ", until: "\n"), let size = value(" Size:", until: "\n"),
                let alignment = value("Alignment:", until: "\n"),
                let offsets = value("FieldOffsets: [", until: "]")
            else { continue }
            let places = offsets.split(separator: ",").compactMap { Int($0.filter(\.isNumber)) }
            layouts[String(tag)] = (Int(size) ?? 0, Int(alignment) ?? 0, places)
        }
        var lines: [String] = []
        for entry in random.structs {
            guard let layout = layouts[entry.tag], layout.offsets.count == entry.direct.count else {
                throw Failure(text: "\(self) did not dump \(entry.tag): \(text.prefix(500))")
            }
            lines.append("\(entry.name) \(layout.size / 8) \(layout.alignment / 8)")
            for (name, offset) in zip(entry.direct, layout.offsets) {
                if let name { lines.append("\(entry.name).\(name) bit \(offset)") }
            }
        }
        return lines
    }

    // MARK: Programs

    struct Failure: Error, CustomStringConvertible {
        var text: String
        var description: String { text }
    }

    /// Where a program is, or nil.
    static func find(_ program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static func inFolder<Result>(_ source: String, _ body: (String, URL) throws -> Result) throws
        -> Result
    {
        let name = "parley-headers-\(UUID().uuidString)"
        let folder = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "random.c")
        try Data(source.utf8).write(to: file)
        return try body(file.path, folder)
    }

    static func run(_ command: [String]) throws -> String {
        guard let path = find(command[0]) else { throw Failure(text: "there is no \(command[0])") }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = Array(command.dropFirst())
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failure(text: "\(command.joined(separator: " ")): \(text.prefix(2_000))")
        }
        return text
    }
}
