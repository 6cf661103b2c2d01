/// What the Glibc module does not show of packet(7), netlink(7), vsock(7) and socket filters.
#ifndef CPARLEYFAMILIES_H
#define CPARLEYFAMILIES_H

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Mirrors the start of `struct tpacket_block_desc`, whose union Swift does not import with its fields.
struct parley_packet_block {
    uint32_t version;
    uint32_t private_offset;
    uint32_t status;
    uint32_t packets;
    uint32_t first_packet;
    uint32_t bytes;
};

/// Mirrors `struct tpacket3_hdr`, for the same reason.
struct parley_packet_header {
    uint32_t next;
    uint32_t seconds;
    uint32_t nanoseconds;
    uint32_t captured;
    uint32_t original;
    uint32_t status;
    uint16_t link;
    uint16_t network;
    uint32_t hash;
    uint32_t vlan_tci;
    uint16_t vlan_tpid;
    uint16_t padding;
    uint8_t padding_end[8];
};

/// The word by which the kernel and a reader of a packet ring hand a block to each other.
static inline uint32_t parley_load_acquire(const uint32_t *word) {
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline void parley_store_release(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

#ifdef __cplusplus
}
#endif
#endif
