import Glibc

/// The memory of this process that is in use, in bytes (/proc/self/statm).
public func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { fail("no /proc/self/statm") }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { fail("/proc/self/statm is empty") }
    let words = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.split(separator: UInt8(ascii: " "))
    guard words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self)) else {
        fail("/proc/self/statm has another form")
    }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}
