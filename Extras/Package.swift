// swift-tools-version: 6.3
import PackageDescription

/// The settings of ../Package.swift, without the two that only code on raw memory needs: the peers here are
/// written as their own users would write them.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

let parley = Target.Dependency.product(name: "Parley", package: "parley")
let flow = Target.Dependency.product(name: "ParleyFlow", package: "parley")
let headers = Target.Dependency.product(name: "ParleyHeaders", package: "parley")

func example(_ name: String, _ path: String) -> Target {
    .executableTarget(name: name, dependencies: [parley], path: "Examples/\(path)", swiftSettings: settings)
}

let package = Package(
    name: "parley-extras",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "bench-peers", targets: ["BenchPeers"]),
        .executable(name: "bench-parley", targets: ["BenchParley"]),
        .executable(name: "bench-flow", targets: ["BenchFlow"]),
        .executable(name: "score-receiver", targets: ["ScoreReceiver"]),
        .executable(name: "score-sender", targets: ["ScoreSender"]),
        .executable(name: "stamp-server", targets: ["StampServer"]),
        .executable(name: "stamp-client", targets: ["StampClient"]),
        .executable(name: "length-peer", targets: ["LengthPeer"]),
        .executable(name: "order-answerer", targets: ["OrderAnswerer"]),
        .executable(name: "order-asker", targets: ["OrderAsker"]),
    ],
    dependencies: [
        // The name keeps `.product(name: "Parley", package: "parley")` right whatever the clone's folder is
        // called.
        .package(name: "parley", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        // An empty asm statement: what keeps a measured loop honest.
        .target(name: "CBarrier"),
        .target(name: "BenchKit", dependencies: ["CBarrier"], swiftSettings: settings),
        // Parley in the same loops.
        .executableTarget(
            name: "BenchParley",
            dependencies: ["BenchKit", "CBarrier", headers, parley],
            swiftSettings: settings
        ),
        // ParleyFlow alone: a minute's build, without the macro.
        .executableTarget(
            name: "BenchFlow",
            dependencies: ["BenchKit", "CBarrier", flow],
            swiftSettings: settings
        ),
        // The examples in Swift; those in C, which they talk to, lie beside them and are compiled by
        // scripts/interop.
        example("ScoreReceiver", "score/swift/receiver"),
        example("ScoreSender", "score/swift/sender"),
        example("StampServer", "stamp/swift/server"),
        example("StampClient", "stamp/swift/client"),
        example("LengthPeer", "length/swift/peer"),
        example("OrderAnswerer", "numbered/swift/answerer"),
        example("OrderAsker", "numbered/swift/asker"),
        // The libraries a Swift user would take today, in the same loops as the C peers in Benchmarks/c.
        .executableTarget(
            name: "BenchPeers",
            dependencies: [
                .target(name: "BenchKit"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ],
            exclude: ["score.proto"],
            swiftSettings: settings
        ),
    ]
)
