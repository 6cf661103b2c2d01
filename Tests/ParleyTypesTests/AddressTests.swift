import ParleyTypes
import Testing

@Suite struct AddressTests {
    @Test(arguments: ["0.0.0.0", "127.0.0.1", "255.255.255.255", "10.20.30.40"])
    func anIPv4AddressComesBackAsItWasWritten(text: String) {
        #expect(IPv4Address(text)?.description == text)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1..2.3", "1.2.3.4 ", "+1.2.3.4", "1.2.3.٤",
    ])
    func theFormsThatProgramsReadDifferentlyAreNoIPv4Address(text: String) {
        #expect(IPv4Address(text) == nil)
    }

    // The examples of RFC 5952, sections 1, 4 and 5.
    @Test(arguments: [
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0DB8::0001", "2001:db8::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("::", "::"), ("0:0:0:0:0:0:0:1", "::1"), ("1::", "1::"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("::ffff:c000:201", "::ffff:192.0.2.1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
    func anIPv6AddressHasOneText(text: String, canonical: String) {
        #expect(IPv6Address(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ":", ":::", "1:", ":1", "1::2::3", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1%eth0", "[::1]", "g::", "::1.2.3", "1.2.3.4::", "::+1",
    ])
    func whatIsNoIPv6AddressIsNil(text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test func everyIPv6AddressComesBackFromItsText() {
        var generator = SeededGenerator(seed: 5952)
        for _ in 0..<2000 {
            // Runs of zeros, which random numbers alone hardly have.
            let mask = (0..<8).map { _ in
                UInt64.random(in: 0...2, using: &generator) == 0 ? 0xFFFF : UInt64(0)
            }
            let halves = [mask[0..<4], mask[4..<8]].map { half in half.reduce(UInt64(0)) { $0 << 16 | $1 } }
            let address = IPv6Address(
                high: halves[0] & UInt64.random(in: 0 ... .max, using: &generator),
                low: halves[1] & UInt64.random(in: 0 ... .max, using: &generator)
            )
            #expect(IPv6Address(address.description) == address)
        }
    }

    @Test func aMappedAddressIsShownAsTheIPv4AddressThatItStandsFor() {
        let mapped = SocketAddress.ipv6(IPv6Address(mapping: .loopback), port: 7, zone: 0)
        #expect(mapped.unmapped == .ipv4(.loopback, port: 7))
    }

    @Test func anAddressThatAPeerChoseCannotCommandTheTerminal() {
        #expect(UnixAddress.abstract([0x61, 0x1B, 0x5B, 0x00, 0xFF]).description == "@a%1B[%00%FF")
        #expect(UnixAddress.path("/run/a b.sock").description == "/run/a b.sock")
    }

    @Test func groupsAreExactly224To239() {
        for first in 0...255 as ClosedRange<UInt8> {
            #expect(IPv4Address(first, 1, 2, 3).isMulticast == (224...239).contains(first))
        }
    }

    @Test func deadlinesSaturateInsteadOfWrapping() {
        let late = MonotonicInstant(nanoseconds: .max - 1)
        #expect(late.advanced(by: .seconds(1)) == .distantFuture)
        #expect(MonotonicInstant(nanoseconds: .min).duration(to: .distantFuture) == .nanoseconds(Int64.max))
        #expect(Duration.seconds(Int64.max).saturatedNanoseconds == .max)
    }
}
