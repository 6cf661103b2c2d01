internal import ParleyTypes

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
        /// Where each line begins.
        var lineStarts: [Int]

        init(name: String, bytes: [UInt8], isBuiltIn: Bool) {
            self.name = name
            self.bytes = bytes
            self.isBuiltIn = isBuiltIn
            lineStarts = [0]
            for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
                lineStarts.append(index + 1)
            }
        }
    }

    @discardableResult
    mutating func add(_ file: File) -> Int {
        files.append(file)
        return files.count - 1
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
        let offset = max(0, min(spot.offset, file.bytes.count))
        let line = file.lineStarts.partitioningIndex { $0 > offset }
        return SourceLocation(
            file: file.name,
            bytes: file.bytes,
            line: line,
            start: file.lineStarts[line - 1],
            offset: offset,
            length: spot.length
        )
    }
}

extension [Int] {
    /// The first index from which on the predicate holds, in an array that is sorted by it.
    func partitioningIndex(where predicate: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension SourceLocation {
    /// Of a longer line the surroundings of the place are shown, this many bytes to each side.
    private static let excerptBytes = 160

    /// The place of a byte in a file, in the line that begins at `start`.
    init(file: String, bytes: [UInt8], line: Int, start: Int, offset: Int, length: Int) {
        let newline = UInt8(ascii: "\n")
        var end =
            bytes[offset...].prefix(Self.excerptBytes).firstIndex(of: newline)
            ?? min(bytes.count, offset + Self.excerptBytes)
        if end > offset, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        var shown = max(start, offset - Self.excerptBytes)
        // Not in the middle of a character.
        while shown < offset, bytes[shown] & 0xC0 == 0x80 { shown += 1 }
        while end > offset, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        let meant = bytes[offset..<max(offset, min(offset + length, end))]
        let before = Self.printable(bytes[shown..<offset])
        let count = String(decoding: bytes[shown..<offset], as: UTF8.self).count
        // What is not shown is only counted: characters of UTF-8 by their first bytes.
        let hidden = bytes[start..<shown].reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
        self.init(
            file: file,
            line: line,
            column: hidden + count + 1,
            length: max(1, Self.printable(meant).count),
            text: Self.printable(bytes[shown..<end])
        )
        textColumn = before.count + 1
    }

    /// The bytes as text that a terminal can bear; tabs stay.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        SafeText.lines(String(decoding: bytes, as: UTF8.self))
    }
}
