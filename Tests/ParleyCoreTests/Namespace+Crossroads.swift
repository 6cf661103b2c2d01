import Glibc

extension Namespace {
    /// Two hosts on two links; this thread is at the near one, whose routes all prefer the first link.
    ///
    /// Near has 10.9.0.1 and fd09::1 on `near`, 10.10.0.1 and fd0a::1 on `other`; far has 10.9.0.2 and fd09::2 on
    /// `far`, 10.10.0.2 and fd0a::2 on `away`, and fe80::aa on both. Its 10.99.0.1 and fd99::1 are reached by
    /// either link, by the first unless told otherwise; so are near's addresses from far.
    @MainActor
    struct Crossroads {
        let link: Link

        init?() {
            guard let link = Link(), link.add("other", "away"),
                Self.runAll(
                    Self.settings(["near", "other"]) + [
                        "ip addr add 10.10.0.1/24 dev other", "ip addr add fd0a::1/64 dev other nodad",
                        "ip route add 10.99.0.1 via 10.9.0.2 dev near metric 100",
                        "ip route add 10.99.0.1 via 10.10.0.2 dev other metric 2000",
                        "ip route add default via 10.9.0.2 dev near",
                        "ip -6 route add fd99::/64 via fd09::2 dev near metric 100",
                        "ip -6 route add fd99::/64 via fd0a::2 dev other metric 2000",
                    ]
                ),
                link.runAtFar(
                    Self.settings(["far", "away"]) + [
                        "ip addr add 10.10.0.2/24 dev away", "ip addr add fd0a::2/64 dev away nodad",
                        "ip addr add 10.99.0.1/32 dev lo", "ip addr add fd99::1/128 dev lo nodad",
                        "ip addr add fe80::aa/64 dev far nodad", "ip addr add fe80::aa/64 dev away nodad",
                        "ip route add 10.10.0.1 dev far metric 3000",
                        "ip route add 10.10.0.1 dev away metric 100",
                        "ip -6 route add fd0a::1 via fd09::1 dev far metric 3000",
                        "ip -6 route add fd0a::1 dev away metric 100",
                    ]
                )
            else { return nil }
            self.link = link
        }

        private static func settings(_ names: [String]) -> [String] {
            ["all"].map { "echo 0 > /proc/sys/net/ipv4/conf/\($0)/rp_filter" }
                + names.map { "echo 0 > /proc/sys/net/ipv4/conf/\($0)/rp_filter" }
        }

        static func runAll(_ commands: [String]) -> Bool { commands.allSatisfy { run($0) } }
    }
}
