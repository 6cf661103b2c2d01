import Foundation
import ParleyHeaders
import ParleyWire
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

    @Test(arguments: ABI.all.map(\.name))
    func systemHeadersAreReadForEveryABI(_ name: String) throws {
        let abi = try #require(ABI.all.first { $0.name == name })
        var structs = 0
        for folder in ["netinet", "net", "arpa", "linux"] {
            let all = (try? FileManager.default.contentsOfDirectory(atPath: "\(Self.folder)/\(folder)")) ?? []
            let names =
                folder == "linux" ? ["if_ether.h", "ip.h", "tcp.h", "udp.h", "icmp.h", "ipv6.h"] : all
            for name in names.sorted() where name.hasSuffix(".h") {
                guard let source = Self.load("\(folder)/\(name)") else { continue }
                let header = try CHeader(source, abi: abi, loader: Self.load)
                for problem in header.problems {
                    // Linux' headers shift an int by 16, which is all that an int of 16 bits has.
                    if case .badShift = problem.reason, abi.int.size == 2 { continue }
                    guard case .unsupported = problem.reason else {
                        Issue.record("\(abi.name): \(problem.rendered)")
                        continue
                    }
                }
                for name in header.structs where (try? header.structure(name)) != nil {
                    structs += 1
                    // Pointers have no layout; all else has.
                    do throws(HeaderError) {
                        #expect(try header.layout(of: name).sizeMinimum <= header.structure(name).size)
                    } catch {
                        #expect(error.location.line > 0)
                    }
                }
            }
        }
        if structs == 0 { print("skipped: no system headers on this machine") }
    }

    /// The first bytes of a packet: version and length share one.
    @Test func headerOfIPHasItsBitFields() throws {
        guard let source = Self.load("netinet/ip.h") else {
            print("skipped: no netinet/ip.h on this machine")
            return
        }
        for (abi, version) in [(ABI.x86_64Linux, 4), (.s390xLinux, 0)] {
            let header = try CHeader(source, abi: abi, loader: Self.load)
            let structure = try header.structure("iphdr")
            #expect(structure.size == 20)
            let bits = try #require(structure.members.first { $0.name == "version" }?.bits)
            // The header itself swaps its bit fields, so that both machines send the same byte.
            #expect(bits.offset == version && bits.width == 4)
            let message = try DynamicMessage(
                reading: [0x45] + [UInt8](repeating: 0, count: 19),
                header.layout(of: "iphdr")
            )
            #expect(message["version"] == .unsigned(4) && message["ihl"] == .unsigned(5))
        }
    }
}
