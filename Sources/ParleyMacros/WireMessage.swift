@_exported public import ParleyWire

/// Makes a struct a message: exactly the bytes of C's packed struct with the same fields, in network byte
/// order.
///
///     @WireMessage
///     struct Score {                       // struct { char name[13]; uint32_t math, chinese; } packed
///         var name: CString<13>
///         var math: UInt32
///         var chinese: UInt32
///     }
///
/// Every stored property is a field, in the order of the source; computed and static ones do not count. Only
/// the last field may vary in size.
/// - `let version: UInt8 = 1` is a constant: encoding writes it, decoding checks it.
/// - ``Reserved`` is sent as zero and not looked at.
/// - A last property `[T]` or ``TailText`` is the tail: the rest of the message, or what a ``ByteCount``,
///   ``ItemCount`` or ``MessageByteCount`` field before it says, which encoding fills in.
///
/// It generates the conformance to ``WireMessage`` and a memberwise initialiser as public as the struct,
/// without parameters for constants, counts and reserved bytes. `==` and `hash(into:)` come along when the
/// struct itself says that it is `Equatable` or `Hashable` and has an `[n of T]`, which is neither.
@attached(member, names: named(init))
@attached(
    extension,
    conformances: WireMessage,
    names: named(layout),
    named(wireSizeMinimum),
    named(isWireSizeFixed),
    named(wireSize),
    named(init(from:)),
    named(write(to:)),
    named(==),
    named(hash(into:))
)
public macro WireMessage() = #externalMacro(module: "ParleyWireMacros", type: "WireMessageMacro")

/// Makes an enum a message: one of several, told apart by a tag.
///
///     @WireMessage(tag: UInt8.self)
///     enum Packet {
///         @Tag(1) case hello(Hello)
///         @Tag(2) case data(Block)
///         @Tag(3) case bye
///         case unknown(tag: UInt8, [UInt8])     // without it, an unknown tag is an error
///     }
///
/// - Parameters:
///   - tag: an unsigned integer of fixed width, ``LittleEndian`` of one, or an enum that is a ``WireTag``.
///   - offset: nil when the tag stands in front of the payload. Otherwise the tag is a field of every
///     payload, that many bytes behind its first; encoding puts the case's tag there, whatever the field
///     holds.
///   - name: what errors and JSON call the tag.
@attached(
    extension,
    conformances: WireMessage,
    names: named(layout),
    named(wireSizeMinimum),
    named(isWireSizeFixed),
    named(wireSize),
    named(init(from:)),
    named(write(to:))
)
public macro WireMessage<Tag: WireTag>(
    tag: Tag.Type,
    at offset: Int? = nil,
    named name: StaticString = "tag"
) = #externalMacro(module: "ParleyWireMacros", type: "WireMessageMacro")

/// The number that tells a case of a `@WireMessage(tag:)` enum apart.
@attached(peer)
public macro Tag(_ number: UInt64) = #externalMacro(module: "ParleyWireMacros", type: "TagMacro")

/// The value that tells a case of a `@WireMessage(tag:)` enum apart, where the tag is an enum:
/// `@Tag(Kind.hello)`.
@attached(peer)
public macro Tag<Value: WireTag>(_ value: Value) =
    #externalMacro(module: "ParleyWireMacros", type: "TagMacro")
