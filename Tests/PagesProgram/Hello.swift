import Parley

/// What the README leaves to its reader.
@WireMessage
struct Hello {
    var version: UInt16
}
