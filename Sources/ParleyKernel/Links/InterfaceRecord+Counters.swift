extension InterfaceRecord {
    /// What went through an interface since it was made (struct rtnl_link_stats64). Not every driver counts all of it.
    public struct Counters: Sendable, Hashable {
        public var received = Direction()
        public var sent = Direction()
        /// Received packets that were for groups.
        public var groupPackets: UInt64 = 0
        /// Packets that met another one on the wire.
        public var collisions: UInt64 = 0
        /// Received, and there was no memory in the device's queue for it: the host is too slow.
        public var missed: UInt64 = 0
        /// Received for a protocol that nobody here speaks, or on a part of a bond that is not in use.
        public var unhandled: UInt64 = 0
        /// Received for another host's hardware address.
        public var forOthers: UInt64 = 0
        /// Not sent because the link was gone.
        public var carrierErrors: UInt64 = 0

        public init() {}

        /// One direction.
        public struct Direction: Sendable, Hashable {
            public var packets: UInt64 = 0
            public var bytes: UInt64 = 0
            /// Broken on the wire, too long, and all else that the device could not use.
            public var errors: UInt64 = 0
            /// In order, and thrown away all the same: no room, a filter, an interface that is down.
            public var dropped: UInt64 = 0

            public init() {}
        }
    }
}
