/// What a header may cost. Headers come from strangers too: each limit ends a file that was made to hang or
/// to exhaust its reader, and none is near what people write.
public struct HeaderLimits: Sendable, Hashable {
    /// The bytes of all files together. All of linux/*.h in one piece is about 4 MB.
    public var sourceBytesMax = 8 << 20
    /// The tokens after preprocessing. A file of the largest size has fewer.
    public var tokensMax = 2_000_000
    /// How deep files include files. GCC stops at 200, people at about ten; a cycle without guard ends here.
    public var includeDepthMax = 40
    /// How many files are read in all, repeated ones included.
    public var includesMax = 2_000
    /// The tokens that one use of a macro may grow to. Constants grow to tens.
    public var macroTokensMax = 50_000
    /// How deep parentheses, braces, array dimensions and structs nest. C promises 63 (C17, 5.2.4.1); the
    /// parser's stack bears this many on the small stacks of threads.
    public var nestingMax = 64
    /// The bytes of one type: far more than a message, little enough that no offset overflows 32 bits.
    public var typeBytesMax = 1 << 30
    /// The fields of one struct, those of nested structs counted each time they occur.
    public var fieldsMax = 65_536
    /// The steps of lexing, expanding and parsing together: it stands for time, so that a result never
    /// depends on the machine's speed.
    public var stepsMax = 10_000_000

    public init() {}
}
