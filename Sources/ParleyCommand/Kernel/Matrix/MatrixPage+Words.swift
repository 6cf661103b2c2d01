// The words of docs/port-reuse.md.

extension MatrixPage {
    mutating func start() {
        add("# Sharing a port: `SO_REUSEADDR`, `SO_REUSEPORT`, and what Linux makes of them")
        add(
            """
            `bind: Address already in use`. The advice that follows is nearly always one line, "set `SO_REUSEADDR`",
            and nearly always half of the truth. This page is the other half.
            """
        )
        add(
            """
            Nothing here is hearsay. The tables are written by `parley ports --matrix --markdown` from the rules by
            which `parley ports` judges, and `parley ports --matrix` tries each line of them with real sockets on the
            kernel that it runs on, prints both answers side by side and ends with 1 if they differ. It needs no
            rights, works in a network namespace of its own where it may, takes less than a second and leaves nothing
            behind. What another user does is tried as root alone, and a whole `TIME_WAIT` with `--slow`. The line
            below each table proves that table; `--only` takes the name of a single case too, such as
            `tcp/time-wait/same/own-user/none:addr`.
            """
        )
        add(
            """
            In short:

            | You want | Set, before `bind` | In Parley |
            |---|---|---|
            | a TCP server that can restart at once | `SO_REUSEADDR`, in *every* run | nothing: listeners are \
            `.restartable` |
            | a UDP port that is yours | nothing | nothing: the default is `.exclusive` |
            | several processes or threads that share the load of a port | `SO_REUSEPORT`, in all of them, as one \
            user | `.loadBalanced` |
            | several programs of a host that hear the same group | `SO_REUSEADDR`, bound to the group's address | \
            `.groupMember`, the default there |
            """
        )
    }

    mutating func addRestart() {
        add("## Restarting a server")
        add(
            said: "a server that ends leaves its port in `TIME_WAIT`; set `SO_REUSEADDR` and bind again.",
            truth: """
                the old socket needs it as well. The connection that waits in `TIME_WAIT` remembers what its listener
                had set, and the kernel wants the option on both sides. A server whose last run did not set it waits
                for up to 60 seconds, whatever the new run sets. Two sockets with `SO_REUSEPORT` will do too, and here
                alone the kernel does not ask whose they are: it has forgotten the user.
                """
        )
        grid(.timeWait)
        add(
            said: "after a connection the server's port is in `TIME_WAIT`.",
            truth: """
                it waits at the side that *closed first*. Where the client closes first, the server's port is free at
                once and no option is needed.
                """
        )
        scenes("tcp/closes-first", result: "The restart")
        add(
            """
            How long is no setting: 60 seconds, a constant of the kernel (`TCP_TIMEWAIT_LEN`).
            `net.ipv4.tcp_fin_timeout` has nothing to do with it. `parley ports PORT` shows how much is left.
            """
        )
        add(
            said: "as long as clients are connected, the port is taken.",
            truth: """
                connections that are established are no different from those in `TIME_WAIT`, except that the kernel
                still knows their user. With `SO_REUSEADDR` in both runs a server can restart while the connections of
                its last run, handed to a child process for example, are still being served.
                """
        )
        grid(.child)
    }

    mutating func addListeners() {
        add("## Two listeners")
        add(
            said: "with `SO_REUSEADDR` two servers can listen on one port.",
            truth: """
                not for TCP on Linux. A socket that listens never shares its port by `SO_REUSEADDR`, whoever sets it.
                Only `SO_REUSEPORT` on all of them does it, and only for one effective user, so that nobody can slip
                in beside a server of somebody else.
                """
        )
        grid(.listener)
        add("For another user all sixteen are EADDRINUSE:")
        proof("tcp/listen/same/other-user")
        add(
            """
            Two sockets that are only *bound* can share a port by `SO_REUSEADDR`; then the first `listen` wins, and
            the second is the one that fails. An address in use can therefore show up at `listen`, not at `bind`:
            """
        )
        scenes("tcp/several", result: "The last step")
    }

    mutating func addAddresses() {
        add("## Wildcards, addresses, and both families")
        add(
            said: "`SO_REUSEADDR` lets one server have `0.0.0.0:80` and another one `192.0.2.1:80`.",
            truth: """
                that is BSD. On Linux a listener at the wildcard is in the way of every specific address, and the
                other way round, in both orders. Two *different* addresses never conflict, and need no option. Here
                all sockets are listeners with `SO_REUSEADDR`:
                """
        )
        pairs(.listener, "addr")
        proof("tcp/listen")
        add(
            """
            `::` without `IPV6_V6ONLY` ("dual") takes IPv4 as well, so it conflicts with `0.0.0.0` and with every IPv4
            address; with the option the families are apart. One surprise remains. What a dual listener *accepted*
            over IPv6 is in the way of `0.0.0.0`, although no IPv4 is involved, and so is an IPv6 client's connection:
            """
        )
        grid(.child, AddressPair.byIPv6)
        proof("tcp/client/ipv6-then-wildcard", isNext: true)
        add(
            """
            That is also how a server can fail to start although nobody listens on its port: `connect` gave the port
            to a client of the same host. Servers therefore live below `net.ipv4.ip_local_port_range`, or their port
            is listed in `net.ipv4.ip_local_reserved_ports`.
            """
        )
        grid(.client)
    }

