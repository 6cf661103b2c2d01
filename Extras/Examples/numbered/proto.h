/* A question and its answer: add an amount to the counter; what the counter says then. */
#include <stdint.h>

struct order {
    uint16_t number; /* the same in question and answer; of each question another */
    uint32_t amount;
} __attribute__((packed));
