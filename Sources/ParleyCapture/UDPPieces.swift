/// The datagrams that a packet stands for which the kernel has still to cut (UDP_SEGMENT): on loopback it never
/// does, so that a capture holds the uncut packet.
public struct UDPPieces: Sendable {
    /// IP header and UDP header of the whole.
    private let headers: [UInt8]
    private let isIPv4: Bool
    private let udp: Int

    /// - Parameter headers: the bytes in front of the payload as ``DatagramPlace`` found it.
    public init(headers: [UInt8]) {
        precondition(headers.count >= 28, "an IP header and a UDP header have at least 28 bytes")
        self.headers = headers
        isIPv4 = headers[0] >> 4 == 4
        udp = headers.count - 8
    }

    /// The headers of one piece as the kernel would make them: lengths, checksums, and in IPv4 an
    /// identification that counts up.
    public func headers(of payload: [UInt8], number: Int) -> [UInt8] {
        var bytes = headers
        let length = UInt16(truncatingIfNeeded: 8 + payload.count)
        func put(_ value: UInt16, _ offset: Int) {
            bytes[offset] = UInt8(value >> 8)
            bytes[offset + 1] = UInt8(value & 0xFF)
        }
        if isIPv4 {
            put(UInt16(truncatingIfNeeded: udp) &+ length, 2)
            let identification = UInt16(bytes[4]) << 8 | UInt16(bytes[5])
            put(identification &+ UInt16(truncatingIfNeeded: number), 4)
            put(0, 10)
            var sum = InternetChecksum()
            sum.add(bytes[..<udp])
            put(sum.value, 10)
        } else {
            put(length, 4)
        }
        put(length, udp + 4)
        put(0, udp + 6)
        // A pseudo header first: addresses, protocol and length.
        var sum = InternetChecksum()
        sum.add(bytes[isIPv4 ? 12..<20 : 8..<40])
        sum.add([0, 17, UInt8(length >> 8), UInt8(length & 0xFF)])
        sum.add(bytes[udp...])
        sum.add(payload)
        put(sum.value == 0 ? .max : sum.value, udp + 6)
        return bytes
    }
}
