/// How long a ``JitterBuffer`` holds what came fastest.
public enum PlayoutDelay: Sendable, Hashable {
    /// Always so long, 0 to 10 s.
    case fixed(Duration)
    /// So long that of a hundred packets of the last ten seconds so many are in time, 1 to 100, but never
    /// longer than `most`, 0 to 500 ms. It grows at once and shrinks by at most an eighth of the time that
    /// passes.
    case adaptive(percentile: Int = 95, most: Duration = .milliseconds(500))
}
