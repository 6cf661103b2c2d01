import ParleyTypes
import Testing

@Suite struct WallTimeTextTests {
    @Test func `an instant is read from what it is written as`() {
        var random = SeededGenerator(seed: 9)
        for _ in 0..<2000 {
            let time = WallTime(
                secondsSince1970: Int64.random(in: -62_167_219_200...253_402_300_799, using: &random),
                nanoseconds: Int32.random(in: 0..<1_000_000_000, using: &random)
            )
            #expect(WallTime(rfc3339: time.exactDescription) == time)
        }
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("2026-11-21T04:05:06.000123Z", 1_795_233_906, 123_000),
            ("2024-02-29T23:59:59.5Z", 1_709_251_199, 500_000_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
            ("1969-12-31T23:59:59.999999999Z", -1, 999_999_999),
        ] as [(String, Int64, Int32)]
    )
    func `what others write is read`(_ text: String, _ seconds: Int64, _ nanoseconds: Int32) {
        let time = WallTime(secondsSince1970: seconds, nanoseconds: nanoseconds)
        #expect(WallTime(rfc3339: text) == time)
    }

    @Test(
        arguments: [
            "", "2026-11-21", "2026-11-21T04:05:06", "2026-11-21T04:05:06+01:00", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z",
            "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.1234567890Z", "2026-01-01 00:00:00Z", "+026-01-01T00:00:00Z",
        ]
    )
    func `what is no instant is none`(_ text: String) {
        #expect(WallTime(rfc3339: text) == nil)
    }
}

@Suite struct InternetAddressTextTests {
    @Test(
        arguments: [
            "192.0.2.1:4000", "[::1]:8089", "[2001:db8::1]:0", "[fe80::1%3]:65535", "[::ffff:10.0.0.1]:1",
        ]
    )
    func `an address is read from its description`(_ text: String) {
        #expect(SocketAddress(internet: text)?.description == text)
    }

    @Test func `a port may be left out where there is a default`() {
        #expect(SocketAddress(internet: "10.0.0.1", defaultPort: 7)?.description == "10.0.0.1:7")
        #expect(SocketAddress(internet: "::1", defaultPort: 7)?.description == "[::1]:7")
        #expect(SocketAddress(internet: "[::1]", defaultPort: 7)?.description == "[::1]:7")
        #expect(SocketAddress(internet: "10.0.0.1") == nil)
    }

    @Test(
        arguments: [
            "", ":", "localhost:80", "10.0.0.1:65536", "10.0.0.1:-1", "10.0.0.1:", "[10.0.0.1]:80", "[::1]80",
            "[::1:80", "::1]:80", "[::1%x]:80", "/run/a.sock", "@name", "(unnamed)", "[]:1",
        ]
    )
    func `what is no address is none`(_ text: String) {
        #expect(SocketAddress(internet: text) == nil)
    }
}
