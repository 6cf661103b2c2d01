import Foundation
import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// The catalogue of options against the kernel that runs.
@Suite(.serialized) struct CatalogueTests {
    /// A fresh socket of a kind; nil where this kernel or this user cannot have one, and the reason is printed.
    private func open(_ kind: SocketOption.Kind) -> Socket? {
        do throws(SocketError) {
            return try Socket(kind)
        } catch {
            print("skipped: \(kind.rawValue): \(error)")
            return nil
        }
    }

    /// Whether the kernel says that it has no such option: older than what brought it, or built without it.
    private func isLacking(_ error: SocketError, _ option: SocketOption) -> Bool {
        guard option.since != nil || option.access == .writeOnly else { return false }
        let codes: [ErrorCode] = [.protocolOptionUnavailable, .operationNotSupported]
        guard codes.contains(error.code) else { return false }
        print("lacking here: \(option.name) (since Linux \(option.since ?? "4"))")
        return true
    }

    @Test(arguments: SocketOption.Kind.allCases)
    func `what a fresh socket has is what the catalogue says`(kind: SocketOption.Kind) throws {
        for option in SocketOption.options(of: [kind]) where option.access != .writeOnly {
            guard let initial = option.initial(of: kind) else { continue }
            guard let socket = open(kind) else { return }
            let expected: String
            switch initial {
            case .value(let text), .sysctlBased(let text, _): expected = text
            case .sysctl(let name, let field):
                let path = "/proc/sys/" + name.replacing(".", with: "/")
                guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                    print("lacking here: \(name)")
                    continue
                }
                let words = text.split { $0 == " " || $0 == "\t" || $0 == "\n" }
                expected = String(try #require(words.count > field ? words[field] : nil))
            case .varies: continue
            case .of: preconditionFailure("one level")
            }
            do throws(SocketError) {
                let value = try socket.text(of: option)
                #expect(value == expected, "\(option.name) of \(kind.rawValue)")
            } catch {
                guard !isLacking(error, option) else { continue }
                Issue.record("\(option.name) of \(kind.rawValue): \(error)")
            }
        }
    }

    @Test(arguments: SocketOption.Kind.allCases)
    func `every option is set, read back and set back`(kind: SocketOption.Kind) throws {
        for option in SocketOption.options(of: [kind]) where option.isSettable {
            if OptionException.toSetting(option, on: kind) != nil { continue }
            guard let socket = open(kind) else { return }
            let isReadable = option.access == .readWrite
            do throws(SocketError) {
                let fresh = isReadable ? try socket.text(of: option) : ""
                let sample = OptionSample(option, on: kind, insteadOf: fresh)
                do throws(SocketError) {
                    try socket.set(option, to: sample.text)
                } catch {
                    guard geteuid() != 0, [.notPermitted, .permissionDenied].contains(error.code) else {
                        throw error
                    }
                    #expect(
                        option.right != nil,
                        "\(option.name) needs a right that the catalogue does not name"
                    )
                    continue
                }
                if geteuid() != 0 {
                    let isAlways = option.right.map { $0.when == nil } ?? false
                    #expect(!isAlways, "\(option.name) needed no right")
                }
                guard isReadable else { continue }
                let value = try socket.text(of: option)
                #expect(value == sample.reads, "\(option.name) of \(kind.rawValue)")
                guard OptionException.toResetting[option.name] == nil else { continue }
                switch option.name {
                case "SO_RCVBUF", "SO_SNDBUF": try socket.set(option, to: "\((Int(fresh) ?? 2) / 2)")
                case "TCP_MAXSEG", "IP_MULTICAST_IF": continue
                case "SO_BINDTODEVICE": try socket.set(option, to: "")
                default: try socket.set(option, to: fresh)
                }
                let back = try socket.text(of: option)
                #expect(back == fresh, "\(option.name) of \(kind.rawValue), set back")
            } catch {
                guard !isLacking(error, option) else { continue }
                Issue.record("\(option.name) of \(kind.rawValue): \(error)")
            }
        }
    }

    @Test func `every key is one, and every name`() throws {
        for transport in Transport.known where !transport.isInherited {
            let keys = SocketOption.settable(by: transport).map(\.key)
            #expect(Set(keys).count == keys.count, "\(transport)")
        }
        for kind in SocketOption.Kind.allCases {
            let keys = SocketOption.options(of: [kind]).map(\.key)
            #expect(Set(keys).count == keys.count, "\(kind)")
        }
        let names = SocketOption.all.map(\.name)
        #expect(Set(names).count == names.count)
        for option in SocketOption.all {
            #expect(option.summary.hasSuffix(".") && !option.summary.contains("\n"))
            #expect(option.twin.map { SocketOption.find($0) != nil } ?? true)
        }
    }

    /// What accepted connections do not have from their listener: what is the listener's own, and what becomes
    /// another thing on a connection. The first line is set anew where Parley accepts.
    private static let notInherited: Set<String> = [
        "SO_PRIORITY", "TCP_QUICKACK", "IP_OPTIONS",
        "SO_INCOMING_CPU", "TCP_MAXSEG", "TCP_FASTOPEN", "TCP_FASTOPEN_KEY",
    ]
    /// With which no connection is made that this test would see.
    private static let unconnectable: Set<String> = [
        "TCP_REPAIR", "TCP_DEFER_ACCEPT", "IPV6_RTHDRDSTOPTS",
    ]

    @Test(arguments: [SocketOption.Kind.tcp, .tcp6])
    func `accepted connections have what their listener has`(kind: SocketOption.Kind) throws {
        for option in SocketOption.options(of: [kind]) where option.isSettable && option.access == .readWrite
        {
            if Self.unconnectable.contains(option.name) { continue }
            if OptionException.toSetting(option, on: kind) != nil { continue }
            if geteuid() != 0, option.right != nil { continue }
            do throws(SocketError) {
                let server = try Socket(kind)
                let fresh = try server.text(of: option)
                let sample = OptionSample(option, on: kind, insteadOf: fresh)
                try server.set(option, to: sample.text)
                try server.bind(to: kind == .tcp ? loopback(0) : .ipv6(.loopback, port: 0, zone: 0))
                try server.listen(backlog: 1)
                let client = try Socket(kind)
                _ = try client.connect(to: server.localAddress)
                guard wait(server.fileDescriptor), case .accepted(let child, _) = try server.accept() else {
                    Issue.record("\(option.name): no connection came")
                    continue
                }
                let value = try child.text(of: option)
                let isInherited = value == sample.reads
                #expect(isInherited != Self.notInherited.contains(option.name), "\(option.name): \(value)")
            } catch {
                guard !isLacking(error, option) else { continue }
                Issue.record("\(option.name) of \(kind.rawValue): \(error)")
            }
        }
    }
}
