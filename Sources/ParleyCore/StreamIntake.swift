public import ParleyNetwork
public import ParleyTypes
public import ParleyWire

/// The reading side of a stream connection: bytes that have come, cut into messages one at a time.
///
/// Touched only by its reader, or by the asker that receives: see ``ReadingDesk``.
@safe @usableFromInline
final class StreamIntake: @unchecked Sendable {
    @usableFromInline let framing: Framing
    /// Where the reader is. Behind a pointer, because the language checks each access to a class's variable at run
    /// time, and there are several for each message.
    @usableFromInline let cursor: UnsafeMutablePointer<StreamCursor>
    private let turn = ReadingTurn()
    /// What the connection holds of its listener's budget, nil where there is none.
    var share: MemoryShare?
    /// Where the beginning of a message waits for its rest, while there is a budget: small, and kept for the
    /// next one. `storage` is this while `isParked`.
    private var parking = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var isParked = false
    /// Where its reader began to take what lies here (``markRest()``).
    private var mark = 0

    /// What is read at once at least; streams with larger messages grow the buffer up to one message and
    /// this.
    static var readBytes: Int { 64 << 10 }
    /// A buffer that a large message has grown beyond this is given back after it.
    static var keptBytesMax: Int { 1 << 20 }
    /// What has come of a message, if no more, waits in a buffer of its size.
    private static var parkedBytesMax: Int { 16 << 10 }
    private static var parkedBytesMin: Int { 512 }

    init(framing: Framing, share: MemoryShare? = nil) {
        self.framing = framing
        self.share = share
        unsafe cursor = .allocate(capacity: 1)
        unsafe cursor.initialize(to: StreamCursor())
    }

    deinit {
        if !isParked { unsafe storage.deallocate() }
        unsafe cursor.deinitialize(count: 1)
        unsafe cursor.deallocate()
        unsafe parking.deallocate()
        _ = share?.read(holding: 0)
    }

    /// Where the next message lies, or nil when more must be read. Never suspends.
    @inlinable
    func nextFrame() throws(FramingError) -> Framing.Frame? {
        guard start < end || isAtEnd else { return nil }
        return unsafe try framing.nextFrame(
            in: bytes(start..<end),
            atEnd: isAtEnd,
            progress: &cursor.pointee.progress
        )
    }

    /// The next message, or nil when more must be read.
    @inlinable
    func next<Coder: MessageCoder>(by coder: Coder) throws(ParleyError) -> Coder.Message? {
        let frame: Framing.Frame?
        do throws(FramingError) { frame = try nextFrame() } catch { throw .framing(error) }
        guard let frame else { return nil }
        let origin = start
        start = origin &+ frame.consumed
        do throws(WireError) {
            return try coder.decode(
                bytes(origin + frame.message.lowerBound..<origin + frame.message.upperBound)
            )
        } catch {
            throw .wire(error)
        }
    }

    /// Passes over a message without a look at what it says; false when more must be read.
    func skip() throws(FramingError) -> Bool {
        guard let frame = try nextFrame() else { return false }
        start += frame.consumed
        return true
    }

