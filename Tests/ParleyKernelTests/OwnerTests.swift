import Glibc
import ParleySockets
import ParleyTypes
import Testing

@testable import ParleyKernel

@Suite struct OwnerTests {
    @Test func `a socket's owners are every descriptor that stands for it`() throws {
        let socket = try tcpListener()
        let copy = dup(socket.fileDescriptor)
        defer { close(copy) }
        let owners = try SocketOwners.read()
        let found = owners.owners(of: try socket.inode).filter { $0.process.id == getpid() }
        #expect(Set(found.map(\.descriptor)) == [socket.fileDescriptor, copy])
        let process = try #require(found.first?.process)
        #expect(process.user == geteuid() && !process.name.isEmpty)
        let started = try #require(process.started).secondsSince1970
        #expect(started > 0 && started <= time(nil))
        let first = try #require(owners.firstOwner(of: try socket.inode))
        #expect(first.others >= 1)
        #expect(owners.owners(of: 0).isEmpty && owners.firstOwner(of: 0) == nil)
        #expect(owners.processes.contains { $0.id == getpid() })
    }

    @Test(.enabled(if: geteuid() == 0, "needs root, to become somebody else"))
    func `who may not look into a process is told how many there are`() async throws {
        await #expect(processExitsWith: .success) {
            // A process of root's, which ends by itself: then the rights to end it are gone for good.
            _ = try #require(spawned(["/bin/sleep", "2"]))
            guard setgid(65534) == 0, setuid(65534) == 0 else { fatalError("no other user") }
            let socket = try tcpListener()
            let owners = try SocketOwners.read()
            guard owners.hiddenProcessCount > 0 else { fatalError("nothing is hidden") }
            // The list itself takes no right.
            guard try socket.listed(as: .tcp) != nil else { fatalError("not listed") }
        }
    }

    @Test func `inodes are found among tens of thousands, and others are not`() {
        var table = InodeTable()
        for inode in stride(from: UInt64(7), to: 700_000, by: 13) {
            #expect(table.setIfAbsent(inode, Int32(inode)) == -1)
        }
        for inode in stride(from: UInt64(7), to: 700_000, by: 13) {
            guard table[inode] == Int32(inode), table[inode + 1] == -1 else {
                Issue.record("\(inode) is lost")
                return
            }
        }
        #expect(table.setIfAbsent(7, 1) == 7 && table[0] == -1 && table[UInt64.max] == -1)
    }

    @Test func `a user without a name is a number`() {
        var names = UserNames()
        #expect(names.name(of: 0) == "root" && names.name(of: 4_123_456_789) == "4123456789")
    }
}

/// Starts a program; nil if that fails.
private func spawned(_ words: [String]) -> pid_t? {
    var child: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
    let result = unsafe posix_spawn(&child, words[0], nil, nil, &arguments, environ)
    return result == 0 ? child : nil
}
