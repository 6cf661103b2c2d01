// Spans, where the package is built with them. A program and no test: so what is compiled for the trait is ParleyCore
// and what it stands on, and not all that has tests. `scripts/traces` builds and runs it.

#if Tracing
    import Glibc
    import ParleyCore
    import ParleyTypes
    import ParleyWire
    import Tracing

    let tracer = ListTracer()
    InstrumentationSystem.bootstrap(tracer)
    try await traceOneOfEach()
    let spans = tracer.ended

    func require(_ condition: Bool, _ reason: @autoclosure () -> String) {
        guard !condition else { return }
        print("broken: \(reason())")
        exit(EXIT_FAILURE)
    }

    /// A connection that is served, a question that is answered and one that is not.
    func traceOneOfEach() async throws {
        let listener = try await Listener([UInt8].self, at: .tcp("127.0.0.1", 0), framing: .lengthPrefixed())
        let target = Endpoint.tcp("127.0.0.1", listener.localAddress.port!)
        async let running: Void = listener.run { connection in
            for try await message in connection.messages { try await connection.send(message) }
        }
        let limit = Duration.seconds(60)
        let framing = Framing.lengthPrefixed()
        let client = try await Connection([UInt8].self, to: target, framing: framing, timeout: limit)
        _ = try await client.request([1], timeout: limit)
        let silent = try await Mailbox([UInt8].self, at: .udp("127.0.0.1", 0))
        do {
            let letter = try await silent.request(
                [1],
                to: .ipv4(.loopback, port: 9),
                timeout: .milliseconds(1)
            )
            require(false, "nobody answers there, and \(letter) came")
        } catch {}
        listener.drain()
        try await running
    }

    let names = spans.map(\.name).sorted()
    require(names == ["parley.connection", "parley.request", "parley.request"], "\(names)")
    require(spans.filter { $0.hasFailed }.count == 1, "one request has failed")
    let served = spans.first { $0.name == "parley.connection" }!
    require(served.text.contains("tcp"), served.text)
    print("handlers and requests have spans, failures are recorded")
#else
    print("there are no spans without the trait: swift run --traits Tracing TracesProgram")
#endif
