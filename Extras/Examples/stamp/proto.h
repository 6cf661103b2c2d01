#ifndef PROTO_H__
#define PROTO_H__

#define SERVERPORT "8086"

/* The seconds since 1970 as a line of text: no byte order, no size of time_t to agree on. */
#define FMT_STAMP "%lld\r\n"

/* The longest line: a sign, 19 digits, CR, LF and the NUL that C puts behind. */
#define STAMPSIZE 32

#endif
