internal import ParleyTypes

/// How much an ``AnswerMemory`` keeps, and for how long.
public struct AnswerLimits: Sendable, Hashable {
    /// How long a peer that is silent is remembered, with what it has asked and been answered. A repeated question
    /// begins it anew. At least four times the longest pause between two tries: so three in a row may be lost.
    public let time: Duration
    /// Peers; a new one finds no room while so many are remembered. Those that are known go on.
    public let peersMax: Int
    /// Answers kept for one peer; beyond that the oldest are forgotten, and a repeated question of those is known
    /// and neither run again nor answered.
    public let answersMax: Int
    /// Bytes of answers kept for one peer.
    public let bytesPerPeerMax: Int
    /// Bytes of answers kept in all.
    public let bytesMax: Int

    /// 40 s (four times the longest pause of ``TimeoutSettings/questions``), 16,384 peers, 16,384 answers and 4 MiB of
    /// one peer, 64 MiB in all.
    public static let usual = AnswerLimits(
        unchecked: .seconds(40),
        peersMax: 16_384,
        answersMax: 16_384,
        bytesPerPeerMax: 4 << 20,
        bytesMax: 64 << 20
    )

    /// - Parameters:
    ///   - time: 1 ms to a day.
    ///   - peersMax: 1 to 1,048,576.
    ///   - answersMax: 1 to 65,536; taken up to the next power of two.
    ///   - bytesPerPeerMax: at least 1.
    ///   - bytesMax: at least 1.
    /// - Throws: ``FlowError/outOfRange(_:_:allowed:)``, ``FlowError/timeOutOfRange(_:_:allowed:)``.
    public init(
        time: Duration = Self.usual.time,
        peersMax: Int = Self.usual.peersMax,
        answersMax: Int = Self.usual.answersMax,
        bytesPerPeerMax: Int = Self.usual.bytesPerPeerMax,
        bytesMax: Int = Self.usual.bytesMax
    ) throws(FlowError) {
        _ = try FlowError.Setting.memoryTime.checked(time, in: .milliseconds(1) ... .seconds(86_400))
        self.init(
            unchecked: time,
            peersMax: try FlowError.Setting.memoryPeers.checked(peersMax, in: 1...1 << 20),
            answersMax: try FlowError.Setting.memoryAnswers.checked(answersMax, in: 1...1 << 16),
            bytesPerPeerMax: try FlowError.Setting.memoryBytes.checked(bytesPerPeerMax, in: 1...Int.max),
            bytesMax: try FlowError.Setting.memoryBytes.checked(bytesMax, in: 1...Int.max)
        )
    }

    private init(
        unchecked time: Duration,
        peersMax: Int,
        answersMax: Int,
        bytesPerPeerMax: Int,
        bytesMax: Int
    ) {
        self.time = time
        self.peersMax = peersMax
        self.answersMax = answersMax
        self.bytesPerPeerMax = bytesPerPeerMax
        self.bytesMax = bytesMax
    }

    /// The limits of one of several memories that share a load.
    package func share(of count: Int) -> AnswerLimits {
        AnswerLimits(
            unchecked: time,
            peersMax: max(1, peersMax / count),
            answersMax: answersMax,
            bytesPerPeerMax: bytesPerPeerMax,
            bytesMax: max(1, bytesMax / count)
        )
    }
}
