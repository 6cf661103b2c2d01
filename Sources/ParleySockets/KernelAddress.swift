internal import Glibc

/// An address of a family that has neither hosts nor paths, in its own terms and in the kernel's bytes.
///
/// ``SocketAddress`` is for IP and Unix; the other families have a type each, and the methods of ``Socket``
/// that take and give addresses exist for them all. A family that Parley does not know can be added outside.
public protocol KernelAddress: Sendable, Hashable, CustomStringConvertible {
    /// The family whose sockets take such addresses.
    static var family: SocketFamily { get }

    /// Reads what the kernel wrote: the family's number in two bytes, in host order, and what follows it. Nil
    /// for another family, and where bytes are missing.
    init?(kernel bytes: RawSpan)

    /// Writes what the kernel takes into zeroed bytes, of which there are 128.
    ///
    /// - Returns: How many of them count.
    func write(kernel bytes: inout MutableRawSpan) -> Int
}

extension SystemAddress {
    init(_ address: some KernelAddress) {
        self.init()
        let count = unsafe withUnsafeMutableBytes(of: &storage) { buffer in
            var bytes = unsafe buffer.mutableBytes
            return address.write(kernel: &bytes)
        }
        length = socklen_t(max(0, min(count, MemoryLayout<sockaddr_storage>.size)))
    }

    /// The address as a value of its family's type; nil if the kernel wrote none or another family's.
    func value<Address: KernelAddress>(as _: Address.Type) -> Address? {
        unsafe withUnsafeBytes(of: storage) { buffer in
            Address(kernel: unsafe buffer.bytes.extracting(first: Int(length)))
        }
    }
}

extension RawSpan {
    /// A number in host order. The caller has compared the offset with the size.
    @inline(__always)
    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int,
        as _: Number.Type = Number.self
    ) -> Number {
        precondition(offset >= 0 && offset <= byteCount - MemoryLayout<Number>.size)
        return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
    }

    /// The family's number in front of an address; nil if there is less than that, or less than `count` bytes.
    func family(ofBytes count: Int) -> SocketFamily? {
        guard byteCount >= max(2, count) else { return nil }
        return SocketFamily(rawValue: Int32(number(at: 0, as: UInt16.self)))
    }
}

extension MutableRawSpan {
    /// Writes a number in host order.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func put<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int) {
        storeBytes(of: number, toByteOffset: offset, as: Number.self)
    }
}
