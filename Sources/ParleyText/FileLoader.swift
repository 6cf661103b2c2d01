/// Reads the file of a `field=@path` argument. The command gives one that opens files; tests give one that
/// does not.
public typealias FileLoader = (_ path: String) throws(FileFailure) -> [UInt8]

/// Why a file cannot be read, as the end of a sentence.
public struct FileFailure: Error, Sendable, Hashable {
    public var reason: String

    public init(reason: String) {
        self.reason = reason
    }
}
