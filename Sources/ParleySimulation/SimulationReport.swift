internal import Glibc
public import ParleyTypes
internal import Synchronization

extension SimulatedNetwork {
    /// Whether the last packets are kept for the file that tells of a failure: 4,096 at most, and 4 MiB. At first they
    /// are.
    public var keepsPackets: Bool {
        get { loop.world.withLock { $0.capture.isOn } }
        set { loop.world.withLock { $0.capture.isOn = newValue } }
    }

    /// Writes the last packets (``keepsPackets``) as a pcapng file, which Wireshark and `parley decode` read: when each
    /// left its host, with headers made up around it; pieces of streams as TCP. Time begins on 1 January 2000.
    ///
    /// - Throws: ``ParleyTypes/SocketError`` with operation `.open` and the path as its subject.
    public func writeCapture(to path: String) throws(SocketError) {
        try write(to: path, O_TRUNC)
    }

    private func write(to path: String, _ flags: Int32) throws(SocketError) {
        let file = loop.world.withLock { $0.capture.file() }
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o644)
        guard descriptor >= 0 else { throw SocketError(.open, ErrorCode(errno), subject: path) }
        defer { Glibc.close(descriptor) }
        var offset = 0
        while offset < file.count {
            let count = unsafe file.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SocketError(.open, ErrorCode(errno), subject: path) }
            offset += count
        }
    }

    /// Tells, on standard error, what is needed to see a failure again: the seed, the time, and a file with the last
    /// packets in the directory that the environment's PARLEY_SIMULATION_CAPTURES names, else in TMPDIR or /tmp.
    func report(_ error: any Error) {
        let (now, hash) = loop.world.withLock { ($0.now, $0.trace.hash) }
        let seconds = Double(now.nanoseconds) / 1_000_000_000
        var text =
            "simulation with seed \(seed) failed after \(seconds) s of its time (trace \(hash)): \(error)\n"
        if keepsPackets { text += writeCapture(in: Self.capturesDirectory) }
        Self.tell(text)
    }

    /// Where the environment has PARLEY_SIMULATION_KEEP, packets of runs that did not throw are kept too: a test may
    /// have failed all the same.
    func keepCaptureIfAsked() {
        guard keepsPackets, Self.environment("PARLEY_SIMULATION_KEEP") != nil else { return }
        Self.tell("simulation with seed \(seed) ended; " + writeCapture(in: Self.capturesDirectory))
    }

    private static var capturesDirectory: String {
        environment("PARLEY_SIMULATION_CAPTURES") ?? environment("TMPDIR") ?? "/tmp"
    }

    /// - Returns: a line that says where.
    private func writeCapture(in directory: String) -> String {
        let number = reports.add(1, ordering: .relaxed).newValue
        let path = "\(directory)/parley-simulation-seed-\(seed)-\(getpid())-\(number).pcapng"
        do throws(SocketError) {
            // In a folder that everybody writes to, nothing is followed and nothing replaced.
            try write(to: path, O_EXCL | O_NOFOLLOW)
            return "its last packets, for Wireshark or `parley decode`: \(path)\n"
        } catch {
            return "its last packets could not be written: \(error)\n"
        }
    }

    static func tell(_ text: String) {
        let lines = SafeText.lines(text)
        unsafe lines.utf8CString.withUnsafeBytes { bytes in
            _ = unsafe Glibc.write(2, bytes.baseAddress, bytes.count - 1)
        }
    }

    private static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}

/// How many failures this process has told of.
private let reports = Atomic<Int>(0)
