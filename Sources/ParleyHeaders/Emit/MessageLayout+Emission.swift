internal import ParleyTypes
public import ParleyWire

extension MessageLayout {
    /// The layout as a text for `target`.
    ///
    /// - Throws: ``EmissionError`` with the field that the target cannot express, and the reason.
    public func emitted(
        as target: EmissionTarget,
        _ options: EmissionOptions = EmissionOptions()
    ) throws(EmissionError) -> String {
        switch target {
        case .c: try cHeader(options)
        case .swift: try swiftSource(options)
        case .lua: try wiresharkDissector(options)
        case .kaitai: try kaitaiStruct(options)
        }
    }

    /// `21 bytes`, `8 bytes and a tail`, `2 to 40 bytes`.
    var emittedSize: String {
        let least = bytesText(sizeMinimum)
        if isFixedSize { return least }
        if tail != nil { return "\(least) and a tail" }
        guard let maximum = sizeMaximum else { return "\(least) or more" }
        return "\(sizeMinimum) to \(maximum) bytes"
    }
}

/// `1 byte`, `2 bytes`.
func bytesText(_ count: Int) -> String { Phrase.count(count, "byte") }

/// How deep messages may nest in an emitted text; the same that headers may.
let emissionDepthMax = HeaderLimits().nestingMax
