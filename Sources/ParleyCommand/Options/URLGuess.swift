import ParleyTypes

/// What was meant by a word that is no endpoint's URL: what socat, ncat, ss and nc call a place.
enum URLGuess {
    /// URLs that can be read, the likeliest first; none where nothing of the word says what was meant.
    static func guesses(for word: String) -> [String] {
        let word = word.trimmingBlanks
        guard word.utf8.count <= 256, !word.isEmpty else { return [] }
        let (place, options) = split(word)
        return places(place).map { $0 + options }.filter { (try? Endpoint(url: $0)) != nil }
    }

    /// The place and the options of a URL; some are told apart by `&`, as if they had begun already.
    private static func split(_ word: String) -> (place: String, options: String) {
        if let mark = word.firstIndex(of: "?") { return (String(word[..<mark]), String(word[mark...])) }
        guard let mark = word.firstIndex(of: "&") else { return (word, "") }
        return (String(word[..<mark]), "?" + word[word.index(after: mark)...])
    }

    private static func places(_ place: String) -> [String] {
        if let address = address(ofSocat: place) { return [address] }
        if place.hasPrefix("/") || place.hasPrefix("./") {
            return ["unix:\(unixPath(place))", "unixgram:\(unixPath(place))"]
        }
        if place.hasPrefix("@") { return ["unix://\(place)", "unixgram://\(place)"] }
        let parts = place.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init
        )
        if parts.count == 2 {
            var rest = parts[1][...]
            while rest.hasPrefix("/") { rest = rest.dropFirst() }
            if let slash = rest.firstIndex(of: "/") { rest = rest[..<slash] }
            let scheme = parts[0].lowercased().filter { $0 != "/" }
            if let transport = transports[scheme] { return ["\(transport)://\(authority(rest))"] }
            if parts[1].hasPrefix("//") { return both(authority(rest)) }
        }
        let slash = place.split(separator: "/", maxSplits: 1).map(String.init)
        if slash.count == 2, let transport = transports[slash[0].lowercased()] {
            return ["\(transport)://\(authority(slash[1][...]))"]
        }
        return place.contains(":") || isPort(place[...]) ? both(authority(place[...])) : []
    }

    /// A port alone is that of every local address.
    private static func authority(_ text: Substring) -> String { isPort(text) ? ":\(text)" : String(text) }

    private static func both(_ authority: String) -> [String] {
        ["udp://\(authority)", "tcp://\(authority)"]
    }

    static func isPort(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } && (UInt16(text) ?? 0) > 0
    }

    private static let transports: [String: String] = [
        "udp": "udp", "udp4": "udp", "udp6": "udp", "tcp": "tcp", "tcp4": "tcp", "tcp6": "tcp", "http": "tcp",
        "https": "tcp", "ws": "tcp", "telnet": "tcp",
    ]

    /// `UDP4-LISTEN:8089,fork`, `TCP:localhost:80`, `UNIX-CONNECT:/tmp/x`: all that socat has for our transports.
    private static func address(ofSocat word: String) -> String? {
        let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        let words = parts[0].lowercased().split(separator: "-").map(String.init)
        guard let kind = words.first, words.count <= 2, words.count == 2 || parts[0] == parts[0].uppercased(),
            words.count == 1 || roles.contains(words[1])
        else { return nil }
        let place = parts[1].prefix { $0 != "," }
        switch kind {
        case "udp", "udp4", "udp6", "tcp", "tcp4", "tcp6":
            return "\(kind.prefix(3))://\(authority(place))"
        case "unix", "abstract":
            let isDatagram = ["recv", "recvfrom", "sendto"].contains(words.last ?? "")
            let path = kind == "abstract" ? "//@\(place)" : unixPath(String(place))
            return (isDatagram ? "unixgram:" : "unix:") + path
        default: return nil
        }
    }

    private static let roles: Set<String> = [
        "listen", "connect", "client", "recv", "recvfrom", "sendto", "datagram", "l",
    ]

    private static func unixPath(_ path: String) -> String { path.hasPrefix("/") ? "//" + path : path }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
