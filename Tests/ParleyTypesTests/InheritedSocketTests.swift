import ParleyTypes
import Testing

/// Endpoints of sockets that a process was started with.
@Suite struct InheritedSocketTests {
    @Test(arguments: [
        ("activated://web", Endpoint.activated("web")),
        ("activated:", .activated),
        ("activated://", .activated),
        ("activated://my%20web.socket", .activated("my web.socket")),
        ("fd://3", .descriptor(3)),
        ("fd:0", .descriptor(0)),
    ])
    func whatIsWrittenIsReadAndComesBack(text: String, expected: Endpoint) throws {
        let endpoint = try Endpoint(url: text)
        #expect(endpoint == expected)
        #expect(try Endpoint(url: endpoint.description) == endpoint)
        #expect(endpoint.host == nil && endpoint.unixAddress == nil && !endpoint.needsLookup)
    }

    @Test(arguments: [
        ("fd://", EndpointError.invalidInherited("", .descriptor)),
        ("fd://-1", .invalidInherited("-1", .descriptor)),
        ("fd://99999999999", .invalidInherited("99999999999", .descriptor)),
        ("fd://web", .invalidInherited("web", .descriptor)),
        ("activated://a:b", .invalidInherited("a:b", .activated)),
        ("activated://a%00", .invalidInherited("a%00", .activated)),
        ("activated://web?backlog=1", .optionDoesNotApply(.backlog, .activated)),
        ("fd://3?rcvbuf=1", .optionDoesNotApply(.rcvbuf, .descriptor)),
        ("fd://3?x=1", .unknownOption("x", .descriptor)),
    ])
    func whatNamesNoSocketIsRefusedWithAWordOnWhatToWrite(text: String, expected: EndpointError) {
        #expect(throws: expected) { try Endpoint(url: text) }
        #expect(expected.description.hasSuffix("."))
    }

    @Test func `every refusal to adopt knows a remedy`() {
        for code in [
            ErrorCode.noSuchFile, .invalidArgument, .addressInUse, .notASocket, .wrongProtocolType,
        ] {
            #expect(!SocketError(.adopt, code, subject: "fd://3").remedy.isEmpty)
        }
    }
}
