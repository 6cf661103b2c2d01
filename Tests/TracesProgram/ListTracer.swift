#if Tracing
    import Synchronization
    import Tracing

    /// Keeps the spans that have ended.
    final class ListTracer: Tracer {
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

    final class ListSpan: Span {
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
