#if Tracing
    import ParleyCore
    import ParleyTypes
    import ParleyWire
    import Synchronization
    import Testing
    import Tracing

    /// Spans, where the package is built with them: `swift test --traits Tracing`.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct TracingTests {
        @Test func `handlers and requests have spans, failures are recorded`() async throws {
            await #expect(processExitsWith: .success) {
                let tracer = ListTracer()
                InstrumentationSystem.bootstrap(tracer)
                let listener = try await Listener(Score.self, at: .loopback)
                let target = Endpoint.reaching(listener.localAddress, by: .tcp)
                let running = Task {
                    try await listener.run { connection in
                        for try await score in connection.messages { try await connection.send(score) }
                    }
                }
                let client = try await Connection(Score.self, to: target, timeout: patience)
                _ = try await client.request(score(1), timeout: patience)
                let silent = try await Mailbox(Score.self, at: .udp("127.0.0.1", 0))
                let limit = Duration.milliseconds(1)
                let refused = await refusal {
                    try await silent.request(score(1), to: .ipv4(.loopback, port: 9), timeout: limit)
                }
                require(refused != nil, "nobody answers there")
                listener.drain()
                try await running.value
                let spans = tracer.ended
                let names = spans.map(\.name).sorted()
                require(names == ["parley.connection", "parley.request", "parley.request"], "\(names)")
                require(spans.filter { $0.hasFailed }.count == 1, "one request has failed")
                let served = spans.first { $0.name == "parley.connection" }!
                require(served.text.contains("tcp"), served.text)
            }
        }
    }

    /// Keeps the spans that have ended.
    private final class ListTracer: Tracer {
        typealias Span = ListSpan
        private let list = Mutex<[ListSpan]>([])
        var ended: [ListSpan] { list.withLock { $0.filter { !$0.isRecording } } }

        func startSpan<Instant: TracerInstant>(
            _ operationName: String,
            context: @autoclosure () -> ServiceContext,
            ofKind kind: SpanKind,
            at instant: @autoclosure () -> Instant,
            function: String,
            file fileID: String,
            line: UInt
        ) -> ListSpan {
            let span = ListSpan(operationName, context())
            list.withLock { $0.append(span) }
            return span
        }

        func forceFlush() {}

        func extract<Carrier, Extract: Extractor>(
            _ carrier: Carrier,
            into context: inout ServiceContext,
            using extractor: Extract
        ) where Extract.Carrier == Carrier {}

        func inject<Carrier, Inject: Injector>(
            _ context: ServiceContext,
            into carrier: inout Carrier,
            using injector: Inject
        ) where Inject.Carrier == Carrier {}
    }

    private final class ListSpan: Span {
        private struct State {
            var attributes: SpanAttributes = [:]
            var hasFailed = false
            var isRecording = true
        }

        let context: ServiceContext
        let name: String
        private let state = Mutex(State())

        init(_ name: String, _ context: ServiceContext) {
            self.name = name
            self.context = context
        }

        var operationName: String {
            get { name }
            set {}
        }
        var attributes: SpanAttributes {
            get { state.withLock { $0.attributes } }
            set { state.withLock { $0.attributes = newValue } }
        }
        var isRecording: Bool { state.withLock { $0.isRecording } }
        var hasFailed: Bool { state.withLock { $0.hasFailed } }
        var text: String {
            var text = ""
            attributes.forEach { name, value in text += "\(name)=\(value) " }
            return text
        }

        func setStatus(_ status: SpanStatus) {
            if case .error = status.code { state.withLock { $0.hasFailed = true } }
        }
        func addEvent(_ event: SpanEvent) {}
        func addLink(_ link: SpanLink) {}
        func recordError<Instant: TracerInstant>(
            _ error: any Error,
            attributes: SpanAttributes,
            at instant: @autoclosure () -> Instant
        ) {
            state.withLock { $0.hasFailed = true }
        }
        func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
            state.withLock { $0.isRecording = false }
        }
    }
#endif
