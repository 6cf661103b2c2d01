// The program of docs/lossy-networks.md: `swift run LossyProgram SECTION`.

let sections: [(name: String, run: @Sendable () async throws -> Void)] = [
    ("queue", queue), ("bucket", bucket), ("bursts", bursts), ("open-loop", openLoop), ("price", price),
    ("tries", tries),
    ("numbers", numbers), ("acknowledgements", acknowledgements), ("restart", restart), ("windows", windows),
    ("congestion", congestion), ("fairness", fairness), ("jitter", jitter), ("smoothed", smoothed),
]
if let section = sections.first(where: { CommandLine.arguments.dropFirst().first == $0.name }) {
    try await section.run()
} else {
    print("LossyProgram", sections.map(\.name).joined(separator: "|"))
}
