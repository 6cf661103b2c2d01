/// A place in one of the files, as the parser carries it: cheap, resolved to a ``SourceLocation`` on demand.
struct Spot: Sendable, Hashable {
    var file: Int
    var offset: Int
    var length: Int

    static let nowhere = Spot(file: -1, offset: 0, length: 0)
}

/// An error as the parser throws it.
struct Fault: Error, Hashable {
    var reason: HeaderError.Reason
    var spot: Spot
    var hint: String?

    init(_ reason: HeaderError.Reason, at spot: Spot, hint: String? = nil) {
        self.reason = reason
        self.spot = spot
        self.hint = hint
    }
}

/// A remark as the parser makes it.
struct Observation: Hashable {
    var reason: HeaderRemark.Reason
    var spot: Spot
}

/// All files that were read, in order.
struct SourceTable: Sendable {
    private(set) var files: [File] = []

    struct File: Sendable {
        var name: String
        var bytes: [UInt8]
        /// Whether it is one of Parley's own versions of a standard header.
        var isBuiltIn: Bool
    }

    mutating func add(_ source: HeaderSource, isBuiltIn: Bool) -> Int {
        files.append(File(name: source.file, bytes: source.bytes, isBuiltIn: isBuiltIn))
        return files.count - 1
    }

    func isBuiltIn(_ spot: Spot) -> Bool {
        files.indices.contains(spot.file) && files[spot.file].isBuiltIn
    }

    func error(_ fault: Fault) -> HeaderError {
        HeaderError(fault.reason, at: location(of: fault.spot), hint: fault.hint)
    }

    func remark(_ observation: Observation) -> HeaderRemark {
        HeaderRemark(observation.reason, at: location(of: observation.spot))
    }

    func location(of spot: Spot) -> SourceLocation {
        guard files.indices.contains(spot.file) else {
            return SourceLocation(file: files.first?.name ?? "header")
        }
        let file = files[spot.file]
        return SourceLocation(
            file: file.name, bytes: file.bytes, offset: spot.offset, length: spot.length)
    }
}

extension SourceLocation {
    /// The place of a byte in a file.
    init(file: String, bytes: [UInt8], offset: Int, length: Int) {
        let newline = UInt8(ascii: "\n")
        let offset = max(0, min(offset, bytes.count))
        let before = bytes[..<offset]
        let line = before.reduce(1) { $0 + ($1 == newline ? 1 : 0) }
        let start = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
        var end = bytes[offset...].firstIndex(of: newline) ?? bytes.count
        if end > offset, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        let meant = bytes[offset..<max(offset, min(offset + length, end))]
        self.init(
            file: file,
            line: line,
            column: Self.printable(bytes[start..<offset]).count + 1,
            length: max(1, Self.printable(meant).count),
            text: Self.printable(bytes[start..<end])
        )
    }

    /// The bytes as text that a terminal can bear: control characters are shown as U+FFFD, tabs stay.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        let cleaned = bytes.map { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
        return String(decoding: cleaned, as: UTF8.self)
    }
}
