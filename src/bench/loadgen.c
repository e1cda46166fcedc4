// Single-threaded epoll HTTP/1.1 load generator for a submit/status REST API.
// It is in C so that it takes little of a two-core machine from the system under test.
//
//   loadgen submit --url U --count N --conns C --secs MAX [--payload JSON] [--type T] [--ids FILE]
//       closed loop on C keep-alive connections; stops at N answers or MAX seconds
//   loadgen open --url U --status-url S --rate R --secs S [--poll-us 300] [--records FILE]
//       open loop: R submits per second; each is then polled until it is completed
//   loadgen sweep --status-url S --ids FILE --conns C --secs MAX
//       asks the status of every id in FILE and counts the answers
//
// S ends where the id goes. Priorities cycle high, medium, low. The body sent is
//   {"priority":"P","type":"T","payload":{"t0":<ns>,"data":"xxxx"}}        payload: 100 bytes, or what --payload says
// where t0 is the time of sending, in the open loop the *scheduled* one, so that a stall is not hidden.
// A line of records: the scheduled time, the time seen completed, the last answer. Times are CLOCK_MONOTONIC, in ns.
// Prints one JSON object.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define IN_SIZE 65536
#define PAYLOAD_BYTES 100
#define OPEN_CONNS 256
enum { IDLE, SUBMITTING, POLLING, WAITING };

typedef struct {
    int fd, state, inlen, outlen, outoff;
    uint64_t sent, sched, next_poll;   // ns; sched is the start of a measurement
    char id[128], in[IN_SIZE], out[8192];
} conn;

typedef struct { uint64_t *v; long n, cap; } times;

static char path[1024], spath[1024];
static struct sockaddr_in addr;
static const char *type = "log", *payload = 0;
static int ep;
static long n_err, n_non2xx;
static const char *PRIORITY[3] = {"high", "medium", "low"};

static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static void die(const char *m) { fprintf(stderr, "loadgen: %s: %s\n", m, strerror(errno)); exit(2); }

// http://127.0.0.1:port/path
static void parse_url(const char *u, char *p, size_t cap) {
    int port, at = 0;
    if (sscanf(u, "http://127.0.0.1:%d%n", &port, &at) != 1) { fprintf(stderr, "loadgen: loopback only\n"); exit(2); }
    snprintf(p, cap, "%s", u[at] ? u + at : "/");
    addr.sin_family = AF_INET; addr.sin_port = htons(port); addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

static void dial(conn *c) {
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0) die("socket");
    if (connect(c->fd, (struct sockaddr *)&addr, sizeof addr)) die("connect");
    int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) | O_NONBLOCK);
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev)) die("epoll_ctl");
    c->inlen = 0;
}

