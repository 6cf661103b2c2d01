internal import ParleyNetwork
internal import ParleyTypes
internal import Synchronization

/// What the ports of a host have in common: who waits for them. Its variables are the world's: under its lock.
class SimulatedPort: DriveWatch, @unchecked Sendable {
    // Sendable by hand: see above.
    let host: SimulatedHost
    var readiness = Readiness()
    /// Where it is, with its port.
    let place: Place
    let localAddress: SocketAddress
    /// By this, failures call whoever waits for it.
    let label: String
    /// The tasks that came to wait last, where they have names.
    private var readerName: String?
    private var writerName: String?

    init(_ host: SimulatedHost, _ place: Place, _ address: SocketAddress, _ label: String) {
        self.host = host
        self.place = place
        localAddress = address
        self.label = label
    }

    var executor: (any TaskExecutor)? { host.executor }

    /// Whether an attempt to receive has something to say.
    var isReadable: Bool { false }

    /// Whether an attempt to transmit may succeed.
    var isWritable: Bool { true }

    /// A queue as Linux makes it of what an endpoint asks for.
    static func queueBytes(_ asked: Int32?, least: Int, usual: Int) -> Int {
        asked.map { min(max(Int($0) * 2, least), 64 << 20) } ?? usual
    }

    @inline(__always)
    func withWorld<Result, Failure: Error>(
        _ body: (inout World) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try host.loop.world.withLock { (world) throws(Failure) in try body(&world) }
    }

    // MARK: Waits

    func waitUntilReadable(until deadline: MonotonicInstant) async throws(SocketError) {
        await host.yieldIfCancelled()
        let waiter = Suspension()
        let isReady = withWorld { _ in
            if isReadable || readiness.isClosed { return true }
            readiness.append(reader: waiter)
            readerName = Task.name
            return false
        }
        if isReady { return }
        try await host.wait(waiter, until: deadline) { withWorld { _ in readiness.remove(waiter) } }
    }

    func waitUntilWritable(until deadline: MonotonicInstant) async throws(SocketError) {
        await host.yieldIfCancelled()
        let waiter = Suspension()
        let isReady = try withWorld { (_) throws(SocketError) in
            if readiness.isClosed { throw SocketError(.wait, .badDescriptor) }
            if isWritable { return true }
            readiness.append(writer: waiter)
            writerName = Task.name
            return false
        }
        if isReady { return }
        try await host.wait(waiter, until: deadline) { withWorld { _ in readiness.remove(waiter) } }
    }

    /// Who waits, as failures tell it.
    var waits: [String] {
        var waits: [String] = []
        if readiness.hasReaders { waits.append("\(readerName ?? host.name) for \(label)") }
        if readiness.hasDriver { waits.append("a driver of \(host.name) for \(label)") }
        if readiness.hasWriters { waits.append("\(writerName ?? host.name) for room in \(label)") }
        return waits
    }

    // MARK: The driver

    func drive(by driver: any Driver) throws(SocketError) {
        let drive = PortDrive(driver, self, on: host)
        try withWorld { (_) throws(SocketError) in try readiness.drive(by: drive, isReadable: isReadable) }
    }

    func stopDriving() { withWorld { _ in readiness.stopDriving() }?.forgetAlarm() }

    func pauseReceiving() { withWorld { _ in readiness.pause() } }

    func resumeReceiving() { withWorld { _ in readiness.resume(isReadable: isReadable) } }

    func tellOfRoom() { withWorld { _ in readiness.tellOfRoom(isWritable: isWritable) } }

    func setAlarm(at deadline: MonotonicInstant?) {
        withWorld { _ in readiness.drive }?.setAlarm(at: deadline)
    }

    func signal() { withWorld { _ in readiness.drive }?.signal() }

    func begin(turnOf drive: PortDrive) -> PortDrive.Turn {
        withWorld { _ in readiness.begin(turnOf: drive, isReadable: isReadable) }
    }

    func end(turnOf drive: PortDrive) {
        withWorld { _ in readiness.end(turnOf: drive, isReadable: isReadable) }
    }

    func isGoing(_ drive: PortDrive) -> Bool { withWorld { _ in readiness.isGoing(drive) } }

    /// The host has crashed: nobody is told but those who wait here.
    func vanish(_ world: inout World) {
        readiness.end()
    }
}
