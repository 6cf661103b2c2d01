/// How much a capture may ask of us. What it merely promises costs no memory.
public struct CaptureLimits: Sendable, Hashable {
    /// The largest packet or block in bytes: 16 MiB is far above any link's packet and what Linux captures of
    /// a segment not yet cut.
    public var packetBytesMax = 16 << 20
    /// The most interfaces of a section; a capture on all of a router's has hundreds.
    public var interfacesMax = 4096

    public init() {}
}
