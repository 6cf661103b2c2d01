/// One step of the tour: what it shows, the lines to copy, and what was to be seen in what they printed.
struct TourStep: Sendable {
    /// For the command line.
    let name: String
    let title: TourText
    /// One or two sentences, broken as they stand: at most 78 columns.
    let seen: TourText
    /// Whether its lines name the header.
    var isOfHeader = true
    let lines: @Sendable (TourPlace) -> [TourLine]
}

/// Where the lines of a step are run.
struct TourPlace: Sendable {
    /// A port of loopback that the system chose for the step.
    let port: UInt16
    /// The path of the header, as the reader has it.
    let header: String

    var url: String { "udp://127.0.0.1:\(port)" }
    var stream: String { "tcp://127.0.0.1:\(port)" }
    var layout: String { "\(header):msg_st" }
}
