import Glibc
import ParleySockets
import ParleyTypes
import Testing

/// Packet sockets, in networks of the tests' own.
@Suite struct PacketTests {
    @Test(.enabled(if: Confinement.isPossible, Confinement.reason))
    func `a packet socket sees what passes on lo, with and without link headers`() async {
        await #expect(processExitsWith: .success) { try await Self.seeDatagrams() }
    }

    @MainActor
    private static func seeDatagrams() throws {
        Confinement.enterNewNetwork()
        let before = openDescriptors()
        do {
            let lo = try Interfaces.index(of: "lo")
            let frames = try Socket(packets: .none, .raw)
            try frames.bind(to: PacketAddress(interface: lo, etherType: .ipv4))
            let packets = try Socket(packets: .ipv4, .datagram)
            #expect(try frames.localAddress(as: PacketAddress.self).interface == lo)
            let receiver = try datagram("udp://127.0.0.1:0")
            try receiver.say("hello", to: receiver.localAddress)
            let frame = try frames.next(from: PacketAddress.self)
            #expect(frame.bytes.count == 14 + 20 + 8 + 5 && frame.bytes.suffix(5) == Array("hello".utf8)[...])
            let sender = try #require(frame.1.sender)
            #expect(sender.interface == lo && sender.etherType == .ipv4)
            #expect(sender.hardwareType == 772 && sender.hardware.bytes == [0, 0, 0, 0, 0, 0])
            #expect(sender.direction == .toUs)
            let packet = try packets.next(from: PacketAddress.self)
            #expect(packet.bytes == Array(frame.bytes.dropFirst(14)))
            // What is made for IP receives too, and says that the sender has no such address.
            try receiver.say("again", to: receiver.localAddress)
            #expect(try frames.next().datagram.sender == .unix(.unnamed))
            #expect(refusal { try frames.localAddress } != nil)
        }
        #expect(openDescriptors() == before)
    }

    @Test(.enabled(if: Confinement.isPossible, Confinement.reason))
    func `a frame goes over a link to the hardware address that was named`() async {
        await #expect(processExitsWith: .success) { try await Self.sendFrames() }
    }

