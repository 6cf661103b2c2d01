import Glibc
import ParleySockets
import ParleyTypes
import Testing

@Suite struct KernelAddressTests {
    @Test(arguments: ["02:00:5e:10:00:ff", "00", "01:02:03:04:05:06:07:08"])
    func `a hardware address comes back as it was written`(text: String) throws {
        #expect(try #require(HardwareAddress(text)).description == text)
    }

    @Test(arguments: ["", ":", "0", "1:2", "zz", "+1", "00:", "01:02:03:04:05:06:07:08:09", "01-02:03"])
    func `what is no hardware address is refused`(text: String) {
        #expect(HardwareAddress(text) == nil)
    }

    @Test func `a hardware address knows groups and its bytes`() throws {
        #expect(HardwareAddress("AA-BB-CC-00-11-22")?.bytes == [0xAA, 0xBB, 0xCC, 0, 0x11, 0x22])
        #expect(HardwareAddress.broadcast.isMulticast && HardwareAddress.broadcast.byteCount == 6)
        #expect(try !#require(HardwareAddress("02:00:00:00:00:01")).isMulticast)
        #expect(HardwareAddress([UInt8](repeating: 1, count: 9)) == nil)
        #expect("\(HardwareAddress.none)" == "(none)")
    }

    @Test(arguments: ["host:1024", "local:0", "hypervisor:1", "any:any", "3:4294967294"])
    func `the address of a virtual machine comes back as it was written`(text: String) throws {
        #expect(try #require(VirtualSocketAddress(text)).description == text)
    }

    @Test(arguments: ["", ":", "host", "host:", ":1", "host:-1", "4294967296:1", "1:2:3", "home:1"])
    func `what is no address of a virtual machine is refused`(text: String) {
        #expect(VirtualSocketAddress(text) == nil)
    }

    @Test func `addresses show what they are`() throws {
        let hardware = try #require(HardwareAddress("02:00:00:00:00:01"))
        let packet = PacketAddress(interface: 2, etherType: .ipv4, hardware: hardware)
        #expect("\(packet)" == "02:00:00:00:00:01%2 ETH_P_IP")
        #expect("\(NetlinkAddress.kernel)" == "kernel")
        #expect("\(NetlinkAddress(port: 7, groups: 0x11))" == "netlink 7 groups 0x11")
        #expect("\(EtherType(rawValue: 0x88C))" == "0x088c")
    }

    @Test func `every address survives the kernel's bytes`() throws {
        for count in 0...8 {
            let hardware = try #require(HardwareAddress((0..<count).map { UInt8($0 + 1) }))
            expectRoundTrip(PacketAddress(interface: 7, etherType: .arp, hardware: hardware))
        }
        expectRoundTrip(NetlinkAddress(port: 0x1234_5678, groups: 0x8000_0001))
        expectRoundTrip(VirtualSocketAddress(.host, port: 0x1234_5678))
    }

    @Test func `no bytes from a kernel trap`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...128, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if bytes.count > 1 {
                bytes[0] = [16, 17, 40].randomElement(using: &random)!
                bytes[1] = 0
            }
            let span = unsafe bytes.span.bytes
            _ = PacketAddress(kernel: span)?.description
            _ = NetlinkAddress(kernel: span)?.description
            _ = VirtualSocketAddress(kernel: span)?.description
        }
    }

    @Test func `an address of another family is refused before the call, in one sentence`() throws {
        let socket = try Socket(netlink: .route)
        let error = refusal { try socket.bind(to: VirtualSocketAddress(.any, port: 1)) }
        #expect(error?.code == .addressFamilyNotSupported)
        #expect(error?.description.contains("any:1 (AF_VSOCK) on AF_NETLINK") == true)
        #expect(refusal { try socket.put([1], to: VirtualSocketAddress(.any, port: 1)) }?.code == error?.code)
        #expect(refusal { try socket.connect(to: PacketAddress(interface: 1, etherType: .all)) } != nil)
        #expect(refusal { try socket.bind(to: loopback(1)) }?.code == .addressFamilyNotSupported)
        let udp = try datagram("udp://127.0.0.1:0")
        #expect(refusal { try udp.bind(to: NetlinkAddress.kernel) }?.code == .addressFamilyNotSupported)
        #expect(refusal { try udp.localAddress(as: NetlinkAddress.self) }?.code == .addressFamilyNotSupported)
        #expect(refusal { try udp.next(from: NetlinkAddress.self, waits: false) } != nil)
    }

    @Test func `what is made for IP finds no address on other sockets, and does not crash`() throws {
        let socket = try Socket(netlink: .route)
        #expect(refusal { try socket.localAddress } != nil)
        try socket.bind(to: NetlinkAddress(port: 0))
        #expect(refusal { try socket.localAddress } != nil)
        #expect(socket.isConnectedToItself == false)
    }

    @Test(.enabled(if: isThere(.virtual, .stream), "the kernel has no VSOCK"))
    func `a listener for virtual machines has a port, which a second one does not get`() throws {
        let listener = try Socket(.virtual, .stream)
        try listener.bind(to: VirtualSocketAddress(.any, port: VirtualSocketAddress.anyPort))
        try listener.listen()
        let address = try listener.localAddress(as: VirtualSocketAddress.self)
        #expect(address.port != VirtualSocketAddress.anyPort && address.context == .any)
        let second = try Socket(.virtual, .stream)
        let error = refusal { try second.bind(to: address) }
        #expect(error?.code == .addressInUse && error?.subject == "\(address)")
        guard case .wouldBlock = try listener.accept() else {
            Issue.record("a connection came from nowhere")
            return
        }
    }
}

private func expectRoundTrip<Address: KernelAddress>(_ address: Address) {
    var bytes = [UInt8](repeating: 0, count: 128)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    let count = address.write(kernel: &raw)
    #expect(unsafe Address(kernel: bytes.span.bytes.extracting(first: count)) == address)
    #expect(unsafe Address(kernel: bytes.span.bytes.extracting(first: 7)) == nil)
    bytes[0] ^= 1
    #expect(unsafe Address(kernel: bytes.span.bytes.extracting(first: count)) == nil)
}

extension Socket {
    fileprivate func next<Sender: KernelAddress>(from _: Sender.Type, waits: Bool) throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        return try receive(into: &raw, from: Sender.self) != nil
    }
}
