import Foundation
import ParleyHeaders
import Testing

/// Headers of the machine the tests run on, where they are.
@Suite struct SystemHeaderTests {
    static let folder = "/usr/include"

    static func load(_ path: String) -> HeaderSource? {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { return nil }
        return HeaderSource(file: path, bytes: Array(data))
    }

    /// As a compiler looks: beside the file for quotes, then in the system's folder.
    static func load(_ request: IncludeRequest) -> HeaderSource? {
        let folder = request.includingFile.split(separator: "/").dropLast().joined(separator: "/")
        if !request.isSystem, let source = load("\(folder)/\(request.path)") { return source }
        return load(request.path)
    }

    @Test(arguments: [
        ("netinet/udp.h", "udphdr", 8), ("linux/if_ether.h", "ethhdr", 14),
        ("net/ethernet.h", "ether_header", 14),
        ("linux/udp.h", "udphdr", 8),
    ])
    func systemHeaderIsRead(_ path: String, _ name: String, _ size: Int) throws {
        guard let source = Self.load(path) else {
            print("skipped: no \(path) on this machine")
            return
        }
        let header = try CHeader(source) { Self.load($0) }
        #expect(header.problems.isEmpty)
        #expect(try header.structure(name).size == size)
    }

    /// Bit fields and their like are the only thing in the way.
    @Test(arguments: ["netinet", "net", "arpa"])
    func foldersAreReadExceptForWhatIsNotSupported(_ folder: String) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(Self.folder)/\(folder)")) ?? []
        for name in names.sorted() where name.hasSuffix(".h") {
            guard let source = Self.load("\(folder)/\(name)") else { continue }
            let header = try CHeader(source, loader: Self.load)
            for problem in header.problems {
                guard case .unsupported = problem.reason else {
                    Issue.record("\(problem.rendered)")
                    continue
                }
            }
        }
    }
}
