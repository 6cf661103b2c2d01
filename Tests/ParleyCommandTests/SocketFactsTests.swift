import Foundation
import Testing

/// What docs/socket-facts.md and docs/zh/socket-facts.md show is what happens on the kernel the test runs on.
///
/// `FactsPage` says how a page is written, `FactsRun` how a row is run. With PARLEY_WRITE_PAGES=1 both pages are
/// written anew with what was printed, the Chinese one with the commands of the English one: read the
/// difference before it is committed.
@Suite(.ownThreads, .serialized, .timeLimit(.minutes(10))) struct SocketFactsTests {
    @Test(arguments: try FactsPage(.english).rows)
    fileprivate func `each row shows what happens`(_ row: FactsRow) throws {
        if FactsRun.isWriting { return }
        if let reason = FactsRun.reasonToSkip(row) {
            print("skipped, \(row.name): \(reason)")
            return
        }
        for (block, outputs) in zip(row.blocks, try FactsRun.outputs(of: row)) {
            #expect(block.commands.count == outputs.count, "\(row.name) did not come to its end")
            for (command, output) in zip(block.commands, outputs) {
                let isSame = FactsRun.matches(command.output, output, in: block.fence)
                #expect(isSame, "\(row.name)\n$ \(command.text)\n\(output.joined(separator: "\n"))")
            }
        }
    }

    @Test(.enabled(if: FactsRun.isWriting)) func `both pages are written with what was printed`() throws {
        var english = try FactsPage(.english)
        for index in english.rows.indices {
            let row = english.rows[index]
            if let reason = FactsRun.reasonToSkip(row) {
                print("skipped, \(row.name): \(reason)")
                continue
            }
            for (number, outputs) in try FactsRun.outputs(of: row).enumerated() {
                english.rows[index].blocks[number].take(outputs)
            }
        }
        try english.write()
        var chinese = try FactsPage(.chinese)
        for index in chinese.rows.indices {
            guard let row = english.rows.first(where: { $0.name == chinese.rows[index].name }) else {
                continue
            }
            try #require(row.blocks.count == chinese.rows[index].blocks.count, "\(row.name)")
            chinese.rows[index].blocks = row.blocks
        }
        try chinese.write()
    }

    @Test func `both pages have the same rows with the same needs, commands and outputs`() throws {
        let english = try FactsPage(.english)
        let chinese = try FactsPage(.chinese)
        #expect(english.rows.map(\.name) == chinese.rows.map(\.name))
        for (row, other) in zip(english.rows, chinese.rows) {
            #expect(row.needs == other.needs, "\(row.name)")
            #expect(row.blocks.map(\.lines) == other.blocks.map(\.lines), "\(row.name)")
        }
    }

    @Test(arguments: FactsPage.Language.allCases)
    fileprivate func `each row has what is said, what is true, commands and outputs`(
        _ language: FactsPage.Language
    ) throws {
        let page = try FactsPage(language)
        #expect(Set(page.rows.map(\.name)).count == page.rows.count, "a name stands twice")
        for row in page.rows {
            for part in language.parts {
                #expect(row.text.contains { $0.hasPrefix(part) }, "\(row.name) has no \(part)")
            }
            let commands = row.blocks.flatMap(\.commands)
            #expect(commands.contains { $0.text.contains("parley") }, "\(row.name) has no command")
            #expect(commands.contains { !$0.output.isEmpty }, "\(row.name) has no output")
            #expect(page.contents.contains("(#\(row.name))"), "\(row.name) is not in the contents")
        }
        #expect(page.contents.contains(language.other), "no link to the other language")
    }

    @Test func `what people ask most has its row`() throws {
        let names = Set(try FactsPage(.english).rows.map(\.name))
        let missing = Self.required.filter { !names.contains($0) }
        #expect(missing.isEmpty)
    }

    private static let required = [
        "byte-order", "packed", "int-size", "zero-length", "truncated", "broadcast", "groups", "reserved",
        "ttl", "backlog", "sigpipe", "half-close", "time-wait", "five-tuple", "framing",
        "restart", "old-connections", "wildcard", "udp-reuse", "hijack", "group-copies", "group-bind",
        "other-flags", "probe", "reuseport", "reuseport-close", "exclusive",
        "datagram-limit", "datagram-safe", "path-mtu", "silent-loss", "refused", "firewall", "reply-source",
        "limited-broadcast", "tcp-broadcast", "join", "memberships", "multicast-all", "link-local-groups",
        "accept-errors", "reset-before-accept", "unread", "self-connect", "syn-cookies", "handshake",
        "families", "seqpacket", "stale-socket", "unix-path", "loss-rig", "rcvbuf", "reuse-table",
    ]
}
