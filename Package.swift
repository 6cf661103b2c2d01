// swift-tools-version: 6.3
import CompilerPluginSupport
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

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
/// Compiled in by `--traits Tracing` alone.
let tracing = Target.Dependency.product(
    name: "Tracing",
    package: "swift-distributed-tracing",
    condition: .when(traits: ["Tracing"])
)

let package = Package(
    name: "parley",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "Parley", targets: ["Parley"]),
        .library(name: "ParleyWire", targets: ["ParleyWire"]),
        .library(name: "ParleyHeaders", targets: ["ParleyHeaders"]),
        .library(name: "ParleyFlow", targets: ["ParleyFlow"]),
        .library(name: "ParleyKernel", targets: ["ParleyKernel"]),
        .library(name: "ParleySimulation", targets: ["ParleySimulation"]),
        .library(name: "ParleyOperations", targets: ["ParleyOperations"]),
        .executable(name: "parley", targets: ["ParleyProgram"]),
    ],
    traits: [
        .trait(name: "Tracing", description: "Spans around connection handlers and requests.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-syntax", "602.0.0"..<"604.0.0"),
    ],
    targets: [
        // L0
        .target(name: "CParleyLinux"),
        layer("ParleyTypes"),
        tests(of: "ParleyTypes"),
        // L1
        layer("ParleyWire", ["ParleyTypes"]),
        tests(of: "ParleyWire", ["ParleyTypes"]),
        layer("ParleyHeaders", ["ParleyTypes", "ParleyWire"]),
        // Random layouts and values, for the tests of what is made from layouts.
        .target(
            name: "LayoutSamples",
            dependencies: ["ParleyTypes", "ParleyWire"],
            path: "Tests/LayoutSamples",
            swiftSettings: settings
        ),
        tests(of: "ParleyHeaders", ["LayoutSamples", "ParleyTypes", "ParleyWire"]),
        layer("ParleyNetwork", ["ParleyTypes"]),
        tests(of: "ParleyNetwork", ["ParleyTypes"]),
        layer("ParleyLinks", ["ParleyTypes"]),
        tests(of: "ParleyLinks", ["ParleyTypes"]),
        layer("ParleyFlow", ["ParleyTypes"]),
        tests(of: "ParleyFlow", ["CAllocationCount", "ParleyLinks", "ParleyTypes"]),
        // swift-syntax stops at the plug-in. Only the façade depends on ParleyMacros, so that the command and the
        // layers below it compile without either.
        .macro(
            name: "ParleyWireMacros",
            dependencies: [
                "ParleyWireExpansion",
                .product(name: "SwiftCompilerPlugin", package: "swift-syntax"),
                .product(name: "SwiftSyntax", package: "swift-syntax"),
                .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
            ],
            swiftSettings: settings
        ),
        // What the macros do. A test that depended on a macro would have all tests built for the host, beside the
        // executables, and so every target twice.
        .target(
            name: "ParleyWireExpansion",
            dependencies: [
                .product(name: "SwiftDiagnostics", package: "swift-syntax"),
                .product(name: "SwiftSyntax", package: "swift-syntax"),
                .product(name: "SwiftSyntaxBuilder", package: "swift-syntax"),
                .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
            ],
            swiftSettings: settings
        ),
        layer("ParleyMacros", ["ParleyWire", "ParleyWireMacros"]),
        .testTarget(
            name: "ParleyWireExpansionTests",
            dependencies: [
                "ParleyWireExpansion",
                .product(name: "SwiftDiagnostics", package: "swift-syntax"),
                .product(name: "SwiftParser", package: "swift-syntax"),
                .product(name: "SwiftSyntax", package: "swift-syntax"),
                .product(name: "SwiftSyntaxBuilder", package: "swift-syntax"),
                .product(name: "SwiftSyntaxMacroExpansion", package: "swift-syntax"),
                .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
            ],
            swiftSettings: settings
        ),
        // A client as any: strict memory safety, without the Lifetimes feature.
        .testTarget(
            name: "ParleyMacrosTests",
            dependencies: ["LayoutSamples", "ParleyHeaders", "ParleyMacros", "ParleyTypes"],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .strictMemorySafety()]
        ),
        // L2
        layer("ParleyText", ["ParleyHeaders", "ParleyTypes", "ParleyWire"]),
        tests(of: "ParleyText", ["ParleyHeaders", "ParleyTypes", "ParleyWire"]),
        layer("ParleyCapture", ["ParleyTypes"]),
        tests(of: "ParleyCapture", ["ParleyTypes"]),
        layer("ParleySockets", ["CParleyLinux", "ParleyTypes"]),
        // System calls that fail as their manual pages say, for the tests of the layers that call them.
        .target(name: "CFaults", path: "Tests/CFaults"),
        .target(
            name: "FaultInjection",
            dependencies: ["CFaults", "ParleyTypes"],
            path: "Tests/FaultInjection",
            swiftSettings: settings
        ),
        tests(of: "ParleySockets", ["CParleyLinux", "FaultInjection", "ParleyTypes"]),
        layer("ParleyKernel", ["CParleyLinux", "ParleySockets", "ParleyTypes"]),
        tests(of: "ParleyKernel", ["ParleySockets", "ParleyTypes"]),
        // L3
        layer("ParleyEventLoop", ["CParleyLinux", "ParleyTypes", "ParleySockets", "ParleyNetwork", log]),
        tests(of: "ParleyEventLoop", ["FaultInjection", "ParleyTypes", "ParleySockets", "ParleyNetwork"]),
        // L4
        layer(
            "ParleyCore",
            ["ParleyTypes", "ParleyWire", "ParleyNetwork", "ParleyFlow", "ParleyEventLoop", log, tracing]
        ),
        // Messages of the tests of networks, written by hand: those tests need no macro.
        .target(
            name: "ExampleMessages",
            dependencies: ["ParleyWire"],
            path: "Tests/ExampleMessages",
            swiftSettings: settings
        ),
        // Counts allocations by standing before the C library's, in the tests' process.
        .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
        tests(
            of: "ParleyCore",
            [
                "CAllocationCount", "ExampleMessages", "FaultInjection", "ParleyEventLoop", "ParleyFlow",
                "ParleyNetwork", "ParleySimulation", "ParleySockets", "ParleyTypes", "ParleyWire", log,
            ]
        ),
        // The spans of the trait Tracing, for scripts/traces.
        .executableTarget(
            name: "TracesProgram",
            dependencies: ["ParleyCore", "ParleyTypes", "ParleyWire", tracing],
            path: "Tests/TracesProgram",
            swiftSettings: settings
        ),
        // L5
        layer(
            "Parley",
            [
                "ParleyCore", "ParleyFlow", "ParleyKernel", "ParleyMacros", "ParleyNetwork", "ParleyTypes",
                "ParleyWire",
            ]
        ),
        // A client as most are: Swift 6 and no other setting.
        .testTarget(name: "ParleyTests", dependencies: ["Parley"]),
        // The Swift of docs and of README.md, as readers type it in; TidyTests compares. It only has to compile.
        .executableTarget(
            name: "PagesProgram",
            dependencies: ["Parley", "ParleyFlow", "ParleyOperations", log, lifecycle],
            path: "Tests/PagesProgram"
        ),
        .executableTarget(name: "ReadmeProgram", dependencies: ["Parley"], path: "Tests/ReadmeProgram"),
        // The same API without a network, on a time of its own.
        layer(
            "ParleySimulation",
            [
                "ParleyCapture", "ParleyCore", "ParleyEventLoop", "ParleyLinks", "ParleyNetwork",
                "ParleyTypes",
            ]
        ),
        tests(
            of: "ParleySimulation",
            [
                "ExampleMessages", "ParleyCore", "ParleyFlow", "ParleyLinks", "ParleyNetwork", "ParleyTypes",
                "ParleyWire",
            ]
        ),
        // The Swift of docs/simulation.md: a reader's tests, and a reader's program. TidyTests compares.
        .testTarget(name: "SimulationPageTests", dependencies: ["Parley", "ParleySimulation"]),
        .executableTarget(
            name: "HuntProgram",
            dependencies: ["Parley", "ParleySimulation"],
            path: "Tests/HuntProgram"
        ),
        // The program of docs/lossy-networks.md, a section each; its outputs there are of this.
        .executableTarget(
            name: "LossyProgram",
            dependencies: ["Parley", "ParleyFlow", "ParleySimulation"],
            path: "Tests/LossyProgram"
        ),
        // A bad network between real programs.
        layer("ParleyImpairment", ["ParleyLinks", "ParleyNetwork", "ParleyTypes"]),
        tests(
            of: "ParleyImpairment",
            [
                "ExampleMessages", "ParleyCore", "ParleyLinks", "ParleyNetwork", "ParleySimulation",
                "ParleyTypes", "ParleyWire",
            ]
        ),
        // For operators: metrics and services. Who does not import it compiles neither.
        layer(
            "ParleyOperations",
            ["ParleyCore", "ParleyEventLoop", "ParleyTypes", "ParleyWire", log, metrics, lifecycle]
        ),
        tests(
            of: "ParleyOperations",
            [
                "ParleyCore", "ParleyTypes", "ParleyWire", log, metrics, lifecycle,
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        // Never depends on the macro: the command compiles without swift-syntax. A library and an executable of one
        // line: what must hold before Swift runs is not in the tests' process.
        layer(
            "ParleyCommand",
            [
                "CParleyLinux", "ParleyCapture", "ParleyCore", "ParleyFlow", "ParleyHeaders",
                "ParleyImpairment",
                "ParleyKernel", "ParleyLinks", "ParleySockets",
                "ParleyText", "ParleyTypes", "ParleyWire", log,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        // What must hold in the command's process before Swift runs: not in that of who uses the library.
        .target(name: "CParleyStart"),
        .executableTarget(
            name: "ParleyProgram",
            dependencies: ["CParleyStart", "ParleyCommand"],
            swiftSettings: settings
        ),
        tests(
            of: "ParleyCommand",
            ["ParleyCapture", "ParleyKernel", "ParleySockets", "ParleyText", "ParleyTypes", "ParleyWire"]
        ),
        // Every transport at full load, for scripts/soak.
        .executableTarget(
            name: "SoakProgram",
            dependencies: ["ParleyCore", "ParleyTypes", "ParleyWire"],
            path: "Tests/SoakProgram",
            swiftSettings: settings
        ),
        // Long and fast simulations, in release.
        .executableTarget(
            name: "SimulationProgram",
            dependencies: [
                "ExampleMessages", "ParleyCore", "ParleyFlow", "ParleyLinks", "ParleyNetwork",
                "ParleySimulation", "ParleyTypes", "ParleyWire",
            ],
            path: "Tests/SimulationProgram",
            swiftSettings: settings
        ),
        // The package's own rules: which layer imports which, who may read a clock.
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
