import Glibc

/// The header of the tour: Extras/Examples/score/proto.h, word for word. An installed command has no package
/// beside it, so it carries the text.
enum TourHeader {
    /// Where the package has it.
    static let place = "Extras/Examples/score/proto.h"

    static let text = """
        #ifndef PROTO_H__
        #define PROTO_H__

        #include <stdint.h>

        #define RECVPORT "8089"
        #define NAMESIZE 13

        /* One datagram is one message. Integers travel in network byte order. */
        struct msg_st {
            uint8_t name[NAMESIZE]; /* filled up with NUL; 13 bytes of name have no NUL */
            uint32_t math;
            uint32_t chinese;
        } __attribute__((packed));

        #endif

        """

    /// Names the file that the tour has its reader write, to the commands that it runs itself: it writes none.
    static let variable = "PARLEY_TOUR_HEADER"

    /// The header, when it is the tour that reads this file.
    static func content(of path: String) -> [UInt8]? {
        guard let name = unsafe getenv(variable), unsafe strcmp(name, path) == 0 else { return nil }
        return Array(text.utf8)
    }

    /// Whether a file is this header already.
    static func isAt(_ path: String) -> Bool {
        guard Files.isRegular(path), let bytes = try? Files.read(path) else { return false }
        return bytes.elementsEqual(text.utf8)
    }
}