    @MainActor
    private static func sendFrames() throws {
        try makeLink()
        let type = EtherType(rawValue: 0x88B5)  // for local experiments (IEEE 802)
        let near = try Interfaces.index(of: "near")
        let far = try Interfaces.index(of: "far")
        let receiver = try Socket(packets: .none, .datagram)
        try receiver.bind(to: PacketAddress(interface: far, etherType: type))
        let sender = try Socket(packets: .none, .datagram)
        let farHardware = try #require(HardwareAddress("02:00:00:00:00:0b"))
        try sender.put([1, 2, 3], to: PacketAddress(interface: near, etherType: type, hardware: farHardware))
        let first = try receiver.next(from: PacketAddress.self)
        #expect(first.bytes.prefix(3) == [1, 2, 3])
        #expect("\(try #require(first.1.sender))" == "02:00:00:00:00:0a%\(far) 0x88b5")
        #expect(first.1.sender?.direction == .toUs)
        try sender.put([4], to: PacketAddress(interface: near, etherType: type, hardware: .broadcast))
        #expect(try receiver.next(from: PacketAddress.self).1.sender?.direction == .toAll)
        // Somebody else's frames come only to an interface that takes everything; a veth always does, and
        // tells whose they are.
        try receiver.join(.everything, onInterface: far)
        let other = try #require(HardwareAddress("02:00:00:00:00:0c"))
        try sender.put([5], to: PacketAddress(interface: near, etherType: type, hardware: other))
        #expect(try receiver.next(from: PacketAddress.self).1.sender?.direction == .toOthers)
        try receiver.leave(.everything, onInterface: far)
        // Linux says nothing about leaving twice.
        try receiver.leave(.everything, onInterface: far)
        try receiver.join(.group(try #require(HardwareAddress("01:00:5e:01:02:03"))), onInterface: far)
        try receiver.join(.allGroups, onInterface: far)
        #expect(refusal { try receiver.join(.everything, onInterface: 9999) }?.code == .noSuchDevice)
        // A whole frame with a VLAN tag, which the kernel takes off and reports.
        let frames = try Socket(packets: .all, .raw)
        try frames.bind(to: PacketAddress(interface: far, etherType: .all))
        try frames.setReportsAuxiliary(true)
        try frames.setIgnoresOutgoing(true)
        let raw = try Socket(packets: .none, .raw)
        let tagged = farHardware.bytes + [2, 0, 0, 0, 0, 0x0A, 0x81, 0, 0x20, 7, 0x88, 0xB5, 9, 9]
        try raw.put(tagged, to: PacketAddress(interface: near, etherType: type))
        var bytes = [UInt8](repeating: 0, count: 15)
        var span = bytes.mutableSpan
        var memory = unsafe span.mutableBytes
        #expect(wait(frames.fileDescriptor))
        let reception = try #require(try frames.receivePacket(into: &memory))
        #expect(reception.byteCount == 15 && reception.sentByteCount == 16)
        let auxiliary = try #require(reception.auxiliary)
        #expect(auxiliary.vlanTag == 0x2007 && auxiliary.vlanType == .vlan && auxiliary.linkByteCount == 16)
        #expect(reception.sender?.hardware.description == "02:00:00:00:00:0a")
    }

    private static func makeLink() throws {
        let commands =
            "ip link add near address 02:00:00:00:00:0a type veth peer name far address 02:00:00:00:00:0b"
            + " && echo 1 > /proc/sys/net/ipv6/conf/near/disable_ipv6"
            + " && echo 1 > /proc/sys/net/ipv6/conf/far/disable_ipv6"
            + " && ip link set near up && ip link set far up"
            // Until both ends know of each other, frames are dropped: five seconds at most.
            + " && for try in $(seq 100); do test $(ip link | grep -c 'state UP') = 2 && exit 0; sleep 0.05; done"
            + "; exit 1"
        MainActor.assumeIsolated { Confinement.enterNewNetwork() }
        try #require(Confinement.run(commands))
    }

    @Test(.enabled(if: Confinement.isPossible, Confinement.reason))
    func `a filter lets through what it keeps, cut to what it keeps, and can be fixed for good`() async {
        await #expect(processExitsWith: .success) { try await Self.filter() }
    }

    @MainActor
    private static func filter() throws {
        Confinement.enterNewNetwork()
        let receiver = try datagram("udp://127.0.0.1:0")
        let other = try datagram("udp://127.0.0.1:0")
        let socket = try Socket(packets: .ipv4, .datagram)
        #expect(refusal { try socket.detachFilter() }?.code == .noSuchFile)
        // UDP to the receiver's port, over IPv4 without options; 28 bytes and two more.
        let program = PacketFilter([
            .loadByte(at: 9), .ifEqual(17, elseSkip: 3), .loadHalf(at: 22),
            .ifEqual(UInt32(try receiver.port), elseSkip: 1), .keep(30), .keep(0),
        ])
        try socket.attach(program)
        try other.say("no", to: other.localAddress)
        try other.say("yes", to: receiver.localAddress)
        let packet = try socket.next(from: PacketAddress.self)
        #expect(packet.bytes.count == 30 && packet.bytes.suffix(2) == Array("ye".utf8)[...])
        let statistics = try socket.takePacketStatistics()
        #expect(statistics.packets == 1 && statistics.drops == 0)
        #expect(try socket.takePacketStatistics().packets == 0)
        try socket.lockFilter()
        #expect(refusal { try socket.attach(.nothing) }?.code == .notPermitted)
        #expect(refusal { try socket.detachFilter() }?.code == .notPermitted)
        try other.say("yes", to: receiver.localAddress)
        #expect(try socket.next(from: PacketAddress.self).bytes.count == 30)
        // Every socket takes a filter: a UDP socket's sees the UDP header.
        try receiver.attach(
            PacketFilter([.loadByte(at: 8), .ifEqual(0x61, elseSkip: 1), .keep(100), .keep(0)])
        )
        while try receiver.hasDatagram() {}
        try other.say("b", to: receiver.localAddress)
        try other.say("a", to: receiver.localAddress)
        #expect(try receiver.next().bytes == [0x61])
    }

    @Test func `a program that the kernel would refuse is a typed error`() throws {
        let socket = try Socket(.ipv4, .datagram)
        for instructions in [
            [], [PacketFilter.Instruction](repeating: .keep(0), count: 4097), [.loadByte(at: 0)],
            [.ifEqual(1, skip: 200), .keep(0)], [.init(code: 0xFFFF, operand: 0)],
        ] {
            let error = refusal { try socket.attach(PacketFilter(instructions)) }
            #expect(error?.code == .invalidArgument && error?.subject == "SO_ATTACH_FILTER")
        }
        try socket.attach(PacketFilter([.keep(0)]))
        try socket.detachFilter()
    }

    @Test func `a program of tcpdump is read, and nothing else`() {
        let text = "4\n40 0 0 12\n21 0 1 2048\n6 0 0 262144\n6 0 0 0\n"
        let program = PacketFilter([.loadHalf(at: 12), .ifEqual(2048, elseSkip: 1), .keep(262144), .keep(0)])
        #expect(PacketFilter(tcpdump: text) == program)
        for text in [
            "", "0\n", "1\n", "1\n6 0 0\n", "2\n6 0 0 0\n", "1\n6 0 0 -1\n", "1\n70000 0 0 0\n", "x",
        ] {
            #expect(PacketFilter(tcpdump: text) == nil)
        }
    }

    @Test(.enabled(if: Confinement.isPossible, Confinement.reason))
    func `a ring brings every packet in order, and counts what found no room`() async {
        await #expect(processExitsWith: .success) { try await Self.ring() }
    }

    @MainActor
    private static func ring() throws {
        Confinement.enterNewNetwork()
        let before = openDescriptors()
        do {
            let lo = try Interfaces.index(of: "lo")
            let socket = try Socket(packets: .none, .datagram)
            // Each datagram passes lo once in each direction.
            try socket.setIgnoresOutgoing(true)
            try socket.bind(to: PacketAddress(interface: lo, etherType: .ipv4))
            var ring = try PacketRing(socket, .init(blockBytes: 1 << 16, blockCount: 8, milliseconds: 5))
            let sender = try datagram("udp://127.0.0.1:0")
            let address = try sender.localAddress
            var seen: [UInt8] = []
            var last: UInt64 = 0
            for round in 0..<20 {
                for number in 0..<10 {
                    #expect(
                        try sender.say(
                            [UInt8(round * 10 + number)] + [UInt8](repeating: 7, count: 999),
                            to: address
                        )
                    )
                }
                while seen.count < (round + 1) * 10 {
                    #expect(wait(ring.socket.fileDescriptor))
                    let count = ring.drain { packet in
                        #expect(packet.bytes.byteCount == 1028 && packet.linkByteCount == 1028)
                        #expect(packet.nanoseconds >= last && packet.sender?.interface == lo)
                        last = packet.nanoseconds
                        let byte = unsafe packet.bytes.unsafeLoad(fromByteOffset: 28, as: UInt8.self)
                        seen.append(byte)
                    }
                    try #require(count > 0)
                }
                while try sender.hasDatagram() {}
            }
            #expect(seen == (0..<200).map { UInt8($0) })
            let sofar = try ring.socket.takePacketStatistics()
            #expect(sofar.packets == 200 && sofar.drops == 0)
            // 512 KiB of room, and nobody reads.
            for _ in 0..<2000 {
                _ = try sender.say([UInt8](repeating: 7, count: 1000), to: address)
                while try sender.hasDatagram() {}
            }
            let statistics = try ring.socket.takePacketStatistics()
            #expect(statistics.packets == 2000 && statistics.drops > 0)
            // The ring goes on.
            var count = 0
            while count < 2000 - Int(statistics.drops), wait(ring.socket.fileDescriptor) {
                count += ring.drain { _ in }
            }
            #expect(count == 2000 - Int(statistics.drops))
        }
        for size in [(0, 1), (4096, 0), (5000, 1), (Int.max - 4095, 2), (1 << 30, 4), (-4096, 1)] {
            let socket = try Socket(packets: .none, .raw)
            let size = PacketRing.Size(blockBytes: size.0, blockCount: size.1, milliseconds: 1)
            do {
                _ = try PacketRing(socket, size)
                Issue.record("a ring of \(size)")
            } catch {
                #expect(error.code == .invalidArgument || error.code == .outOfMemory)
            }
        }
        #expect(openDescriptors() == before)
    }
}

extension Socket {
    /// Takes a datagram out of the queue if there is one.
    fileprivate func hasDatagram() throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 2048)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        return try receiveDatagram(into: &raw) != nil
    }
}
