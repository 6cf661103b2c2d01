import Glibc

extension Namespace {
    /// Two hosts on one link, in networks of their own: this thread is at the near one.
    ///
    /// Near has 10.9.0.1, 10.9.0.3, fd09::1 and fd09::3 on the interface `near`; far has 10.9.0.2 and fd09::2 on
    /// `far`. Both go with the process.
    @MainActor
    struct Link {
        private let near: Int32
        private let far: Int32

        init?() {
            guard Namespace.enterNewNetwork() else { return nil }
            near = unsafe open("/proc/thread-self/ns/net", O_RDONLY)
            guard Namespace.enterNewNetwork() else { return nil }
            far = unsafe open("/proc/thread-self/ns/net", O_RDONLY)
            let place = "/proc/\(getpid())/fd/\(far)"
            guard near >= 0, far >= 0, Self.enter(near),
                run("ip link add near type veth peer name far && ip link set far netns \(place)"),
                Self.setUp("near", ["10.9.0.1/24", "10.9.0.3/24", "fd09::1/64", "fd09::3/64"])
            else { return nil }
            guard Self.enter(far), Self.setUp("far", ["10.9.0.2/24", "fd09::2/64"]), Self.isUp("far"),
                Self.enter(near), Self.isUp("near")
            else { return nil }
        }

        /// Waits until the kernel has taken note that the other end is there: until then it loses what is sent.
        private static func isUp(_ name: String) -> Bool {
            run(
                "for i in $(seq 200); do ip link show \(name) | grep -q 'state UP' && exit 0; sleep 0.02; done; exit 1"
            )
        }

        /// Opens something at the far host.
        func atFar<R>(_ body: () async throws -> R) async throws -> R {
            require(Self.enter(far), "cannot enter the far host")
            defer { require(Self.enter(near), "cannot come back") }
            return try await body()
        }

        /// From now on nothing that near sends to 10.9.0.2 arrives, and nobody is told.
        func lose() {
            let command = "ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:99 dev near nud permanent"
            require(run(command), "the link is still there")
        }

        /// A second link between the two hosts, without addresses.
        func add(_ here: String, _ there: String) -> Bool {
            let place = "/proc/\(getpid())/fd/\(far)"
            let quick = { (name: String) in "echo 0 > /proc/sys/net/ipv6/conf/\(name)/accept_dad" }
            return run(
                "ip link add \(here) type veth peer name \(there) && ip link set \(there) netns \(place)"
            )
                && run("\(quick(here)) && ip link set \(here) up")
                && runAtFar([quick(there), "ip link set \(there) up"])
        }

        /// Runs commands at the far host, as long as they succeed.
        func runAtFar(_ commands: [String]) -> Bool {
            require(Self.enter(far), "cannot enter the far host")
            defer { require(Self.enter(near), "cannot come back") }
            return commands.allSatisfy { run($0) }
        }

        private static func setUp(_ name: String, _ addresses: [String]) -> Bool {
            let quick = "echo 0 > /proc/sys/net/ipv6/conf/\(name)/accept_dad"
            return run("\(quick) && ip link set \(name) up")
                && addresses.allSatisfy { address in
                    run("ip addr add \(address) dev \(name)\(address.contains(":") ? " nodad" : "")")
                }
        }

        /// setns(2), which the Glibc module does not show.
        private static func enter(_ descriptor: Int32) -> Bool {
            guard let symbol = unsafe dlsym(nil, "setns") else { return false }
            let setns = unsafe unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)
            return setns(descriptor, 0) == 0
        }
    }
}
