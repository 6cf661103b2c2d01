public import ParleyTypes
public import ParleyWire

/// One line of `--json`: an object that names its schema first. docs/json.md holds the schemas; tests freeze
/// them.
public struct JSONLine: Sendable, Hashable {
    public var members: [JSONValue.Member]

    /// A line of another schema than those below.
    public init(schema: String, _ members: [JSONValue.Member] = []) {
        self.members = [JSONValue.Member("schema", .string(schema))] + members
    }

    /// What came: a message of a layout, or what has none.
    public enum Content: Sendable, Hashable {
        case message(DynamicMessage)
        /// Text without a layout, a line without its end for example.
        case text(String)
        case bytes([UInt8])
        case json(JSONValue)
    }

    /// `parley.receive/1`: a message that came, from whom and when.
    ///
    /// - Parameters:
    ///   - arrival: when this host's kernel took it in, where it was asked to tell.
    ///   - mayAnswer: from the first to the last question that it may be the answer to, where that is not clear; the
    ///     first question is 1.
    ///   - answers: the question that it is the answer to, where that is known.
    public static func received(
        _ content: Content,
        from peer: String,
        at time: WallTime,
        arrival: WallTime? = nil,
        mayAnswer: ClosedRange<Int>? = nil,
        answers: Int? = nil,
        _ policy: TextPolicy = TextPolicy()
    ) -> JSONLine {
        let shown: JSONValue.Member =
            switch content {
            case .message(let message): .init("fields", message.json(policy))
            case .text(let text): .init("text", .string(text))
            case .bytes(let bytes): .init("bytes", .string(Hex.text(bytes)))
            case .json(let value): .init("json", value)
            }
        var line = JSONLine(
            schema: "parley.receive/1",
            [.init("peer", .string(peer)), .init("time", .string("\(time)")), shown] + members(arrival)
        )
        if let mayAnswer {
            let ends = [mayAnswer.lowerBound, mayAnswer.upperBound]
            line.members.append(.init("mayAnswer", .array(ends.map { .integer($0) })))
        }
        if let answers { line.members.append(.init("answers", .integer(answers))) }
        return line
    }

    private static func members(_ arrival: WallTime?) -> [JSONValue.Member] {
        arrival.map { [.init("arrival", .string($0.exactDescription))] } ?? []
    }

    /// `parley.misfit/1`: bytes that came and are not a message of the layout.
    public static func misfit(
        _ error: WireError,
        _ bytes: [UInt8],
        from peer: String,
        at time: WallTime,
        arrival: WallTime? = nil
    ) -> JSONLine {
        misfit(
            error,
            bytes,
            [.init("peer", .string(peer)), .init("time", .string("\(time)"))],
            members(arrival)
        )
    }

    /// `parley.misfit/1` of a file, which may know neither peer nor time: `before` stands where these do,
    /// `after` at the end.
    ///
    /// - Parameter reason: what to say instead of the error's words.
    public static func misfit(
        _ error: WireError,
        _ bytes: [UInt8],
        because reason: String? = nil,
        _ before: [JSONValue.Member],
        _ after: [JSONValue.Member]
    ) -> JSONLine {
        let members: [JSONValue.Member] = [
            .init("field", .string(error.field)), .init("offset", .integer(error.offset)),
            .init("reason", .string(reason ?? "\(error.reason)")),
            .init("bytes", .string(Hex.text(bytes))),
        ]
        return JSONLine(schema: "parley.misfit/1", before + members + after)
    }

    /// `parley.error/1`: why the command ends, with its exit code.
    public static func failed(_ message: String, remedy: String? = nil, exitCode: Int32) -> JSONLine {
        var members: [JSONValue.Member] = [.init("error", .string(message))]
        if let remedy { members.append(.init("remedy", .string(remedy))) }
        return JSONLine(schema: "parley.error/1", members + [.init("exit", .integer(exitCode))])
    }
}

extension JSONLine: CustomStringConvertible {
    /// The object, without a line end.
    public var description: String { "\(JSONValue.object(members))" }
}
