import Glibc
import ParleyMacros
import ParleyTypes
import Testing

/// A message that contains itself in its tail.
@WireMessage
struct Tree: Equatable {
    var count: ItemCount<UInt8>
    var items: [Tree]
}

/// A message that contains itself as the rest of it.
@WireMessage
struct Chain: Equatable {
    var value: UInt8
    var rest: [Chain]
}

/// An enum that contains itself in a payload, in a tail, and in another message.
@WireMessage(tag: UInt8.self)
indirect enum Term: Equatable {
    @Tag(1) case negated(Term)
    @Tag(2) case zero
    @Tag(3) case sum([Term])
    @Tag(4) case scaled(Scaled)
    @Tag(5) case name(Bytes<2>)
}

@WireMessage
struct Scaled: Equatable {
    var factor: UInt16
    var term: Term
}

/// Two messages that contain each other.
@WireMessage
struct Folder: Equatable {
    var id: UInt8
    var count: ItemCount<UInt16>
    var entries: [Entry]
}

@WireMessage
struct Entry: Equatable {
    var length: ByteCount<UInt16>
    var folders: [Folder]
}

@WireMessage
struct Forest<Leaf: WireValue & Equatable>: Equatable {
    var leaf: Leaf
    var count: ItemCount<UInt8>
    var trees: [Forest<Leaf>]
}

/// A message whose items are large in memory.
@WireMessage
struct Album {
    var picture: Bytes<4000>
    var count: ItemCount<UInt8>
    var albums: [Album]
}

@Suite struct NestingTests {
    static let most = WireNesting.levelsMax

    private func tree(_ levels: Int) -> [UInt8] { Array(repeating: 1, count: levels) + [0] }
    private func chain(_ levels: Int) -> [UInt8] { Array(repeating: 7, count: levels + 1) }
    private func negated(_ levels: Int) -> [UInt8] { Array(repeating: 1, count: levels) + [2] }
    private func sum(_ levels: Int) -> [UInt8] { Array(repeating: 3, count: levels) + [2] }
    private func scaled(_ levels: Int) -> [UInt8] {
        (0..<levels).flatMap { _ in [4, 0, 9] as [UInt8] } + [2]
    }

    private func path(_ step: String, _ levels: Int, _ separator: String = ".") -> String {
        (0..<levels).map { _ in step }.joined(separator: separator)
    }

    @Test func `a message is read and written again as deep as the limit`() throws {
        try expect(Tree(decoding: tree(Self.most)), isWrittenAs: tree(Self.most))
        try expect(Chain(decoding: chain(Self.most)), isWrittenAs: chain(Self.most))
        try expect(Term(decoding: negated(Self.most)), isWrittenAs: negated(Self.most))
        try expect(Term(decoding: sum(Self.most)), isWrittenAs: sum(Self.most))
        try expect(Term(decoding: scaled(Self.most)), isWrittenAs: scaled(Self.most))
        let folders = (0..<Self.most / 2).flatMap { _ in [1, 0, 1, 0, 0] as [UInt8] }
        #expect(throws: WireError.self) { try Folder(decoding: folders) }
        try expect(Forest<UInt8>(decoding: [5, 1, 6, 0]), isWrittenAs: [5, 1, 6, 0])
    }

    @Test func `one level more is refused with its field, its byte and the limit`() {
        let deep = Self.most + 1
        let reason = WireError.Reason.tooDeep(maximum: Self.most)
        expect(Tree.self, tree(deep), fails: reason, at: path("items[0]", Self.most) + ".items", deep)
        expect(Chain.self, chain(deep), fails: reason, at: path("rest[0]", Self.most) + ".rest", deep)
        expect(Term.self, negated(deep), fails: reason, at: path("negated", deep), deep)
        expect(Term.self, sum(deep), fails: reason, at: path("sum[0]", Self.most) + ".sum", deep)
        expect(
            Term.self,
            scaled(deep),
            fails: reason,
            at: path("scaled.term", Self.most) + ".scaled",
            3 * Self.most + 1
        )
        #expect("\(reason)".contains("\(Self.most) levels"))
    }

    @Test func `a datagram of levels never overflows the stack`() {
        let hostile: [[UInt8]] = [
            Array((0..<3000).flatMap { _ in [2, 1] as [UInt8] }), Array(repeating: 1, count: 65507),
            Array(repeating: 3, count: 65507), Array(repeating: 0, count: 65507),
            Array((0..<20000).flatMap { _ in [4, 0, 9] as [UInt8] }),
        ]
        for bytes in hostile {
            #expect(failure(Tree.self, bytes) != nil)
            #expect(failure(Chain.self, bytes) != nil)
            #expect(failure(Term.self, bytes) != nil)
            #expect(failure(Folder.self, bytes) != nil)
            #expect(failure(Forest<UInt16>.self, bytes) != nil)
        }
    }

    @Test func `what is too deep to be read is not written either, with the same error`() throws {
        var tree = Tree(items: [])
        var term = Term.zero
        var (sum, scaled) = (term, term)
        for _ in 0...Self.most {
            tree = Tree(items: [tree])
            (term, sum) = (.negated(term), .sum([sum]))
            scaled = .scaled(Scaled(factor: 9, term: scaled))
        }
        let deep = Self.most + 1
        func written(_ message: some WireMessage) -> WireError? {
            do throws(WireError) {
                _ = try message.encoded()
                return nil
            } catch {
                return error
            }
        }
        #expect(written(tree) == failure(Tree.self, self.tree(deep)))
        #expect(written(term) == failure(Term.self, negated(deep)))
        #expect(written(sum) == failure(Term.self, self.sum(deep)))
        #expect(written(scaled) == failure(Term.self, self.scaled(deep)))
        // A network asks for the size first: it takes no room, and encoding says why.
        #expect(WireCoder<Tree>().size(of: tree) == 0)
    }

