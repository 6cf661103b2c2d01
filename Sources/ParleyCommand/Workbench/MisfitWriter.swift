import ParleyText
import ParleyTypes
import ParleyWire

/// Writes `parley.misfit/1` fast: a damaged gigabyte is told as quickly as a sound one is read. What is wrong
/// changes less often than the message. docs/json.md tells which members a file's misfit has.
struct MisfitWriter {
    private var error: WireError?
    private var reason: String?
    /// `"field":"a","offset":0,"reason":"…","bytes":"` of that error.
    private var errorText: [UInt8] = []
    private var origins = OriginWriter()

    /// A line with its end.
    ///
    /// - Parameters:
    ///   - reason: what to say instead of the error's words.
    ///   - number: 1 is the first message; said where it has no origin.
    mutating func append(
        _ error: WireError,
        because reason: String?,
        _ bytes: [UInt8],
        _ number: Int,
        _ origin: Origin?,
        to output: inout [UInt8]
    ) {
        if error != self.error || reason != self.reason {
            self.error = error
            self.reason = reason
            var text = ByteText()
            text.append("\"field\":")
            text.append(quoted: error.field)
            text.append(",\"offset\":")
            text.append(string: String(error.offset))
            text.append(",\"reason\":")
            text.append(quoted: reason ?? "\(error.reason)")
            text.append(",\"bytes\":\"")
            errorText = text.bytes
        }
        output.append(contentsOf: #"{"schema":"parley.misfit/1","#.utf8)
        if let origin { origins.append(misfit: origin, .before, to: &output) }
        output.append(contentsOf: errorText)
        for byte in bytes {
            output.append(Self.digit(byte >> 4))
            output.append(Self.digit(byte & 15))
        }
        output.append(UInt8(ascii: "\""))
        if let origin {
            origins.append(misfit: origin, .after, to: &output)
        } else {
            output.append(contentsOf: #","message":"#.utf8)
            OriginWriter.append(number, to: &output)
        }
        output.append(contentsOf: "}\n".utf8)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
}
