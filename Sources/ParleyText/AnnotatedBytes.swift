public import ParleyWire

/// The bytes of a message with the fields they belong to: a table for eyes, a line of JSON for programs.
///
///     offset  field    type      value      network order            host order
///          0  name     char[13]  Trans      54 72 61 6e 73 00 00 00
///                                           00 00 00 00 00
///         13  math     u32       808530483  30 31 32 33              33 32 31 30
///         17  chinese  u32       1          00 00 00 01              01 00 00 00
///
/// Bit fields that share bytes show them once, and each its own bits: `45  0100....`, then `....0101`.
public struct AnnotatedBytes: Sendable {
    public let message: DynamicMessage
    public var policy: TextPolicy
    /// What is shown: of a message that came, the bytes that came, with what stood in its gaps.
    public let bytes: [UInt8]
    /// The order of the host whose memory is shown.
    public var hostOrder: ByteOrder

    /// The order of the machine this runs on.
    public static var thisHost: ByteOrder { UInt16(1).littleEndian == 1 ? .little : .big }

    /// - Parameter bytes: those that the message was read from; nil for the ones that it is written as.
    public init(
        _ message: DynamicMessage,
        _ policy: TextPolicy = TextPolicy(),
        bytes: [UInt8]? = nil,
        hostOrder: ByteOrder = Self.thisHost
    ) {
        self.message = message
        if let bytes, bytes.count == message.wireSize {
            self.bytes = bytes
        } else {
            self.bytes = message.bytes
        }
        self.policy = policy
        self.hostOrder = hostOrder
    }

    /// `parley.encode/1`: the bytes, then every field with offset, type, value, and its bytes on the wire and
    /// in memory.
    public var json: JSONLine {
        let pieces = message.pieces(of: bytes).map { piece -> JSONValue in
            var members: [JSONValue.Member] = [
                .init("field", .string(piece.path)), .init("offset", .integer(piece.offset)),
                .init("size", .integer(piece.bytes.count)), .init("type", .string(piece.type.name)),
            ]
            if let bits = piece.bits {
                members.append(.init("bit", .integer(bits.firstBit)))
                members.append(.init("width", .integer(bits.width)))
            }
            if let value = piece.value {
                members.append(
                    .init("value", JSONValue(value, of: piece.type, at: piece.place, piece.policy(policy)))
                )
            }
            members.append(.init("wire", .string(Hex.text(piece.bytes))))
            members.append(.init("host", .string(Hex.text(piece.bytes(inMemoryOf: hostOrder)))))
            return .object(members)
        }
        return JSONLine(
            schema: "parley.encode/1",
            [
                .init("bytes", .string(Hex.text(bytes))), .init("size", .integer(bytes.count)),
                .init("hostOrder", .string(hostOrder.rawValue)), .init("fields", .array(pieces)),
            ]
        )
    }

    /// The table, each row with its line end, at most `columns` wide when names allow it.
    public func table(columns: Int = 80) -> String {
        let pieces = message.pieces(of: bytes)
        let order = pieces.contains { $0.order == .little } ? "wire order" : "network order"
        var rows: [[String]] = [["offset", "field", "type", "value", order, "host order"]]
        var run: [UInt8] = []
        for (index, piece) in pieces.enumerated() {
            let begun = pieces.bitRun(at: index)
            run = begun ?? run
            rows += piece.bits == nil ? self.rows(piece) : bitRows(piece, of: run, isFirst: begun != nil)
        }
        let wireColumn = 4
        var widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
        // The value gives way first, then the type; bytes are what was asked for.
        let rest = widths.reduce(0, +) - widths[3] + 2 * 5
        widths[3] = min(widths[3], max(8, columns - rest))
        let isTypeShown = rest + widths[3] <= columns
        let lines = rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() where column != 2 || isTypeShown {
                let text = column == 3 ? Self.fit(cell, widths[3]) : cell
                let blanks = String(repeating: " ", count: widths[column] - text.count)
                line += column == 0 ? blanks + text : "  " + text + (column > wireColumn ? "" : blanks)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }
        return lines.joined() + summary
    }

    private var summary: String {
        let size = bytes.count
        return "\(size) \(size == 1 ? "byte" : "bytes"); host order is \(hostOrder.rawValue)-endian\n"
    }

    private static let bytesPerRow = 8

    private func value(_ piece: MessagePiece) -> String {
        guard let value = piece.value else { return piece.isZero ? "(zero)" : "(not zero)" }
        return MessagePrinter(piece.policy(policy)).text(value, piece.type, piece.place)
    }

    /// The first field of a run of bits with the run's bytes, the others with their bits only.
    private func bitRows(_ piece: MessagePiece, of run: [UInt8], isFirst: Bool) -> [[String]] {
        let name = Self.fit(TerminalText.escape(piece.path), 24)
        let picture = piece.bitPicture ?? "\(piece.bits?.width ?? 0) bits"
        let cells = [name, piece.type.name, value(piece)]
        let isShort = run.count <= 2
        let margin = isShort ? String(repeating: " ", count: 3 * run.count + 1) : ""
        guard isFirst else { return [[""] + cells + [margin + picture, ""]] }
        let wire = stride(from: 0, to: run.count, by: Self.bytesPerRow).map { start in
            Hex.text(run[start...].prefix(Self.bytesPerRow), separator: " ")
        }
        let first = ["\(piece.offset)"] + cells
        if isShort { return [first + [wire[0] + "  " + picture, ""]] }
        return [first + [wire[0], ""]] + wire.dropFirst().map { ["", "", "", "", $0, ""] }
            + [["", "", "", "", picture, ""]]
    }

    private func rows(_ piece: MessagePiece) -> [[String]] {
        let value = value(piece)
        let host = piece.order == nil ? [] : piece.bytes(inMemoryOf: hostOrder)
        return stride(from: 0, to: piece.bytes.count, by: Self.bytesPerRow).map { start in
            let wire = Hex.text(piece.bytes[start...].prefix(Self.bytesPerRow), separator: " ")
            guard start == 0 else { return ["", "", "", "", wire, ""] }
            return [
                "\(piece.offset)", Self.fit(TerminalText.escape(piece.path), 24), piece.type.name, value,
                wire,
                Hex.text(host, separator: " "),
            ]
        }
    }

    private static func fit(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
    }
}
