import Foundation
import Synchronization
import Testing

/// The built command, run as users run it. Everything ends within a limit; only what was started here is
/// ended.
struct Parley {
    /// What one run said and how it ended.
    struct Outcome {
        var status: Int32
        var bytes: [UInt8]
        var errors: String
        var output: String { String(decoding: bytes, as: UTF8.self) }
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// The command stands beside the test bundle.
    static let path: String = {
        let places =
            [URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()]
            + CommandLine.arguments.map { URL(filePath: $0) }
        for place in places {
            for folder in [
                place.deletingLastPathComponent(),
                place.deletingLastPathComponent().deletingLastPathComponent(),
            ] {
                let path = folder.appending(path: "parley").path
                if FileManager.default.isExecutableFile(atPath: path) { return path }
            }
        }
        return "parley"
    }()

    /// Runs to the end.
    static func run(_ arguments: String..., input: String? = nil, in folder: Folder? = nil) throws -> Outcome
    {
        try Running(path, arguments, input: input, folder: folder).outcome()
    }

    /// Runs a line of shell, in which `parley` is the built command.
    static func shell(_ line: String, in folder: Folder? = nil) throws -> Outcome {
        try Running("/bin/sh", ["-c", line], folder: folder).outcome()
    }

    static func start(_ arguments: String..., in folder: Folder? = nil) throws -> Running {
        try Running(path, arguments, folder: folder)
    }

    static func startShell(_ line: String, in folder: Folder? = nil) throws -> Running {
        try Running("/bin/sh", ["-c", "exec " + line], folder: folder)
    }
}

/// A folder with the examples' headers, gone when the test is.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "parley-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try Self.header.write(to: url.appending(path: "proto.h"), atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ name: String, _ text: String) throws {
        try text.write(to: url.appending(path: name), atomically: true, encoding: .utf8)
    }

    private static let header = """
        #ifndef PROTO_H
        #define PROTO_H
        #include <stdint.h>
        #define NAMESIZE 13
        struct msg_st {
            uint8_t name[NAMESIZE];
            uint32_t math;
            uint32_t chinese;
        } __attribute__((packed));
        struct msg_tail_st {
            uint32_t math;
            uint32_t chinese;
            uint8_t name[1];
        } __attribute__((packed));
        #endif
        """
}

/// A process started by a test.
final class Running: Sendable {
    private let process: Process
    private let output = Collected()
    private let errors = Collected()
    private let isLeader: Bool
    private static let limit: TimeInterval = 30

    init(
        _ path: String,
        _ arguments: [String],
        input: String? = nil,
        folder: Folder? = nil,
        standardInput: FileHandle = .nullDevice
    ) throws {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        let commands = URL(filePath: Parley.path).deletingLastPathComponent().path
        environment["PATH"] = commands + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
        for name in ["NO_COLOR", "FORCE_COLOR"] { environment[name] = nil }
        process.environment = environment
        if let folder { process.currentDirectoryURL = folder.url }
        let out = Pipe()
        let err = Pipe()
        process.standardOutput = out
        process.standardError = err
        if let input {
            let pipe = Pipe()
            process.standardInput = pipe
            try process.run()
            try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        } else {
            process.standardInput = standardInput
            try process.run()
        }
        self.process = process
        isLeader = getpgid(process.processIdentifier) == process.processIdentifier
        output.read(out.fileHandleForReading)
        errors.read(err.fileHandleForReading)
    }

    deinit {
        // Foundation gives each process a group of its own: what a line of shell has started goes with it.
        if isLeader { kill(-process.processIdentifier, SIGKILL) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    var errorText: String { errors.text }
    var outputText: String { output.text }

    /// Waits for a text on standard error.
    @discardableResult
    func waitForError(_ text: String) throws -> String { try wait(errors, text) }

    /// Waits for a text on standard output.
    @discardableResult
    func waitForOutput(_ text: String) throws -> String { try wait(output, text) }

    /// The port that the system chose, as standard error says.
    func port() throws -> Int {
        let text = try waitForError("\n")
        let isOpen = { (line: Substring) in line.contains(" at ") && line.contains("://") }
        let deadline = Date().addingTimeInterval(Self.limit)
        while Date() < deadline {
            let lines = errors.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = lines.first(where: isOpen) {
                // "… at udp://:8089 (IPv4 and IPv6)"
                let url = line.split(separator: " ").last { $0.contains("://") } ?? line
                // With --json the line is an object.
                let digits = url.split(separator: ":").last?.prefix { $0.isNumber }
                return try #require(Int(digits ?? ""))
            }
            if !process.isRunning { break }
            usleep(5000)
        }
        throw Missing(text: "a port", in: text)
    }

    /// Waits for the end.
    func outcome() throws -> Parley.Outcome {
        let deadline = Date().addingTimeInterval(Self.limit)
        while process.isRunning, Date() < deadline { usleep(2000) }
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            throw Missing(text: "the end of the process", in: output.text + errors.text)
        }
        process.waitUntilExit()
        output.waitForEnd()
        errors.waitForEnd()
        let isSignal = process.terminationReason == .uncaughtSignal
        return Parley.Outcome(
            status: isSignal ? -process.terminationStatus : process.terminationStatus,
            bytes: output.bytes,
            errors: errors.text
        )
    }

    private func wait(_ stream: Collected, _ text: String) throws -> String {
        let deadline = Date().addingTimeInterval(Self.limit)
        while Date() < deadline {
            let found = stream.text
            if found.contains(text) { return found }
            if !process.isRunning, stream.isAtEnd, !stream.text.contains(text) { break }
            usleep(2000)
        }
        throw Missing(text: text, in: "\(output.text)\n\(errors.text)")
    }

    struct Missing: Error, CustomStringConvertible {
        var text: String
        var found: String
        init(text: String, in found: String) {
            self.text = text
            self.found = found
        }
        var description: String { "waited for “\(text)”, found: \(found)" }
    }
}

/// What a stream has said so far, read by a thread of its own.
private final class Collected: Sendable {
    private let state = Mutex((bytes: [UInt8](), isAtEnd: false))

    func read(_ handle: FileHandle) {
        let descriptor = dup(handle.fileDescriptor)
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = unsafe Foundation.read(descriptor, &buffer, buffer.count)
                if count > 0 { state.withLock { $0.bytes += buffer[..<count] } } else { break }
            }
            close(descriptor)
            state.withLock { $0.isAtEnd = true }
        }
    }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var isAtEnd: Bool { state.withLock { $0.isAtEnd } }

    /// A grandchild may hold the pipe: not longer than a moment.
    func waitForEnd() {
        let deadline = Date().addingTimeInterval(5)
        while !isAtEnd, Date() < deadline { usleep(1000) }
    }
}

/// A port that nobody held a moment ago, for lines that must name one.
func freePort(_ type: Int32) throws -> Int {
    let descriptor = socket(AF_INET6, type, 0)
    defer { close(descriptor) }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            unsafe bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
        }
    }
    try #require(result)
    return Int(UInt16(bigEndian: address.sin6_port))
}

func freeDatagramPort() throws -> Int { try freePort(Int32(SOCK_DGRAM.rawValue)) }
func freeStreamPort() throws -> Int { try freePort(Int32(SOCK_STREAM.rawValue)) }