    mutating func addDatagrams() {
        add("## UDP: sharing is giving away")
        add(
            said: "set `SO_REUSEADDR` on UDP sockets as well, it does no harm.",
            truth: """
                it gives the port away. A datagram port has no `TIME_WAIT`, so there is nothing to gain. But any other
                process, of any user, that also sets the option may bind the port, and then *it* receives: the most
                specific socket wins, and among equals the newest. The owner's socket stays open, and silent.
                """
        )
        grid(.datagram, isOtherUser: true)
        scenes("udp/hijack", result: "All 10 of 10 datagrams go to")
        scenes("udp/receives", result: "Received by")
    }

    mutating func addSpreading() {
        add("## Sharing the load: `SO_REUSEPORT`")
        add(
            said: "`SO_REUSEPORT` is `SO_REUSEADDR` for newer kernels.",
            truth: """
                it is another thing. All sockets of the port must set it, they must belong to one effective user, and
                the kernel gives each peer to one of them by a hash over both addresses and ports: the same peer
                always meets the same socket, as long as the set of sockets stays as it is.
                """
        )
        scenes("tcp/receives", result: "Met by")
        add(
            """
            When one of several listeners closes, the connections in its own accept queue are lost, unless
            `net.ipv4.tcp_migrate_req` is 1. Over UDP sockets at *different* addresses it pays to look twice: the
            kernel lets the first socket that it meets decide, the newest, so that whether a wildcard may share
            depends on the order in which the others came:
            """
        )
        scenes("udp/order", result: "The new bind")
    }

    mutating func addGroups() {
        add("## Groups and broadcasts")
        add(
            said: "only one program of a host can receive a group or a broadcast.",
            truth: """
                every socket gets a copy of its own, if all of them set `SO_REUSEADDR` (or all `SO_REUSEPORT`, as one
                user: to a group it does not spread). It must be set before `bind`, by the first one too.
                """
        )
        scenes("udp/multicast", result: "Result")
        add(
            """
            A socket that never joined hears the groups that *others* of the host have joined: `IP_MULTICAST_ALL` is 1
            unless it is set to 0. And a member that is bound to the wildcard takes part in the contest for unicast
            datagrams (`udp/hijack/group-member-at-wildcard`): bind members to the group's address.
            """
        )
        scenes("udp/broadcast", result: "Result")
    }

    mutating func addConnections() {
        add("## What the host refuses")
        add("These are no conflicts, and neither option lifts them:")
        scenes("host", result: "`bind`")
    }

    mutating func addPolicies() {
        add("## Parley's policies")
        add(
            """
            Parley asks what a port is for and sets the options (`Endpoint.Options.reuse`, or `?reuse=` in an URL):

            | Policy | In an URL | Sets | For |
            |---|---|---|---|
            | `.exclusive` | `reuse=exclusive` | nothing | everything; the default of unicast datagrams |
            | `.restartable` | `reuse=restartable` | `SO_REUSEADDR` | streams; the default of TCP listeners |
            | `.loadBalanced` | `reuse=loadBalanced` | `SO_REUSEPORT` | streams and unicast datagrams |
            | `.groupMember` | `reuse=group` | `SO_REUSEADDR`, and `IP_MULTICAST_ALL` to 0 | groups and broadcast \
            addresses; the default there |

            `.restartable` and `.groupMember` are refused for unicast datagrams, for the reason above. A TCP listener
            with the same user's old one still there:
            """
        )
        policies(.listener)
        add("A connection of the old listener in `TIME_WAIT`:")
        policies(.timeWait)
        add("Unicast datagrams, then a group:")
        policies(.datagram)
        policies(.group)
    }

    mutating func addOtherSystems() {
        add("## Other systems")
        add(
            """
            Much of what is said about these options is true, elsewhere. This part is not tried by any command here.

            - **BSD and macOS.** `SO_REUSEADDR` is asked of the *new* socket alone where a `TIME_WAIT` is in the \
            way, and it lets a
              wildcard and a specific address coexist, listeners too. `SO_REUSEPORT` came from there, needs all
              sockets to set it, and does not spread the load; FreeBSD has `SO_REUSEPORT_LB` for that.
            - **Windows.** A `TIME_WAIT` does not hinder a bind. `SO_REUSEADDR` there means that a socket may take \
            a port from one that
              listens, even if that one never agreed; `SO_EXCLUSIVEADDRUSE` is the owner's defence. Linux has no such
              option and needs none: a port is exclusive unless both sides say otherwise.
            - **Portable code** sets `SO_REUSEADDR` on TCP listeners on Unix only, `SO_EXCLUSIVEADDRUSE` on \
            Windows, and neither on
              unicast datagram sockets.
            """
        )
    }
}