    @Test func `a program's own value of any depth is refused, not followed`() {
        var tree = Tree(items: [])
        for _ in 0..<2000 { tree = Tree(items: [tree]) }
        #expect(throws: WireError.self) { try tree.encoded() }
        // Taken apart level by level: Swift releases what is nested by calling itself.
        while let inner = tree.items.first { tree = inner }
    }

    @Test func `items that are large in memory may nest as far as they fit`() {
        func bytes(_ levels: Int) -> [UInt8] {
            let picture = [UInt8](repeating: 0, count: 4000)
            return (0..<levels).flatMap { _ in picture + [1] } + picture + [0]
        }
        for levels in 0...4 { #expect(failure(Album.self, bytes(levels)) == nil, "\(levels)") }
        for levels in 5...40 {
            #expect(failure(Album.self, bytes(levels))?.reason == .tooDeep(maximum: 4), "\(levels)")
        }
    }

    @Test func `a layout that contains itself ends, where its name comes again`() throws {
        #expect(Tree.layout.summary == "items: Tree[]")
        #expect(Folder.layout.summary == "id: u8, 0...255; entries: Entry[], { folders: Folder[] }")
        #expect(Entry.layout.summary == "folders: Folder[], { id: u8, 0...255; entries: Entry[] }")
        #expect(Forest<UInt8>.layout.summary == "leaf: u8, 0...255; trees: Forest[]")
        #expect(Term.wireSizeMinimum == 1 && !Term.isWireSizeFixed)
        #expect(Scaled.wireSizeMinimum == 3 && !Scaled.isWireSizeFixed)
        guard case .tail(let tail)? = Tree.layout.tail?.type, case .message(let again)? = tail.itemType else {
            Issue.record("the tail has messages")
            return
        }
        #expect(again.isSelfReference && again.name == "Tree" && again.fields.isEmpty)
        #expect(!Tree.layout.isSelfReference)
    }

    @Test func `who reads by such a layout is told where it ends`() throws {
        let (leaf, root): ([UInt8], [UInt8]) = ([0], [1, 0])
        #expect(try unsafe DynamicMessage(decoding: leaf.span.bytes, as: Tree.layout).bytes == [0])
        #expect(throws: WireError(.selfReference(type: "Tree"), field: "items[0]", offset: 1)) {
            try unsafe DynamicMessage(decoding: root.span.bytes, as: Tree.layout)
        }
        #expect(throws: WireError(.selfReference(type: "Tree"), field: "items[0]", offset: 1)) {
            try DynamicMessage(layout: Tree.layout, values: ["items": [[:]]])
        }
        #expect(throws: WireError.self) {
            try unsafe MessageView(root.span.bytes, as: CompiledLayout(Tree.layout)).bytes.byteCount
        }
        #expect(MessageDraft(CompiledLayout(Tree.layout)).bytes == [0])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `random nested bytes are refused or written again as they came`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 1...90, using: &random)).map { _ in
                [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5].randomElement(using: &random) ?? 0 as UInt8
            }
            func check<Message: WireMessage>(_ type: Message.Type) throws {
                guard let message = try? Message(decoding: bytes) else { return }
                accepted += 1
                #expect(try message.encoded() == bytes, "seed \(seed): \(bytes)")
                #expect(message.wireSize == bytes.count, "seed \(seed): \(bytes)")
            }
            try check(Tree.self)
            try check(Chain.self)
            try check(Term.self)
            try check(Folder.self)
            try check(Forest<UInt8>.self)
        }
        #expect(accepted > 0, "seed \(seed)")
    }

    /// 260 KB were measured in debug builds; see ``WireNesting/levelsMax``.
    @Test func `the deepest message is read, measured and written on a stack of 384 KB`() throws {
        let inputs = (tree(Self.most), sum(Self.most), scaled(Self.most), negated(Self.most))
        let same = onThread(stackBytes: 384 << 10) {
            (try? Tree(decoding: inputs.0).encoded()) == inputs.0
                && (try? Term(decoding: inputs.1).encoded()) == inputs.1
                && (try? Term(decoding: inputs.2).encoded()) == inputs.2
                && (try? Term(decoding: inputs.3).encoded()) == inputs.3
        }
        #expect(same)
        let refused = onThread(stackBytes: 384 << 10) {
            failure(Tree.self, Array(repeating: 1, count: 65507)) != nil
                && failure(Term.self, Array(repeating: 3, count: 65507)) != nil
        }
        #expect(refused)
    }

    /// Runs `body` on a thread of its own with a stack of that size, and waits for it.
    private func onThread(stackBytes: Int, _ body: @escaping @Sendable () -> Bool) -> Bool {
        final class Call {
            let body: @Sendable () -> Bool
            var result = false
            init(_ body: @escaping @Sendable () -> Bool) { self.body = body }
        }
        let call = Call(body)
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        #expect(unsafe pthread_attr_setstacksize(&attributes, stackBytes) == 0)
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let call = unsafe Unmanaged<Call>.fromOpaque(argument).takeUnretainedValue()
                call.result = call.body()
                return nil
            },
            Unmanaged.passUnretained(call).toOpaque()
        )
        #expect(code == 0)
        pthread_join(thread, nil)
        unsafe pthread_attr_destroy(&attributes)
        return call.result
    }
}
