internal import CParleyLinux
internal import Glibc
public import ParleyTypes

// The options of level IPPROTO_UDP. Each doc ends with the option's name in C.

/// UDP_SEGMENT and UDP_GRO of linux/udp.h, which Swift's Glibc module lacks.
enum OffloadOption {
    static let send: Int32 = 103
    static let receive: Int32 = 104
}

extension Socket {
    /// Whether the kernel may hand over datagrams of one sender joined into one long piece, told apart by
    /// ``Arrival/segmentBytes``: many datagrams for the price of one.
    ///
    /// Every buffer to receive into must then hold 65,535 bytes, or datagrams are cut off. Since Linux 5.0.
    /// (UDP_GRO)
    public var joinsDatagrams: Bool {
        get throws(SocketError) { try option(Level.udp, OffloadOption.receive, "UDP_GRO") != 0 }
    }

    /// See ``joinsDatagrams``.
    public func setJoinsDatagrams(_ value: Bool) throws(SocketError) {
        try setOption(Level.udp, OffloadOption.receive, "UDP_GRO", to: value)
    }

    /// Into datagrams of how many bytes the kernel cuts what is sent in one call; 0: it does not.
    ///
    /// ``send(_:_:at:cutting:using:)`` says it with each call instead. Since Linux 4.18. (UDP_SEGMENT)
    public var segmentBytes: Int32 {
        get throws(SocketError) { try option(Level.udp, OffloadOption.send, "UDP_SEGMENT") }
    }

    /// See ``segmentBytes``. 0 to 65535.
    public func setSegmentBytes(_ value: Int32) throws(SocketError) {
        try setOption(Level.udp, OffloadOption.send, "UDP_SEGMENT", to: value)
    }

    /// Whether what is sent is put into one datagram until this is false again: what ``MessageFlags/more`` is
    /// for one call. (UDP_CORK)
    public var gathersDatagram: Bool {
        get throws(SocketError) { try option(Level.udp, Self.cork, "UDP_CORK") != 0 }
    }

    /// See ``gathersDatagram``.
    public func setGathersDatagram(_ value: Bool) throws(SocketError) {
        try setOption(Level.udp, Self.cork, "UDP_CORK", to: value)
    }

    /// Of linux/udp.h as well.
    private static var cork: Int32 { 1 }
}