    @inlinable
    @_lifetime(borrow self)
    func bytes(_ range: Range<Int>) -> RawSpan {
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: storage[range])
        return unsafe _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }

    /// Reads what has come; false once nothing more is received.
    @usableFromInline
    func fill(from port: any StreamPort, until deadline: MonotonicInstant) async throws(SocketError) -> Bool {
        if isAtEnd { return false }
        try await turn.begin()
        var isOverdue = false
        while true {
            switch try read(from: port) {
            case .received, .end: return true
            case .over: return false
            case .wouldBlock:
                turn.end()
                if let share {
                    guard park(share) else { return false }
                } else if start == end {
                    lendStorage()
                }
                if isOverdue { throw SocketError(.wait, .timedOut) }
                do throws(SocketError) {
                    try await port.waitUntilReadable(until: deadline)
                } catch {
                    // What has come is handed out, however late it is.
                    guard error.code == .timedOut else { throw error }
                    isOverdue = true
                }
            }
        }
    }

    /// Reads once, without waiting.
    func read(from port: any StreamPort) throws(SocketError) -> ReceiveResult {
        guard makeRoom() else { return .over }
        let result = unsafe try port.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
        switch result {
        case .received(let count): end += count
        case .end: isAtEnd = true
        case .wouldBlock, .over: break
        }
        return result
    }

    /// A connection that waits and holds no byte holds no buffer either.
    func lendStorage() {
        guard unsafe storage.count == Self.readBytes else { return }
        unsafe StreamBuffers.giveBack(storage)
        unsafe storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        start = 0
        end = 0
    }

    /// Forgets what is left, so that another connection may read into it.
    func reset() {
        if unsafe isParked || storage.count > Self.keptBytesMax {
            if !isParked { unsafe storage.deallocate() }
            unsafe storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        }
        isParked = false
        start = 0
        end = 0
        unsafe cursor.pointee.progress = Framing.Progress()
        isAtEnd = false
        share = nil
    }

    // MARK: Two intakes of one stream

    /// Another one for the same stream, in which nothing lies.
    func sibling() -> StreamIntake { StreamIntake(framing: framing, share: share) }

    /// Takes over all that lies in another one, in place of its own.
    ///
    /// - Returns: whether that is anything.
    func takeOver(_ other: StreamIntake) -> Bool {
        unsafe swap(&cursor.pointee, &other.cursor.pointee)
        unsafe swap(&parking, &other.parking)
        swap(&isParked, &other.isParked)
        other.empty()
        other.free()
        _ = unsafe share?.read(holding: parking.count + (isParked ? 0 : storage.count))
        return start < end || isAtEnd
    }

    private func free() {
        if !isParked, unsafe storage.count > 0 {
            if unsafe storage.count == Self.readBytes {
                unsafe StreamBuffers.giveBack(storage)
            } else {
                unsafe storage.deallocate()
            }
        }
        isParked = false
        unsafe storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    /// From now on the reader takes what lies here, at any moment, and moves `start` alone.
    func markRest() { mark = start }

    /// Copies what lies behind the whole messages of another one, whose reader may be taking those at this moment.
    func takeRest(of other: StreamIntake) {
        empty()
        var position = other.mark
        var progress = Framing.Progress()
        while position < other.end,
            let frame = try? framing.nextFrame(
                in: other.bytes(position..<other.end),
                atEnd: other.isAtEnd,
                progress: &progress
            ),
            frame.consumed > 0
        {
            position += frame.consumed
        }
        isAtEnd = other.isAtEnd
        let count = other.end - position
        guard count > 0 else { return }
        _ = makeRoom()
        if unsafe storage.count < count {
            unsafe storage.deallocate()
            unsafe storage = .allocate(byteCount: count + Self.readBytes, alignment: 16)
        }
        unsafe storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: other.storage[position..<other.end]))
        end = count
    }

    private func empty() {
        start = 0
        end = 0
        unsafe cursor.pointee.progress = Framing.Progress()
        isAtEnd = false
    }

    /// A connection that waits holds little more than what has come, and says how much.
    ///
    /// - Returns: false when it was ended for that.
    func park(_ share: MemoryShare) -> Bool {
        let count = end - start
        if !isParked, count <= Self.parkedBytesMax {
            if count > 0 { unsafe copyToParking(UnsafeRawBufferPointer(rebasing: storage[start..<end])) }
            if unsafe storage.count == Self.readBytes {
                unsafe StreamBuffers.giveBack(storage)
            } else {
                unsafe storage.deallocate()
            }
            isParked = count > 0
            unsafe storage = isParked ? parking : UnsafeMutableRawBufferPointer(start: nil, count: 0)
            start = 0
            end = count
        }
        share.tell()
        return unsafe share.read(holding: parking.count + (isParked ? 0 : storage.count))
    }

    private func copyToParking(_ bytes: UnsafeRawBufferPointer) {
        if unsafe parking.count < bytes.count {
            unsafe parking.deallocate()
            var size = Self.parkedBytesMin
            while size < bytes.count { size *= 2 }
            unsafe parking = .allocate(byteCount: size, alignment: 16)
        }
        unsafe parking.copyMemory(from: bytes)
    }

    /// Moves what is left to the front, grows when a message is larger than the buffer, and shrinks after it.
    ///
    /// - Returns: false when the connection was ended for the memory that it would hold.
    private func makeRoom() -> Bool {
        if unsafe storage.count == 0 {
            unsafe storage = StreamBuffers.take(Self.readBytes)
            return true
        }
        let count = end - start
        if isParked {
            unsafe storage = StreamBuffers.take(Self.readBytes)
            unsafe storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: parking[start..<end]))
            isParked = false
            start = 0
            end = count
            return true
        }
        let needed = count + Self.readBytes
        let isOversized = unsafe storage.count > Self.keptBytesMax && count <= Self.readBytes
        if unsafe !isOversized && storage.count - end >= Self.readBytes / 2 { return true }
        if unsafe !isOversized && storage.count >= needed {
            unsafe storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<end]))
        } else {
            // `framing` refuses a message above its limit, so this stays below that limit and a read.
            let largest = framing.messageBytesMax + framing.overhead + Self.readBytes
            let size = unsafe isOversized ? needed : max(needed, min(storage.count * 2, largest))
            // For a moment both are there.
            if let share, unsafe !share.read(holding: parking.count + storage.count + size) {
                return false
            }
            let fitting = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
            unsafe fitting.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[start..<end]))
            unsafe storage.deallocate()
            unsafe storage = fitting
            _ = unsafe share?.read(holding: parking.count + size)
        }
        start = 0
        end = count
        return true
    }
}

extension StreamIntake {
    @inlinable var storage: UnsafeMutableRawBufferPointer {
        get { unsafe cursor.pointee.storage }
        set { unsafe cursor.pointee.storage = newValue }
    }

    @inlinable var start: Int {
        get { unsafe cursor.pointee.start }
        set { unsafe cursor.pointee.start = newValue }
    }

    @inlinable var end: Int {
        get { unsafe cursor.pointee.end }
        set { unsafe cursor.pointee.end = newValue }
    }

    @inlinable var isAtEnd: Bool {
        get { unsafe cursor.pointee.isAtEnd }
        set { unsafe cursor.pointee.isAtEnd = newValue }
    }
}

/// The place of a reader in a stream.
@unsafe @usableFromInline
struct StreamCursor {
    @usableFromInline var storage = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// The bytes that have come and were not handed out: `start..<end` of `storage`.
    @usableFromInline var start = 0
    @usableFromInline var end = 0
    /// What the framing has found out about the first message of those bytes.
    @usableFromInline var progress = Framing.Progress()
    @usableFromInline var isAtEnd = false

    init() {}
}
