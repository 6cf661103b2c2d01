import BenchKit
import Foundation
import ParleyHeaders

/// Reads C headers over and over, each from its text to its structs and constants, files that it includes with
/// it; all bytes are in memory before. A row is the time for one header; another the bytes read in a second.
func measureHeaders(_ paths: [String], seconds: Double) throws {
    for path in paths {
        let folder = FolderOfHeaders()
        guard let source = folder.load(path) else { fail("there is no header \(path)", exitCode: 66) }
        var count = 0
        var bytes = 0
        func read() throws(HeaderError) {
            bytes += source.bytes.count
            let header = try CHeader(source) { request in
                let found = folder.load(request)
                bytes += found?.bytes.count ?? 0
                return found
            }
            count += header.structs.count
        }
        try read()
        (count, bytes) = (0, 0)
        var times: [Double] = []
        let start = secondsNow()
        repeat {
            let before = secondsNow()
            try read()
            times.append(secondsNow() - before)
        } while secondsNow() - start < seconds
        guard count > 0 else { fail("\(path) has no struct") }
        let name = path.hasPrefix("/") ? String(path.split(separator: "/").last ?? "") : path
        let median = quantile(times, 0.5)
        report("headers", peer: "parley", row: name, unit: "us", value: median * 1e6)
        let size = Double(bytes) / Double(times.count)
        report("headers", peer: "parley", row: "\(name) in MB/s", unit: "MB/s", value: size / median / 1e6)
    }
}

/// Files below /usr/include, or by their whole path; each is read from the disk once.
private final class FolderOfHeaders {
    private var known: [String: HeaderSource?] = [:]

    func load(_ path: String) -> HeaderSource? {
        if let source = known[path] { return source }
        let place = path.hasPrefix("/") ? path : "/usr/include/" + path
        let source = FileManager.default.contents(atPath: place).map {
            HeaderSource(file: path, bytes: Array($0))
        }
        known[path] = source
        return source
    }

    func load(_ request: IncludeRequest) -> HeaderSource? {
        if !request.isSystem {
            let folder = request.includingFile.split(separator: "/", omittingEmptySubsequences: false)
                .dropLast()
            if let source = load((folder + [Substring(request.path)]).joined(separator: "/")) {
                return source
            }
        }
        return load(request.path)
    }
}
