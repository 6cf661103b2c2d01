internal import CParleyLinux
internal import Glibc
internal import ParleyTypes

/// The entries of a directory whose names are numbers, as in /proc and /proc/PID/fd.
enum DirectoryEntries {
    /// Calls `body` with each number; what has another name is left out, and a directory that went away ends.
    ///
    /// The corresponding C function is `getdents64`.
    static func each(of directory: Int32, _ buffer: inout [UInt8], _ body: (Int32) -> Void) {
        unsafe buffer.withUnsafeMutableBytes { buffer in
            while true {
                let count = unsafe parley_getdents64(directory, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                unsafe read(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes, body)
            }
        }
    }

    /// Reads `struct dirent64`s: an inode, an offset, a length, a type, and a name with a NUL.
    static func read(_ bytes: RawSpan, _ body: (Int32) -> Void) {
        var offset = 0
        while bytes.byteCount - offset > 19 {
            let length = Int(bytes.load(at: offset + 16, as: UInt16.self))
            guard length > 19, length <= bytes.byteCount - offset else { return }
            if let number = number(bytes.extracting(offset + 19..<offset + length)) { body(number) }
            offset += length
        }
    }

    /// Decimal digits up to a NUL.
    private static func number(_ name: RawSpan) -> Int32? {
        var number: Int32 = 0
        for index in 0..<name.byteCount {
            let byte: UInt8 = name.load(at: index)
            if byte == 0 { return index == 0 ? nil : number }
            guard byte >= 48, byte <= 57, number < 100_000_000 else { return nil }
            number = number * 10 + Int32(byte - 48)
        }
        return nil
    }
}

/// Paths below /proc, written into memory of the stack.
enum ProcPath {
    /// Opens PID/fd; -1 and errno where that fails.
    static func openDescriptors(of process: Int32, _ root: Int32) -> Int32 {
        var path: InlineArray<16, UInt8> = .init(repeating: 0)
        var end = write(process, into: &path)
        for byte in "/fd".utf8 {
            path[end] = byte
            end += 1
        }
        return unsafe withUnsafeBytes(of: &path) { path in
            unsafe openat(
                root,
                path.baseAddress!.assumingMemoryBound(to: CChar.self),
                O_RDONLY | O_DIRECTORY | O_CLOEXEC
            )
        }
    }

    /// The inode of a descriptor that is a socket, nil for another one.
    static func socketInode(of descriptor: Int32, _ directory: Int32) -> Result<UInt64?, SocketError> {
        var name: InlineArray<16, UInt8> = .init(repeating: 0)
        _ = write(descriptor, into: &name)
        var target: InlineArray<32, UInt8> = .init(repeating: 0)
        let count = unsafe withUnsafeBytes(of: &name) { name in
            unsafe withUnsafeMutableBytes(of: &target) { target in
                unsafe readlinkat(
                    directory,
                    name.baseAddress!.assumingMemoryBound(to: CChar.self),
                    target.baseAddress!.assumingMemoryBound(to: CChar.self),
                    target.count
                )
            }
        }
        guard count >= 0 else { return .failure(SocketError(.inspect, ErrorCode(rawValue: errno))) }
        return .success(inode(in: target, count))
    }

    /// The number in `socket:[12345]`.
    private static func inode(in target: InlineArray<32, UInt8>, _ count: Int) -> UInt64? {
        let prefix: StaticString = "socket:["
        guard count > 9, target[count - 1] == UInt8(ascii: "]") else { return nil }
        for index in 0..<8 where unsafe target[index] != prefix.utf8Start[index] { return nil }
        var number: UInt64 = 0
        for index in 8..<count - 1 {
            guard target[index] >= 48, target[index] <= 57 else { return nil }
            number = number &* 10 &+ UInt64(target[index] - 48)
        }
        return number
    }

    /// Writes the digits of a number that is not negative; returns how many.
    private static func write(_ number: Int32, into text: inout InlineArray<16, UInt8>) -> Int {
        var count = 1
        var rest = number / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        rest = number
        for index in (0..<count).reversed() {
            text[index] = 48 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return count
    }
}
