import ParleyKernel
import ParleySockets
import ParleyText
import ParleyTypes

/// Rows of sockets whose columns stand below each other.
struct SocketTable {
    static let titles = [
        "KIND", "STATE", "LOCAL", "REMOTE", "RECV-Q", "SEND-Q", "DROPS", "TIMER", "USER", "OWNER",
    ]

    private var cells = ByteText()
    /// Where each cell ends, row after row.
    private var ends: [Int] = []
    private var widths: [Int] = Array(repeating: 0, count: Self.titles.count)
    private var words: SocketTexts

    /// Rows with their titles.
    init(_ owners: SocketOwners) {
        words = SocketTexts(owners)
        for title in Self.titles {
            cells.append(string: title)
            end()
        }
    }

    mutating func append(_ socket: KernelSocket) {
        cells.append(string: socket.kind.rawValue)
        end()
        cells.append(string: SocketWords.text(socket.state))
        end()
        words.appendLocal(of: socket, to: &cells)
        end()
        words.appendRemote(of: socket, to: &cells)
        end()
        cells.append(socket.receiveQueue)
        end()
        cells.append(socket.sendQueue)
        end()
        if let drops = socket.drops { cells.append(drops) } else { cells.append(byte: UInt8(ascii: "-")) }
        end()
        words.appendTimer(of: socket, to: &cells)
        end()
        cells.append(string: words.user(of: socket))
        end()
        words.appendOwner(of: socket, to: &cells)
        end()
    }

    /// The lines, each with its end.
    func rendered() -> [UInt8] {
        var text = ByteText()
        text.reserve(cells.bytes.count + ends.count * 4)
        var start = 0
        var column = 0
        for end in ends {
            text.append(cells.bytes, start..<end)
            let isLast = column == widths.count - 1
            if isLast {
                text.append(byte: UInt8(ascii: "\n"))
            } else {
                text.append(spaces: widths[column] - (end - start) + 2)
            }
            column = isLast ? 0 : column + 1
            start = end
        }
        return text.bytes
    }

    private mutating func end() {
        let column = ends.count % widths.count
        let width = cells.bytes.count - (ends.last ?? 0)
        if width > widths[column] { widths[column] = width }
        ends.append(cells.bytes.count)
    }
}

/// What a socket's row says, in words, with what must be looked up once: users, owners, interfaces.
struct SocketTexts {
    let owners: SocketOwners
    private var users = UserNames()
    private var userTexts: [UInt32: String] = [:]
    private var interfaces: [UInt32: String] = [:]
    /// By the place of a process: `nginx/412`.
    private var ownerTexts: [String?] = []

    init(_ owners: SocketOwners) {
        self.owners = owners
        ownerTexts = Array(repeating: nil, count: owners.processes.count)
    }

    /// The user's name, safe for a terminal.
    mutating func user(of socket: KernelSocket) -> String {
        guard let user = socket.user else { return "-" }
        return name(of: user)
    }

    mutating func name(of user: UInt32) -> String {
        if let text = userTexts[user] { return text }
        let text = SafeText.line(users.name(of: user))
        userTexts[user] = text
        return text
    }

    /// With the interface that the socket is bound to: `0.0.0.0:68%eth0`.
    mutating func appendLocal(of socket: KernelSocket, to text: inout ByteText) {
        guard let local = socket.local else { return text.append(byte: UInt8(ascii: "-")) }
        text.append(local)
        guard socket.interface != 0, !local.isLinkLocal else { return }
        text.append(byte: UInt8(ascii: "%"))
        text.append(string: interface(socket.interface))
    }

    mutating func appendRemote(of socket: KernelSocket, to text: inout ByteText) {
        if let remote = socket.remote {
            text.append(remote)
        } else if let peer = socket.peerInode {
            text.append("#")
            text.append(peer)
        } else {
            text.append(byte: UInt8(ascii: socket.kind.isUnix ? "-" : "*"))
        }
    }

    /// `time-wait 43s`, `retransmit 0.8s #2`
    func appendTimer(of socket: KernelSocket, to text: inout ByteText) {
        guard let timer = socket.timer else { return text.append(byte: UInt8(ascii: "-")) }
        text.append(string: SocketWords.text(timer.kind))
        text.append(byte: UInt8(ascii: " "))
        Self.append(timer.remaining, to: &text)
        guard timer.retries > 0 else { return }
        text.append(" #")
        text.append(timer.retries)
    }

    /// `nginx/412`, `nginx/412 +3` for a socket that several descriptors stand for.
    mutating func appendOwner(of socket: KernelSocket, to text: inout ByteText) {
        guard let first = owners.firstOwner(of: socket.inode) else {
            return text.append(
                byte: UInt8(ascii: socket.inode == 0 || owners.areComplete ? "-" : "?")
            )
        }
        if ownerTexts[first.index] == nil {
            let process = owners.processes[first.index]
            ownerTexts[first.index] = "\(SafeText.line(process.name))/\(process.id)"
        }
        text.append(string: ownerTexts[first.index] ?? "")
        guard first.others > 0 else { return }
        text.append(" +")
        text.append(UInt64(first.others))
    }

    private mutating func interface(_ index: UInt32) -> String {
        if let name = interfaces[index] { return name }
        let name = SafeText.line(Interfaces.name(of: index) ?? String(index))
        interfaces[index] = name
        return name
    }

    /// `0.8s`, `43s`, `119m`
    static func append(_ duration: Duration, to text: inout ByteText) {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return text.append("0s") }
        if seconds >= 600 {
            text.append(UInt64(seconds / 60))
            text.append("m")
        } else if seconds >= 10 {
            text.append(UInt64(seconds))
            text.append("s")
        } else {
            text.append(UInt64(seconds))
            text.append(".")
            text.append(UInt64(attoseconds / 100_000_000_000_000_000))
            text.append("s")
        }
    }
}
