/// What a smoothed reader has done since it was made. All numbers but times count letters.
public struct SmoothingReport: Sendable, Hashable {
    /// Letters that were handed out, late ones included.
    public var played = 0
    /// Letters that came after their time: dropped, or handed out marked.
    public var late = 0
    /// Letters that came again; dropped.
    public var duplicates = 0
    /// Letters for which there was no room, or no room for their sender; dropped.
    public var refused = 0
    /// Letters that do not say when they were sent; handed out at once.
    public var untimed = 0
    /// How often a sender's clock or path had changed, so that its letters were smoothed anew.
    public var restarts = 0
    /// The interarrival jitter of RFC 3550, section 6.4.1; of several senders the greatest. It is a mean, which hides
    /// spikes.
    public var jitter: Duration = .zero
    /// How long the fastest letters are held at present; of several senders the longest.
    public var delay: Duration = .zero
    /// Letters that wait for their time.
    public var waiting = 0
}
