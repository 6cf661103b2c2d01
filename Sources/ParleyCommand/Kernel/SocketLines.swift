import ParleyKernel
import ParleyText
import ParleyTypes

/// `parley.socket/1`: one object a socket. Members without a value are left out.
struct SocketLines {
    private var text = ByteText()
    private var users = UserNames()
    private let owners: SocketOwners

    init(_ owners: SocketOwners) { self.owners = owners }

    var bytes: [UInt8] { text.bytes }

    /// A line with its end.
    mutating func append(_ socket: KernelSocket) {
        text.append("{\"schema\":\"parley.socket/1\"")
        append(members: socket)
        text.append("}\n")
    }

    /// `parley.socket-change/1`: a line of a watch.
    mutating func append(_ change: SocketJournal.Change, at time: WallTime) {
        text.append("{\"schema\":\"parley.socket-change/1\"")
        append(",\"time\":", quoted: "\(time)")
        append(",\"change\":", quoted: change.kind.rawValue)
        if let from = change.from { append(",\"from\":", quoted: SocketWords.text(from)) }
        append(members: change.entry.socket)
        if let owner = change.entry.owner {
            append(",\"pid\":", UInt32(bitPattern: owner.id))
            append(",\"process\":", quoted: owner.name)
        }
        text.append("}\n")
    }

    /// `,"kind":…` and what follows.
    private mutating func append(members socket: KernelSocket) {
        append(",\"kind\":", quoted: socket.kind.rawValue)
        append(",\"state\":", quoted: SocketWords.text(socket.state))
        append(",\"local\":", socket.local)
        append(",\"remote\":", socket.remote)
        append(",\"receiveQueue\":", socket.receiveQueue)
        append(",\"sendQueue\":", socket.sendQueue)
        append(",\"drops\":", socket.drops)
        if let timer = socket.timer {
            append(",\"timer\":{\"kind\":", quoted: SocketWords.text(timer.kind))
            append(",\"milliseconds\":", timer.milliseconds)
            append(",\"retries\":", timer.retries)
            text.append("}")
        }
        append(",\"inode\":", socket.inode == 0 ? nil : socket.inode)
        append(",\"cookie\":", socket.cookie == 0 ? nil : socket.cookie)
        append(",\"uid\":", socket.user)
        if let user = socket.user { append(",\"user\":", quoted: users.name(of: user)) }
        append(",\"interface\":", socket.interface == 0 ? nil : socket.interface)
        if let isIPv6Only = socket.isIPv6Only {
            text.append(isIPv6Only ? ",\"ipv6Only\":true" : ",\"ipv6Only\":false")
        }
        append(",\"peerInode\":", socket.peerInode)
        appendOwners(of: socket)
    }

    private mutating func appendOwners(of socket: KernelSocket) {
        guard owners.firstOwner(of: socket.inode) != nil else { return }
        text.append(",\"owners\":[")
        for (index, owner) in owners.owners(of: socket.inode).enumerated() {
            if index > 0 { text.append(",") }
            append("{\"pid\":", UInt32(bitPattern: owner.process.id))
            append(",\"name\":", quoted: owner.process.name)
            append(",\"descriptor\":", UInt32(bitPattern: owner.descriptor))
            append(",\"uid\":", owner.process.user)
            if let started = owner.process.started { append(",\"started\":", quoted: started.description) }
            text.append("}")
        }
        text.append("]")
    }

    private mutating func append(_ name: StaticString, quoted value: String) {
        text.append(name)
        text.append(quoted: value)
    }

    private mutating func append(_ name: StaticString, _ number: (some FixedWidthInteger & UnsignedInteger)?)
    {
        guard let number else { return }
        text.append(name)
        text.append(number)
    }

    private mutating func append(_ name: StaticString, _ address: SocketAddress?) {
        guard let address else { return }
        text.append(name)
        // Digits, and what `UnixAddress` escapes.
        if address.port != nil {
            text.append(byte: 0x22)
            text.append(address)
            text.append(byte: 0x22)
        } else {
            text.append(quoted: address.description)
        }
    }
}

extension KernelSocket.Timer {
    var milliseconds: UInt64 {
        let (seconds, attoseconds) = remaining.components
        return UInt64(max(0, seconds)) * 1000 + UInt64(max(0, attoseconds)) / 1_000_000_000_000_000
    }
}