static void want(conn *c, int out) {
    struct epoll_event ev = {.events = EPOLLIN | (out ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
}

static void flush_out(conn *c) {
    while (c->outoff < c->outlen) {
        ssize_t w = send(c->fd, c->out + c->outoff, c->outlen - c->outoff, MSG_NOSIGNAL);
        if (w > 0) c->outoff += w;
        else if (w < 0 && errno == EAGAIN) { want(c, 1); return; }
        else return;   // the read side will see the close
    }
}

static void send_submit(conn *c, long seq) {
    char p[PAYLOAD_BYTES + 1], body[4096];
    const char *pl = payload;
    if (!pl) {
        int m = sprintf(p, "{\"t0\":%llu,\"data\":\"", (unsigned long long)c->sched);
        memset(p + m, 'x', PAYLOAD_BYTES - 2 - m);
        strcpy(p + PAYLOAD_BYTES - 2, "\"}");
        pl = p;
    }
    int n = snprintf(body, sizeof body, "{\"priority\":\"%s\",\"type\":\"%s\",\"payload\":%s}", PRIORITY[seq % 3], type, pl);
    c->outlen = snprintf(c->out, sizeof c->out,
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, n, body);
    c->outoff = 0; c->state = SUBMITTING; c->sent = now();
    flush_out(c);
}

static void send_status(conn *c) {
    c->outlen = snprintf(c->out, sizeof c->out, "GET %s%s HTTP/1.1\r\nHost: localhost\r\n\r\n", spath, c->id);
    c->outoff = 0; c->state = POLLING;
    flush_out(c);
}

// Length of a complete response in c->in, or 0; sets code and copies the body, without chunk framing.
static int complete(conn *c, int *code, char *body, int cap, int *blen) {
    c->in[c->inlen] = 0;
    char *e = strstr(c->in, "\r\n\r\n");
    if (!e) return 0;
    *code = atoi(c->in + 9);
    char *b = e + 4, *end = c->in + c->inlen;
    *e = 0;
    char *cl = strcasestr(c->in, "\ncontent-length:"), *te = strcasestr(c->in, "\ntransfer-encoding:");
    *e = '\r';
    int n = 0;
    if (te) {
        for (;;) {
            char *nl = strstr(b, "\r\n");
            if (!nl) return 0;
            long sz = strtol(b, 0, 16);
            b = nl + 2;
            if (sz < 0 || sz > IN_SIZE || end - b < sz + 2) return 0;
            int k = n + sz < cap - 1 ? (int)sz : cap - 1 - n;
            memcpy(body + n, b, k); n += k;
            b += sz + 2;
            if (!sz) break;
        }
    } else {
        long l = cl ? atol(cl + 16) : 0;
        if (end - b < l) return 0;
        n = l < cap - 1 ? (int)l : cap - 1;
        memcpy(body, b, n);
        b += l;
    }
    body[n] = 0; *blen = n;
    return (int)(b - c->in);
}

// Value of "key": as text, quotes removed; its length, 0 when it is not there.
static int field(const char *b, int len, const char *key, char *out, int cap) {
    char k[80]; int kl = snprintf(k, sizeof k, "\"%s\"", key);
    const char *e = b + len, *p = b;
    while ((p = memmem(p, e - p, k, kl))) {
        p += kl; while (p < e && *p <= ' ') p++;
        if (p >= e || *p != ':') continue;
        p++; while (p < e && *p <= ' ') p++;
        int n = 0;
        if (p < e && *p == '"') { p++; while (p < e && *p != '"' && n < cap - 1) out[n++] = *p++; }
        else while (p < e && *p != ',' && *p != '}' && *p > ' ' && n < cap - 1) out[n++] = *p++;
        out[n] = 0;
        return n;
    }
    return 0;
}

// Reads; 1 = a response is complete (consumed into code and body), 0 = not yet, -1 = closed.
static int pump(conn *c, int *code, char *body, int cap, int *blen) {
    for (;;) {
        int l;
        if (c->inlen && (l = complete(c, code, body, cap, blen))) {
            memmove(c->in, c->in + l, c->inlen - l); c->inlen -= l;
            return 1;
        }
        if (c->inlen >= IN_SIZE - 1) return -1;
        ssize_t r = recv(c->fd, c->in + c->inlen, IN_SIZE - 1 - c->inlen, 0);
        if (r > 0) c->inlen += r;
        else if (r < 0 && errno == EAGAIN) return 0;
        else return -1;
    }
}

static void add(times *t, uint64_t x) {
    if (t->n == t->cap) t->v = realloc(t->v, (t->cap = t->cap ? t->cap * 2 : 65536) * sizeof *t->v);
    t->v[t->n++] = x;
}
static int by_value(const void *a, const void *b) { uint64_t x = *(uint64_t *)a, y = *(uint64_t *)b; return (x > y) - (x < y); }
static double at(times *t, double q) { long i = (long)(q * t->n); return t->n ? t->v[i < t->n ? i : t->n - 1] / 1e6 : -1; }
static void print_times(const char *k, times *t) {
    if (t->n) qsort(t->v, t->n, sizeof *t->v, by_value);
    printf(",\"%s\":{\"n\":%ld,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", k, t->n, at(t, .5), at(t, .99), at(t, 1));
}

static char **read_ids(const char *file, long *n) {
    FILE *r = fopen(file, "r"); if (!r) die(file);
    char line[160], **ids = 0; long cap = 0;
    for (*n = 0; fgets(line, sizeof line, r); ids[(*n)++] = strdup(line)) {
        line[strcspn(line, "\n")] = 0;
        if (*n == cap) ids = realloc(ids, (cap = cap ? cap * 2 : 1024) * sizeof *ids);
    }
    fclose(r);
    return ids;
}

// The next request on an idle connection; 0 when nothing is left to send.
static int next(conn *c, char **sweep, long *sent, long count, uint64_t end) {
    uint64_t t = now();
    c->sched = t;
    if (*sent >= count || t >= end) { c->state = IDLE; return 0; }
    if (sweep) { snprintf(c->id, sizeof c->id, "%s", sweep[*sent]); send_status(c); }
    else send_submit(c, *sent);
    (*sent)++;
    return 1;
}

// submit, or with ids to ask for, sweep.
static void closed_loop(const char *mode, char **sweep, long count, int conns, double secs, FILE *ids) {
    struct epoll_event evs[256];
    static char body[IN_SIZE]; int code, blen;
    times lat = {0};
    long sent = 0, done = 0, other = 0, active = 0;
    if (conns > count) conns = count > 0 ? count : 1;
    conn *cs = calloc(conns, sizeof *cs);
    for (int i = 0; i < conns; i++) dial(&cs[i]);
    uint64_t start = now(), end = start + (uint64_t)(secs * 1e9), last = start;
    for (int i = 0; i < conns; i++) active += next(&cs[i], sweep, &sent, count, end);
    while (active > 0) {
        int n = epoll_wait(ep, evs, 256, 1000);
        if (now() > end + 5000000000ull) break;    // answers that never came are counted as errors below
        for (int k = 0; k < n; k++) {
            conn *c = evs[k].data.ptr;
            if (evs[k].events & EPOLLOUT) { want(c, 0); flush_out(c); }
            if (!(evs[k].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
            int r = pump(c, &code, body, sizeof body, &blen);
            if (r == 0) continue;
            if (r < 0) {
                close(c->fd);
                if (c->state == IDLE) continue;
                n_err++; dial(c);
            } else if (c->state == IDLE) {
                continue;
            } else if (code < 200 || code > 299) {
                n_non2xx++; last = now();
            } else {
                char val[128];
                last = now();
                add(&lat, last - c->sched);
                if (sweep) { if (field(body, blen, "status", val, sizeof val) && !strcmp(val, "completed")) done++; else other++; }
                else if (ids) { if (field(body, blen, "id", val, sizeof val)) fprintf(ids, "%s\n", val); else n_err++; }
            }
            if (!next(c, sweep, &sent, count, end)) active--;
        }
    }
    for (int i = 0; i < conns; i++) if (cs[i].state != IDLE) n_err++;
    double took = (last - start) / 1e9;
    printf("{\"mode\":\"%s\",\"conns\":%d,\"sent\":%ld,\"ok\":%ld,\"non2xx\":%ld,\"errors\":%ld,\"secs\":%.4f,\"rate\":%.1f,\"start_ns\":%llu,\"end_ns\":%llu,\"completed\":%ld,\"other\":%ld",
           mode, conns, sent, lat.n, n_non2xx, n_err, took, took > 0 ? lat.n / took : 0, (unsigned long long)start, (unsigned long long)last, done, other);
    print_times("lat_ms", &lat);
    printf("}\n");
}

// Sends what is due at t and asks again for what waits; the time of the next thing to do.
static uint64_t open_step(conn *cs, uint64_t t, uint64_t start, double rate, long total, long *seq, long *inflight, long *late) {
    #define DUE() (*seq < total ? start + (uint64_t)(*seq * (1e9 / rate)) : UINT64_MAX)
    uint64_t due = DUE();
    while (due <= t) {
        conn *c = 0;
        for (int i = 0; i < OPEN_CONNS; i++) if (cs[i].state == IDLE) { c = &cs[i]; if (c->fd >= 0) break; }
        if (!c) { (*late)++; break; }
        if (c->fd < 0) dial(c);
        c->sched = due; send_submit(c, (*seq)++); (*inflight)++;
        due = DUE();
    }
    for (int i = 0; i < OPEN_CONNS; i++) {
        if (cs[i].state != WAITING) continue;
        if (cs[i].next_poll <= t) send_status(&cs[i]);
        else if (cs[i].next_poll < due) due = cs[i].next_poll;
    }
    return due;
}

// An answer in the open loop; 1 when the measurement of that task has ended.
static int open_answer(conn *c, int code, char *body, int blen, int poll_us, FILE *records, times *accepted, times *visible, long *timeouts) {
    uint64_t t = now();
    if (c->state == SUBMITTING) {
        if (code < 200 || code > 299 || !field(body, blen, "id", c->id, sizeof c->id)) { n_non2xx++; c->state = IDLE; return 1; }
        add(accepted, t - c->sched);
        send_status(c);
        return 0;
    }
    char val[64]; val[0] = 0; field(body, blen, "status", val, sizeof val);
    if (!strcmp(val, "completed")) {
        add(visible, t - c->sched);
        for (int i = 0; i < blen; i++) if (body[i] == '\n') body[i] = ' ';
        if (records) fprintf(records, "%llu %llu %s\n", (unsigned long long)c->sched, (unsigned long long)t, body);
        c->state = IDLE;
        return 1;
    }
    if (t - c->sent > 10000000000ull) { (*timeouts)++; c->state = IDLE; return 1; }
    c->state = WAITING; c->next_poll = t + poll_us * 1000ull;
    return 0;
}

static void open_loop(double rate, double secs, int poll_us, FILE *records) {
    struct epoll_event evs[256], tev = {.events = EPOLLIN, .data.ptr = 0};
    static char body[IN_SIZE]; int code, blen;
    times accepted = {0}, visible = {0};
    long total = (long)(rate * secs), seq = 0, inflight = 0, late = 0, timeouts = 0;
    conn *cs = calloc(OPEN_CONNS, sizeof *cs);
    for (int i = 0; i < OPEN_CONNS; i++) cs[i].fd = -1;
    int tfd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    epoll_ctl(ep, EPOLL_CTL_ADD, tfd, &tev);
    uint64_t start = now() + 1000000, hard = start + (uint64_t)(secs * 1e9) + 10000000000ull, t;
    while ((seq < total || inflight) && (t = now()) < hard) {
        uint64_t due = open_step(cs, t, start, rate, total, &seq, &inflight, &late);
        struct itimerspec its = {0};
        if (due != UINT64_MAX) { its.it_value.tv_sec = due / 1000000000ull; its.it_value.tv_nsec = due % 1000000000ull; }
        timerfd_settime(tfd, TFD_TIMER_ABSTIME, &its, 0);
        int n = epoll_wait(ep, evs, 256, 500);
        for (int k = 0; k < n; k++) {
            conn *c = evs[k].data.ptr;
            if (!c) { uint64_t x; if (read(tfd, &x, 8) < 0) {} continue; }
            int r = pump(c, &code, body, sizeof body, &blen);
            if (r == 0) continue;
            if (r < 0) {
                close(c->fd); c->fd = -1; c->inlen = 0;
                if (c->state != IDLE) { n_err++; inflight--; }
                c->state = IDLE;
            } else if (c->state != IDLE) {
                inflight -= open_answer(c, code, body, blen, poll_us, records, &accepted, &visible, &timeouts);
            }
        }
    }
    printf("{\"mode\":\"open\",\"rate\":%.1f,\"sent\":%ld,\"completed\":%ld,\"non2xx\":%ld,\"errors\":%ld,\"timeouts\":%ld,\"late\":%ld",
           rate, seq, visible.n, n_non2xx, n_err, timeouts + inflight, late);
    print_times("accepted_ms", &accepted);
    print_times("visible_ms", &visible);
    printf("}\n");
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "", *url = 0, *surl = 0, *ids = 0, *records = 0;
    long count = 1000000000; int conns = 16, poll_us = 300; double secs = 10, rate = 100;
    for (int i = 2; i + 1 < argc; i += 2) {
        char *k = argv[i], *v = argv[i + 1];
        if (!strcmp(k, "--url")) url = v; else if (!strcmp(k, "--status-url")) surl = v;
        else if (!strcmp(k, "--count")) count = atol(v); else if (!strcmp(k, "--conns")) conns = atoi(v);
        else if (!strcmp(k, "--secs")) secs = atof(v); else if (!strcmp(k, "--rate")) rate = atof(v);
        else if (!strcmp(k, "--payload")) payload = v; else if (!strcmp(k, "--type")) type = v;
        else if (!strcmp(k, "--ids")) ids = v; else if (!strcmp(k, "--records")) records = v;
        else if (!strcmp(k, "--poll-us")) poll_us = atoi(v);
        else { fprintf(stderr, "loadgen: unknown %s\n", k); return 2; }
    }
    int submit = !strcmp(mode, "submit"), open_mode = !strcmp(mode, "open"), sweep = !strcmp(mode, "sweep");
    if (!(submit || open_mode || sweep) || (!sweep && !url) || (!submit && !surl) || (sweep && !ids)) { fprintf(stderr, "loadgen: mode or urls\n"); return 2; }
    if (conns < 1 || conns > 1024 || secs <= 0 || secs > 600 || rate <= 0 || (payload && strlen(payload) > 2000)) { fprintf(stderr, "loadgen: out of bounds\n"); return 2; }
    if (url) parse_url(url, path, sizeof path);
    if (surl) parse_url(surl, spath, sizeof spath);
    ep = epoll_create1(0);
    FILE *out = submit && ids ? fopen(ids, "w") : open_mode && records ? fopen(records, "w") : 0;
    char **asked = 0;
    if (sweep) asked = read_ids(ids, &count);
    if (open_mode) open_loop(rate, secs, poll_us, out);
    else closed_loop(mode, asked, count, conns, secs, out);
    if (out) fclose(out);
    return 0;
}
