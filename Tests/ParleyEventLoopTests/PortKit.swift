import ParleyNetwork
import ParleySockets
import ParleyTypes

@testable import ParleyEventLoop

/// Waits until a condition holds; false when patience ends.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<5000 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(2))
    }
    return condition()
}

extension KernelNetwork {
    /// The time at which a test gives up.
    var latest: MonotonicInstant { now.advanced(by: .seconds(60)) }

    func open(_ url: String) async throws -> any MessagePort {
        try await open(try Endpoint(url: url), until: latest)
    }

    /// A port of the loopback address that nobody listens at.
    func closedPlace(_ url: String = "udp://127.0.0.1:0") async throws -> SocketAddress {
        let port = try await open(url)
        defer { port.close() }
        return port.localAddress
    }

    /// The next messages of a port.
    func receive(from port: any MessagePort, into batch: ReceiveBatch) async throws {
        while true {
            switch try port.receive(into: batch) {
            case .received: return
            case .wouldBlock: try await port.waitUntilReadable(until: latest)
            case .end, .over: throw SocketError(.receive, .badDescriptor)
            }
        }
    }
}

extension MessagePort {
    func say(_ bytes: [UInt8], to recipient: SocketAddress?, from source: SocketAddress? = nil) throws -> Bool
    {
        try unsafe transmit(bytes.span.bytes, to: recipient, from: source)
    }
}

/// Whether this host has an IPv6 loopback address.
let hasIPv6Loopback: Bool = {
    guard let network = try? Socket(.ipv6, .datagram) else { return false }
    return (try? network.bind(to: .ipv6(.loopback, port: 0, zone: 0))) != nil
}()
