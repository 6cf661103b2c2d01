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
/// - `@Bits(4) var version: UInt8` is a bit field; see ``Bits(_:)``.
///   Its bits stand as in the pictures of RFCs unless `bitOrder` says otherwise:
///   `@WireMessage(bitOrder: .leastSignificantFirst)` is what compilers for little-endian machines make.
/// - A last property `[T]` or ``TailText`` is the tail: the rest of the message, or what a ``ByteCount``,
///   ``ItemCount`` or ``MessageByteCount`` field before it says, which encoding fills in.
///
/// A message may contain itself in its tail, `var items: [Node]`, as deep as ``WireNesting/levelsMax``.
///
/// It generates the conformance to ``WireMessage`` and a memberwise initialiser as public as the struct,
/// without parameters for constants, counts and reserved bytes. `==` and `hash(into:)` come along when the
/// struct itself says that it is `Equatable` or `Hashable` and has an `[n of T]`, which is neither.
@attached(
    member,
    names: named(init),
    named(WireType0),
    named(WireType1),
    named(WireType2),
    named(WireType3),
    named(WireType4),
    named(WireType5),
    named(WireType6),
    named(WireType7),
    named(WireType8),
    named(WireType9),
    named(WireType10),
    named(WireType11),
    named(WireType12),
    named(WireType13),
    named(WireType14),
    named(WireType15)
)
@attached(
    extension,
    conformances: WireMessage,
    names: named(layout),
    named(layout(inside:)),
    named(wireSizeMinimum),
    named(isWireSizeFixed),
    named(wireSize),
    named(wireSize(nesting:)),
    named(init(from:)),
    named(write(to:)),
    named(==),
    named(hash(into:))
)
public macro WireMessage(bitOrder: BitOrder = .mostSignificantFirst) =
    #externalMacro(module: "ParleyWireMacros", type: "WireMessageMacro")

/// Gives a property of a `@WireMessage` struct this many bits, 1 to 64, instead of bytes of its own.
///
///     @WireMessage
///     struct IPv4Start {                   // 45 00 00 14 …
///         @Bits(4) let version: UInt8 = 4  //  0                   1
///         @Bits(4) var words: UInt8        //  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
///         @Bits(6) var service: UInt8      // |version| words | service   |ecn|
///         @Bits(2) var congestion: UInt8   // |            length             |
///         var length: UInt16
///     }
///
/// Consecutive bit fields stand as in the pictures of RFCs, most significant bit first, unless
/// `@WireMessage(bitOrder:)` says otherwise. Together they fill whole bytes: what is left over is
/// ``ReservedBits``. The type is an integer of at least as many bits, `Bool` (one bit) or an enum of numbers.
/// A value that needs more bits than the field has is an error when it is encoded: nothing is masked away.
///
/// There are no unions of C here: members that share bytes have no meaning that Swift could check. Say
/// `Bytes<n>`, or an enum with `@WireMessage(tag:)` when a tag tells which member is meant.
@attached(peer)
public macro Bits(_ width: Int) = #externalMacro(module: "ParleyWireMacros", type: "BitsMacro")

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
/// An `indirect` enum may carry itself, as deep as ``WireNesting/levelsMax``.
///
/// - Parameters:
///   - tag: an unsigned integer of fixed width, ``LittleEndian`` of one, or an enum that is a ``WireTag``.
///   - offset: nil when the tag stands in front of the payload. Otherwise the tag is a field of every
///     payload, that many bytes behind its first; encoding puts the case's tag there, whatever the field
///     holds.
///   - name: what errors and JSON call the tag.
@attached(
    member,
    names:
        named(WireType0),
    named(WireType1),
    named(WireType2),
    named(WireType3),
    named(WireType4),
    named(WireType5),
    named(WireType6),
    named(WireType7),
    named(WireType8),
    named(WireType9),
    named(WireType10),
    named(WireType11),
    named(WireType12),
    named(WireType13),
    named(WireType14),
    named(WireType15)
)
@attached(
    extension,
    conformances: WireMessage,
    names: named(layout),
    named(layout(inside:)),
    named(wireSizeMinimum),
    named(isWireSizeFixed),
    named(wireSize),
    named(wireSize(nesting:)),
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
