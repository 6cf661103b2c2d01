/// The steps, in their order. A new one needs nothing but its entry here: every line of it is run by the tour, and
/// copied into a shell by its test.
extension TourStep {
    static let all = [message, byteOrder, stream, loss, port, layout]

    private static let message = TourStep(
        name: "message",
        title: TourText("A struct of a C header, sent and received", zh: "把 C 头文件里的一个结构体发出去，再收回来"),
        seen: TourText(
            """
            No code was written: the header says what the 21 bytes mean, and every
            message is printed with its sender's address. The other end may be any program.
            """,
            zh: """
                一行代码都没有写：21 个字节各是什么意思，头文件里都有；每条消息前面
                是发送方的地址。对端可以是任何语言写的程序。
                """
        ),
        lines: { place in
            [
                .start("receive", place.url, "--as", place.layout, "--count", "1"),
                .run("send", place.url, "--as", place.layout, "name=Li", "math=99", "chinese=77"),
            ]
        }
    )

    private static let byteOrder = TourStep(
        name: "byte-order",
        title: TourText("A sender that forgot htonl", zh: "发送方忘了 htonl"),
        seen: TourText(
            """
            --byte-order little sends what a C program sends that forgot htonl. The
            receiver shows what came, and which reading of the same bytes makes sense.
            """,
            zh: """
                --byte-order little 发出的，正是 C 程序忘了 htonl 时发出的字节。
                接收方照实显示收到的值，并指出：同样的字节换一种字节序读，才像是对的。
                """
        ),
        lines: { place in
            [
                .start("receive", place.url, "--as", place.layout, "--count", "1"),
                .run(
                    "send",
                    place.url,
                    "--as",
                    place.layout,
                    "--byte-order",
                    "little",
                    "name=Li",
                    "math=99",
                    "chinese=77"
                ),
            ]
        }
    )

    private static let stream = TourStep(
        name: "stream",
        title: TourText("Messages on a stream, which has no borders", zh: "流没有消息边界，怎样分清每条消息"),
        seen: TourText(
            """
            TCP carries bytes, and no borders between messages. Here n counts the text, so
            both sides know where each one ends; n was filled in. For what other programs
            do (lengths, terminators, lines) there is a word: --framing, parley help call.
            """,
            zh: """
                TCP 只传送字节，消息之间没有边界。这里由 n 给出文本的字节数，双方因此
                知道每条消息到哪里结束；n 的值由程序填写。别的程序用长度、结束符或换行
                来分，各有一种写法：--framing，见 parley help call。
                """
        ),
        isOfHeader: false,
        lines: { place in
            [
                .start("serve", "reply", place.stream, "--as", "n:u8 text:text[n]", "text=got {text}"),
                .run(
                    "call",
                    place.stream,
                    "--as",
                    "n:u8 text:text[n]",
                    "--count",
                    "2",
                    "-",
                    input: """
                        {"text":"hello"}
                        {"text":"you"}

                        """
                ),
                .stop,
            ]
        }
    )

    private static let loss = TourStep(
        name: "loss",
        title: TourText("A network that loses half of all datagrams", zh: "一个会丢掉一半数据报的网络"),
        seen: TourText(
            """
            Nothing repeats what UDP loses. With --number each question carries a number:
            it is sent again until the answer with that number comes, and the server, which
            sees a number again, answers again and does the work once.
            """,
            zh: """
                UDP 丢了就丢了，没有谁会重发。加上 --number，每个问题都带一个编号：没有收到
                同一编号的回答就重发；服务器再次见到这个编号，只把回答重发一遍，事情只做一次。
                """
        ),
        isOfHeader: false,
        lines: { place in
            let layout = "n:u16 a:u32"
            return [
                .start("serve", "reply", place.url, "--as", layout, "--number", "n", "--lose", "50%"),
                .run(
                    "call",
                    place.url,
                    "--as",
                    layout,
                    "--timeout",
                    "300ms",
                    "-",
                    ending: .nothingCame,
                    input: """
                        {"n":1,"a":7}
                        {"n":2,"a":8}
                        {"n":3,"a":9}

                        """
                ),
                .run(
                    "call",
                    place.url,
                    "--as",
                    layout,
                    "--number",
                    "n",
                    "--count",
                    "3",
                    "--window",
                    "3",
                    "--retry",
                    "9",
                    "a=7"
                ),
                .stop,
            ]
        }
    )

    private static let port = TourStep(
        name: "port",
        title: TourText("A port that somebody else has", zh: "端口被别人占用"),
        seen: TourText(
            """
            EADDRINUSE alone does not say who. The kernel knows: which process, at which
            address, since when, and what would let both have the port.
            """,
            zh: """
                光看 EADDRINUSE 不知道是谁占用的，内核却知道：哪个进程、绑定在哪个地址、
                从什么时候开始，以及怎样才能让双方共用这个端口。
                """
        ),
        lines: { place in
            [
                .start("receive", place.url, "--as", place.layout),
                .run("receive", place.url, "--as", place.layout, ending: .couldNotBind),
                .stop,
            ]
        }
    )

    private static let layout = TourStep(
        name: "layout",
        title: TourText(
            "The same struct without packed, on two machines",
            zh: "同一个结构体不加 packed，在两种机器上"
        ),
        seen: TourText(
            """
            Two compilers, two layouts: this struct sent as memory arrives broken. That is
            why headers for the wire say packed, and the programs that use them call htonl.
            """,
            zh: """
                两个编译器，两种布局：把内存里的这个结构体原样发过去，对端读到的就是错的。
                所以描述网络消息的头文件要写 packed，用它的程序要调用 htonl。
                """
        ),
        isOfHeader: false,
        lines: { _ in
            [
                .run(
                    "layout",
                    "/dev/stdin:msg_st",
                    "--abi",
                    "x86-64,m68k",
                    input: """
                        #include <stdint.h>
                        struct msg_st { uint8_t name[13]; uint32_t math, chinese; };

                        """
                )
            ]
        }
    )
}
