import ParleyMacros
import ParleyTypes
import Testing

/// A header with a text that it counts: `u32 a, b; u8 n; text[n]`.
@WireMessage
struct CountedNote: Hashable {
    var a: UInt32
    var b: UInt32
    var n: ByteCount<UInt8>
    var text: TailText
}

@WireMessage(tag: UInt16.self)
enum CountedKind: Hashable {
    @Tag(1) case note(CountedNote)
    @Tag(2) case pair(CountedPair)
}

@WireMessage
struct CountedPair: Hashable {
    var x: UInt16
    var y: UInt16
}

@WireMessage
struct UncountedNote: Hashable {
    var id: UInt16
    var text: TailText
}

@Suite struct FramingTests {
    @Test func `types whose bytes say where they end stand back to back`() throws {
        #expect(WireCoder<CountedNote>().framing.isBackToBack)
        #expect(WireCoder<CountedNote>().framing == .following(CountedNote.layout))
        #expect(WireCoder<CountedKind>().framing.isBackToBack)
        #expect(WireCoder<CountedPair>().framing == .backToBack(bytes: 4))
        // Rest of the message, itself inside of itself: nobody could tell.
        #expect(WireCoder<UncountedNote>().framing == .lengthPrefixed())
        #expect(WireCoder<Tree>().framing == .lengthPrefixed())
        #expect(WireCoder<Chain>().framing == .lengthPrefixed())
        #expect(WireCoder<Term>().framing == .lengthPrefixed())
    }
}
