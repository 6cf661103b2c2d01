import ParleyCore
import ParleyText
import ParleyTypes

extension Console {
    /// Says where we are to be found, as the URL that others write.
    func announce(_ words: String, _ transport: Transport, _ address: SocketAddress) {
        note("\(words) \(Self.url(transport, address))")
    }

    /// Every local address as no host, otherwise the address as it is.
    static func url(_ transport: Transport, _ address: SocketAddress) -> String {
        switch address {
        case .unix(.path(let path)):
            "\(transport):\(path.hasPrefix("/") ? "//" : "")\(SafeText.line(path))"
        case .unix: "\(transport)://\(SafeText.line("\(address)"))"
        case _ where address.isWildcard: "\(transport)://:\(address.port ?? 0)"
        default: "\(transport)://\(address)"
        }
    }
}

extension Connection {
    /// Who the peer is, to stand behind its address: Unix clients rarely have one. Empty where nobody vouches
    /// for it.
    var introduction: String { peerCredentials.map { " (\($0))" } ?? "" }
}
