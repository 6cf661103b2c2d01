import Glibc
import ParleySockets
import ParleyTypes
import Testing

@testable import ParleyKernel

@Suite struct BorrowedSocketTests {
    @Test func `a socket of this process shows its reuse options, and no descriptor stays open`() throws {
        let socket = try Socket(.ipv4, .stream)
        try socket.setReusesPort(true)
        var status = stat()
        #expect(unsafe fstat(socket.fileDescriptor, &status) == 0)
        let listed = KernelSocket(kind: .tcp, state: .closed, local: nil, inode: UInt64(status.st_ino))
        let before = openDescriptors()
        for _ in 0..<50 {
            let flags = try ReuseFlags.read(of: listed, process: getpid(), descriptor: socket.fileDescriptor)
            #expect(flags == ReuseFlags(address: false, port: true))
        }
        // Other tests of this process open some meanwhile: fifty that leaked would show.
        #expect(openDescriptors() - before < 40)
    }

    @Test func `another socket under the same number is not taken for the one that was listed`() throws {
        let socket = try Socket(.ipv4, .stream)
        let other = KernelSocket(kind: .tcp, state: .closed, local: nil, inode: 1)
        for descriptor in [socket.fileDescriptor, 1_000_000] {
            let error = #expect(throws: SocketError.self) {
                try ReuseFlags.read(of: other, process: getpid(), descriptor: descriptor)
            }
            #expect(error?.code == .badDescriptor)
        }
        let error = #expect(throws: SocketError.self) {
            try ReuseFlags.read(of: other, process: 0x3FFF_FFFF, descriptor: 0)
        }
        #expect(error?.operation == .inspect)
    }
}

func openDescriptors() -> Int { (0..<4096).count { fcntl($0, F_GETFD) >= 0 } }
