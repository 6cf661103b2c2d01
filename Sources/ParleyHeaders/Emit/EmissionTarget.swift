/// What a layout can be written as.
public enum EmissionTarget: String, Sendable, Hashable, CaseIterable {
    /// A C header with the same bytes: ``MessageLayout/cHeader(_:)``.
    case c
    /// The `@WireMessage` types: ``MessageLayout/swiftSource(_:)``.
    case swift
    /// A Wireshark dissector: ``MessageLayout/wiresharkDissector(_:)``.
    case lua
    /// A Kaitai Struct description: ``MessageLayout/kaitaiStruct(_:)``.
    case kaitai

    /// What it is called in sentences.
    public var title: String {
        switch self {
        case .c: "C"
        case .swift: "@WireMessage"
        case .lua: "a Wireshark dissector"
        case .kaitai: "Kaitai Struct"
        }
    }
}

/// What the text is to say besides the layout.
public struct EmissionOptions: Sendable, Hashable {
    /// Where the layout comes from, for the first comment: `proto.h:msg_st`. Nil leaves it out.
    public var origin: String?
    /// The UDP ports that the dissector claims. Others can still be chosen by hand (Decode As, `-d`).
    public var udpPorts: [UInt16]
    /// The TCP ports that the dissector claims.
    public var tcpPorts: [UInt16]
    /// The module that Swift code imports.
    public var swiftModule: String

    public init(
        origin: String? = nil,
        udpPorts: [UInt16] = [],
        tcpPorts: [UInt16] = [],
        swiftModule: String = "Parley"
    ) {
        self.origin = origin
        self.udpPorts = udpPorts
        self.tcpPorts = tcpPorts
        self.swiftModule = swiftModule
    }
}
