import CAllocationCount
import ExampleMessages
import ParleyCore
import ParleyTypes
import ParleyWire
import Testing

extension ProcessTests {
    /// In the steady state no message costs an allocation. What is left is one in so many messages: when a task
    /// lets others have their turn (three, in the runtime), or waits for the kernel.
    ///
    /// The build as it is, unoptimised as a rule, is measured; the optimiser takes allocations away.
    @Suite(.serialized, .enabled(if: parley_allocations_are_countable(), "glibc without a sanitizer counts"))
    struct AllocationTests {
        @Test func `the counter counts`() async {
            await #expect(processExitsWith: .success) {
                let count = await Steady.count {
                    _ = [UInt8](repeating: 1, count: Int.random(in: 1000...2000))
                }
                require(count >= 1, "an array came from nowhere")
            }
        }

        @Test func `sequences sent and letters read allocate nothing per datagram`() async {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                try await Steady.check { try await Steady.letters($0) }
            }
            show(result)
        }

        @Test func `sequences sent and bursts read allocate nothing per datagram`() async {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                try await Steady.check { try await Steady.bursts($0) }
            }
            show(result)
        }

        @Test func `messages sent and read one by one allocate nothing per datagram`() async {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                try await Steady.check { try await Steady.singles($0) }
            }
            show(result)
        }

        @Test func `sequences sent over a stream and read allocate nothing per message`() async {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                try await Steady.check { try await Steady.stream($0) }
            }
            show(result)
        }

        @Test func `a question and its answer cost a few allocations, whatever they hold`() async {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                try await Steady.conversations()
            }
            show(result)
        }

        private func show(_ result: ExitTest.Result?) {
            print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
        }
    }
}

/// Work in waves that fit the system's queues, each sent and read by one task, so that nobody waits for long.
private enum Steady {
    /// Less than 277 datagrams, which the usual receive queue of 212,992 bytes holds when they come one by one.
    static let wave = 192
    static let waves = 100

    /// Counts so many waves, after a first time that fills the pools, and twice as many: the difference is theirs
    /// alone.
    static func check(_ run: (Int) async throws -> Void) async throws {
        try await run(waves)
        let once = try await count { try await run(waves) }
        let twice = try await count { try await run(2 * waves) }
        let messages = wave * waves
        print("\(once) allocations in \(messages) messages, \(twice) in \(2 * messages)")
        // Three for each wave that is waited for, on a busy machine perhaps all of them, and three in 1024 messages
        // for each turn of sender and reader. On an idle one it is less than one in 100.
        let most = 3 * waves + 2 * 3 * (messages / 1024 + 1)
        require(twice - once <= most, "\(twice - once) allocations for \(messages) messages more")
    }

    /// Both ends wait for each message.
    static func conversations() async throws {
        let (inbox, outbox) = try await mailboxes()
        try await withThrowingTaskGroup { group in
            group.addTask {
                for try await letter in inbox { try await inbox.reply(letter.message, to: letter) }
            }
            func ask(_ questions: Int) async throws {
                for score in Scores(questions) {
                    let answer = try await outbox.request(score, to: inbox.localAddress, timeout: patience)
                    require(answer.message == score, "\(answer) for \(score)")
                }
            }
            try await ask(1000)
            let count = try await count { try await ask(1000) }
            print("\(count) allocations in 1000 questions with their answers")
            require(count < 1000 * Self.conversationAllocationsMax, "\(count) allocations for 1000 questions")
            inbox.close()
            try await group.waitForAll()
        }
    }

    /// Two waits: each takes one for what ends it and two in the runtime, 6 together; and one for the question. The
    /// unoptimised build adds 14, for generic code of the standard library.
    private static let conversationAllocationsMax = 24

    static func count(_ body: () async throws -> Void) async rethrows -> Int {
        parley_allocations_begin()
        try await body()
        return Int(parley_allocations_end())
    }

    static func letters(_ waves: Int) async throws {
        let (inbox, outbox) = try await mailboxes()
        var number = 0
        try await outbox.send(contentsOf: Scores(wave), to: inbox.localAddress)
        for try await letter in inbox {
            require(letter.message.math == number % wave, "\(number): \(letter.message)")
            number += 1
            if number == wave * waves { break }
            if number % wave == 0 {
                try await outbox.send(contentsOf: Scores(wave), to: inbox.localAddress)
            }
        }
    }

    static func bursts(_ waves: Int) async throws {
        let (inbox, outbox) = try await mailboxes()
        var number = 0
        try await outbox.send(contentsOf: Scores(wave), to: inbox.localAddress)
        for try await letters in inbox.bursts {
            for letter in letters {
                require(letter.message.math == number % wave, "\(number): \(letter.message)")
                number += 1
            }
            if number == wave * waves { break }
            if number % wave == 0 {
                try await outbox.send(contentsOf: Scores(wave), to: inbox.localAddress)
            }
        }
    }

    static func singles(_ waves: Int) async throws {
        let (inbox, outbox) = try await mailboxes()
        for _ in 0..<waves {
            for score in Scores(wave) { try await outbox.send(score, to: inbox.localAddress) }
            for score in Scores(wave) {
                let letter = try await inbox.next(timeout: patience)
                require(letter?.message == score, "\(String(describing: letter)) came for \(score)")
            }
        }
    }

    static func stream(_ waves: Int) async throws {
        let pair = try await Pair(Score.self)
        var reader = pair.server.messages.makeAsyncIterator()
        for _ in 0..<waves {
            try await pair.client.send(contentsOf: Scores(wave))
            for score in Scores(wave) {
                let message = try await reader.next()
                require(message == score, "\(String(describing: message)) came for \(score)")
            }
        }
    }

    private static func mailboxes() async throws -> (Mailbox<Score, Score>, Mailbox<Score, Score>) {
        (try await Mailbox(Score.self, at: .udp("127.0.0.1", 0)), try await Mailbox(Score.self, at: .udp))
    }
}

/// Scores with rising numbers. The standard library's own lazy sequences allocate where they are not optimised.
private struct Scores: Sequence, IteratorProtocol {
    private var score = Score(name: "Li", math: 0, chinese: 0)
    private let count: UInt32

    init(_ count: Int) { self.count = UInt32(count) }

    mutating func next() -> Score? {
        guard score.math < count else { return nil }
        defer { score.math += 1 }
        return score
    }
}
