internal import ParleyNetwork
internal import ParleyTypes

/// What the world knows of a host.
struct HostState {
    let name: String
    /// Without a port.
    let ipv4: Place
    let ipv6: Place?
    /// Whether it is a NAT itself.
    var isGateway = false
    /// The NAT that it is behind, -1 for none.
    var gateway: Int32 = -1
    /// What it has translated, if it is.
    var translation: Translation?
    /// In the agenda: its timers.
    let source: Int32
    var timers = TimerHeap()
    var clock = HostClock()
    /// Links that all its packets pass, -1 where there are none.
    var uplink: Int32 = -1
    var downlink: Int32 = -1
    var isDown = false
    /// The way of its Unix sockets, once they have one.
    var localLink: Int32 = -1
    /// How many sockets it has had.
    var lastSerial: UInt64 = 0
    let nameHash: UInt64
    /// Who hears at a port.
    var datagrams: [UInt16: [SimulatedDatagramPort]] = [:]
    var listeners: [UInt16: [SimulatedListeningPort]] = [:]
    /// Unix sockets that listen, or hear datagrams, by their names.
    var locals: [Place: SimulatedPort] = [:]
    var streams: [StreamKey: SimulatedPipe] = [:]
    private var lastPort: UInt16 = 32_767

    init(name: String, ipv4: Place, ipv6: Place?, source: Int32) {
        self.name = name
        self.ipv4 = ipv4
        self.ipv6 = ipv6
        self.source = source
        nameHash = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// A port that nobody has, as the system chooses them; nil when all are taken.
    mutating func choosePort(isFree: (HostState, UInt16) -> Bool) -> UInt16? {
        for _ in 0..<28_232 {
            lastPort = lastPort >= 60_999 ? 32_768 : lastPort + 1
            if isFree(self, lastPort) { return lastPort }
        }
        return nil
    }

    /// The address it has of the other's family.
    func address(toReach place: Place) -> Place { place.isIPv4 ? ipv4 : ipv6 ?? Place() }

    func hasAddress(_ place: Place) -> Bool {
        let place = place.with(port: 0)
        return place == ipv4 || place == ipv6 || place.isLoopback
    }
}

/// Which connection: between a port of this host and the peer's place.
struct StreamKey: Hashable {
    var local: Place
    var remote: Place
}

/// A clock that may go wrong: it is ahead by something, and too fast or too slow.
struct HostClock {
    private var began = MonotonicInstant(nanoseconds: 0)
    private var offset: Int64 = 0
    /// In billionths.
    private var skew: Int64 = 0

    func time(at now: MonotonicInstant) -> MonotonicInstant {
        var elapsed = began.duration(to: now).saturatedNanoseconds
        if skew != 0 { elapsed = Self.scaled(elapsed, by: 1_000_000_000 + skew, over: 1_000_000_000) }
        return MonotonicInstant(nanoseconds: offset).advanced(by: .nanoseconds(elapsed))
    }

    /// When this clock will show a time: never earlier than it does.
    func instant(of time: MonotonicInstant) -> MonotonicInstant {
        guard time != .distantFuture else { return time }
        var elapsed = MonotonicInstant(nanoseconds: offset).duration(to: time).saturatedNanoseconds
        if skew != 0 {
            elapsed = Self.scaled(elapsed, by: 1_000_000_000, over: 1_000_000_000 + skew)
            if self.time(at: began.advanced(by: .nanoseconds(elapsed))) < time { elapsed += 1 }
        }
        return began.advanced(by: .nanoseconds(elapsed))
    }

    mutating func jump(by step: Duration, at now: MonotonicInstant) {
        set(skew, at: now)
        offset = MonotonicInstant(nanoseconds: offset).advanced(by: step).nanoseconds
    }

    mutating func setSkew(_ billionths: Int64, at now: MonotonicInstant) { set(billionths, at: now) }

    private mutating func set(_ billionths: Int64, at now: MonotonicInstant) {
        offset = time(at: now).nanoseconds
        began = now
        skew = billionths
    }

    private static func scaled(_ value: Int64, by factor: Int64, over divisor: Int64) -> Int64 {
        let product = value.magnitude.multipliedFullWidth(by: factor.magnitude)
        guard product.high < divisor.magnitude else { return value < 0 ? .min : .max }
        let quotient = divisor.magnitude.dividingFullWidth(product).quotient
        guard quotient <= UInt64(Int64.max) else { return value < 0 ? .min : .max }
        return value < 0 ? -Int64(quotient) : Int64(quotient)
    }
}
