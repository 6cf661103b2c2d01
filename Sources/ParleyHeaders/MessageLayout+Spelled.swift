public import ParleyWire

extension MessageLayout {
    /// A layout in the short spelling of the command line: `name:char[13] math:u32 chinese:u32`.
    ///
    /// Fields stand in the order of their bytes, without gaps, apart by spaces or commas; each is
    /// `NAME:TYPE`.
    ///
    /// | type | bytes |
    /// |---|---|
    /// | `u8` `u16` `u32` `u64`, `i8` `i16` `i32` `i64` | integers |
    /// | `f32` `f64` | IEEE 754 |
    /// | `u1` … `u64`, `i1` … `i64` of other widths | bits: `version:u4 ihl:u4`, most significant first |
    /// | `bit` | one bit, true or false |
    /// | `bool` | one byte, 0 or 1 |
    /// | `char[n]` | text, padded with NUL |
    /// | `bytes[n]`, `u8[n]` | bytes without a meaning |
    /// | any of the scalars `[n]` | an array; `u16[2][3]` as in C |
    /// | `text`, `bytes`, `u16[]` | only the last field: the rest of the message |
    /// | `text[len]`, `bytes[len]`, `u16[len]` | only the last field: counted by the integer field `len` |
    ///
    /// Bits fill whole bytes; a `u8` or wider that begins inside of a byte is bits too. `u4le` are bits with
    /// the least significant first, as C on little-endian machines has them.
    ///
    /// A count counts bytes for text and bytes, items otherwise. Numbers are in `byteOrder`; `u32le` and
    /// `u32be` say it themselves. `_:u16` and `pad[3]` (bytes, without a colon) are reserved: sent as zero,
    /// not looked at. `NAME:u16=0x1234` is a constant: sent always, another value is refused.
    ///
    /// - Throws: ``HeaderError`` with the column.
    public init(
        spelled text: String,
        name: String = "message",
        byteOrder: ByteOrder = .big
    ) throws(HeaderError) {
        var parser = SpellingParser(text, byteOrder: byteOrder)
        self.init(name: name, packing: try parser.run())
    }
}
