import ParleyMacros
import ParleyTypes
import Testing

/// The error that decoding `bytes` ends with, or nil when they are a message.
func failure<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8]) -> WireError? {
    do throws(WireError) {
        _ = try Message(decoding: bytes)
        return nil
    } catch {
        return error
    }
}

/// Expects that `bytes` are refused at `field` (`offset`) for that reason.
func expect<Message: WireMessage>(
    _ type: Message.Type,
    _ bytes: [UInt8],
    fails reason: WireError.Reason,
    at field: String,
    _ offset: Int,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(
        failure(type, bytes) == WireError(reason, field: field, offset: offset),
        sourceLocation: sourceLocation
    )
}

/// Expects that `message` has these bytes, says so beforehand and comes back from them.
func expect<Message: WireMessage & Equatable>(
    _ message: Message,
    isWrittenAs bytes: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(try message.encodedBytes() == bytes, sourceLocation: sourceLocation)
    #expect(message.wireSize == bytes.count, sourceLocation: sourceLocation)
    #expect(try Message(decoding: bytes) == message, sourceLocation: sourceLocation)
    #expect(Message.wireSizeMinimum == Message.layout.sizeMinimum, sourceLocation: sourceLocation)
    #expect(Message.isWireSizeFixed == Message.layout.isFixedSize, sourceLocation: sourceLocation)
}

extension SeededGenerator {
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number {
        Number.random(in: Number.min...Number.max, using: &self)
    }
}
