import ParleyHeaders

extension Judge {
    private static let gnu: [(ABI, [String])] = [
        (.x86_64Linux, ["gcc"]),
        (.aarch64Linux, ["aarch64-linux-gnu-gcc"]),
        (.i386Linux, ["gcc", "-m32"]),
        (.arm32Linux, ["arm-linux-gnueabihf-gcc"]),
        (.riscv64Linux, ["riscv64-linux-gnu-gcc"]),
        (.riscv32Linux, ["riscv64-linux-gnu-gcc", "-march=rv32i", "-mabi=ilp32"]),
        (.m68kLinux, ["m68k-linux-gnu-gcc"]),
        (.s390xLinux, ["s390x-linux-gnu-gcc"]),
        (.ppc64Linux, ["powerpc64-linux-gnu-gcc"]),
    ]

    /// The compiler whose word counts, for each ABI.
    static let first: [Judge] =
        gnu.map { abi, command in
            var features = RandomHeader.Features()
            features.storageOrder = true
            features.int128 = abi.int128 != nil
            features.atomic64 = abi.name != "i386"
            return Judge(abi: abi, command: command, method: .object, features: features)
        } + [
            Judge(
                abi: .avr,
                command: ["avr-gcc", "-std=gnu11"],
                method: .object,
                features: .init(atomic: false)
            ),
            Judge(
                abi: .msp430,
                command: ["clang", "-target", "msp430"],
                method: .dump,
                features: .init(disputed: false)
            ),
            Judge(
                abi: .windowsX64,
                command: ["clang", "-target", "x86_64-pc-windows-msvc"],
                method: .object,
                features: .init(int128: true)
            ),
        ]

    /// Compilers that are asked too, where the first two agree.
    static let second: [Judge] =
        [
            (ABI.x86_64Linux, "x86_64-linux-gnu"), (.aarch64Linux, "aarch64-linux-gnu"),
            (.i386Linux, "i386-linux-gnu"), (.arm32Linux, "arm-linux-gnueabihf"),
            (.riscv64Linux, "riscv64-linux-gnu"), (.riscv32Linux, "riscv32-linux-gnu"),
            (.s390xLinux, "s390x-linux-gnu"), (.ppc64Linux, "powerpc64-linux-gnu"),
        ].map { abi, target in
            Judge(
                abi: abi,
                command: ["clang", "-target", target],
                method: .dump,
                features: .init(int128: abi.int128 != nil, disputed: false, atomic64: abi.name != "i386")
            )
        } + [
            Judge(
                abi: .windowsX64,
                command: ["x86_64-w64-mingw32-gcc", "-mms-bitfields"],
                method: .object,
                features: .init(disputed: false, atomic: false, packing: false, wide: false)
            )
        ]
}
