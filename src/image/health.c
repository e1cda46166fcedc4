/* The image's health check: one GET over loopback, without a shell and without a JVM (docs/adr/0022 says why).
 * health [path]: exit status 0 if the node answers 200, else 1. The port is that of LISTEN_ADDR.
 * Over TLS (TLS_CERT) the node answers a plain GET with an alert, which shows that the process answers, and no more: then
 * the status is 0 whatever the path. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { TLS_ALERT = 0x15 }; /* the type of a record, its first byte */

static int connected(int family, const void *address, socklen_t length) {
  int s = socket(family, SOCK_STREAM, 0);
  struct timeval limit = {3, 0};
  if (s < 0)
    return -1;
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(s, address, length) == 0)
    return s;
  close(s);
  return -1;
}

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "/health/live";
  const char *listen = getenv("LISTEN_ADDR");
  const char *colon = listen ? strrchr(listen, ':') : NULL;
  int port = colon ? atoi(colon + 1) : 8080;
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  char host[256] = "", request[512], answer[13] = "";
  int s, length, got = 0;

  /* Where the node listens on one address alone, that one is asked. */
  if (colon && (size_t)(colon - listen) < sizeof host)
    memcpy(host, listen, colon - listen);
  struct in_addr one;
  if (inet_pton(AF_INET, host, &one) == 1 && one.s_addr != INADDR_ANY)
    v4.sin_addr = one;
  if ((s = connected(AF_INET, &v4, sizeof v4)) < 0 && (s = connected(AF_INET6, &v6, sizeof v6)) < 0)
    return 1;
  length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
  if (length < 0 || (size_t)length >= sizeof request || write(s, request, length) != length)
    return 1;
  while (got < 12) {
    ssize_t n = read(s, answer + got, 12 - got);
    if (n <= 0)
      return 1;
    got += n;
    if (answer[0] == TLS_ALERT)
      return 0;
  }
  return strcmp(answer + 8, " 200") != 0;
}
