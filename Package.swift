// swift-tools-version: 6.3
import PackageDescription

/// Every Parley target is built with the same settings: Swift 6, the upcoming features that are agreed for Swift 7,
/// strict memory safety (each unsafe step says `unsafe`), and the lifetimes feature that spans need.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
]

/// A target of the layer diagram in docs/architecture.md. Lower never imports higher: TidyTests holds it to that.
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.target(name: name)] + dependencies,
        swiftSettings: settings
    )
}

let package = Package(
    name: "parley",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "ParleyWire", targets: ["ParleyWire"]),
        .library(name: "ParleyCoreX", targets: ["ParleyCore", "ParleyTypes", "ParleyWire"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // L0
        .target(name: "CParleyLinux"),
        layer("ParleyTypes"),
        tests(of: "ParleyTypes"),
        // L1
        layer("ParleyWire"),
        layer("ParleyHeaders", ["ParleyWire"]),
        tests(of: "ParleyHeaders", ["ParleyTypes", "ParleyWire"]),
        tests(of: "ParleyWire", ["ParleyTypes"]),
        // L2
        layer("ParleyText", ["ParleyTypes", "ParleyWire"]),
        tests(of: "ParleyText", ["ParleyTypes", "ParleyWire"]),
        layer("ParleySockets", ["CParleyLinux", "ParleyTypes"]),
        tests(of: "ParleySockets", ["CParleyLinux", "ParleyTypes"]),
        layer("ParleyNetwork", ["ParleyTypes"]),
        // L3
        layer(
            "ParleyEventLoop",
            [
                "CParleyLinux", "ParleyTypes", "ParleySockets", "ParleyNetwork",
                .product(name: "Logging", package: "swift-log"),
            ]),
        // L4
        layer(
            "ParleyCore",
            [
                "ParleyTypes", "ParleyWire", "ParleyNetwork", "ParleyEventLoop",
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests(of: "ParleyCore", ["ParleyTypes", "ParleyWire"]),
    ]
)
