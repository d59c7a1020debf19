// Loopback OpenSearch `_bulk` sink for benchmarks. One thread, epoll.
//   cc -O3 -march=native -o sink sink.c -lz
//   ./sink [-p port] [-i full|min|none] [-d dumpfile] [-w delay_ms] [-e N] [-u N] [-k]
//   A `create` whose _id came before is answered 409 and counted as `conflicts`, as OpenSearch does. -k keeps such documents, so that _mget
//   returns them. -e N: reject (429) every document whose number is divisible by N the first time it comes; -u N: answer every Nth request
//   429 as a whole
// Every generated record carries "rid=fNN-NNNNNNNNN" (file, sequence number).
// Records made of several physical lines carry, right after it, " rlen=NNNNNN" (content length)
// and end with "rend=fNN-NNNNNNNNN". Latency probes carry " tw=<unix ns, 19 digits>" after the rid.
// GET /stats, GET /lat, POST /reset; everything else answers as an OpenSearch 2.x node would.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <immintrin.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define NFILES 128
typedef struct {
  char *p;
  size_t n, cap;
} buf;
typedef struct {
  int fd;
  buf in, body, out;
  size_t sent, hdr_end, pos;
  long clen;
  int chunked, gzip, head, stage, bulk, nofull, cont, close;
  char path[256], method[8];
} conn;
enum { HEADERS, BODY };

static struct {
  uint64_t docs, body_bytes, doc_bytes, wire_bytes, requests, no_id, uniq, dup, ooo, multi_ok, multi_bad, multi_tail, merged, gz, rejected,
      refused, conflicts;
  uint64_t first, last, lastnew;
} S;
static uint8_t *seen[NFILES];
static size_t seencap[NFILES];
static int64_t maxseq[NFILES];
static uint64_t cnt[NFILES];
static uint64_t *lat;
static size_t nlat, caplat;
typedef struct {
  uint64_t h;
  char *p;
  uint32_t n;
} idrec; // ids of created documents: open addressing, by hash of (index, id)
static idrec *ids;
static size_t idcap, idn;
static int keep;
static idrec *idslot(uint64_t h) {
  size_t i = h & (idcap - 1);
  while (ids[i].h && ids[i].h != h)
    i = (i + 1) & (idcap - 1);
  return ids + i;
}
static idrec *idfind(const char *x, size_t xn, const char *p, size_t n, int add) { // x: the index
  uint64_t h = 1469598103934665603ull;
  for (size_t i = 0; i < xn; i++)
    h = (h ^ (uint8_t)x[i]) * 1099511628211ull;
  h = (h ^ 0xff) * 1099511628211ull;
  for (size_t i = 0; i < n; i++)
    h = (h ^ (uint8_t)p[i]) * 1099511628211ull;
  h ^= h >> 32;
  if (!h)
    h = 1;
  if (add && idn * 2 >= idcap) {
    idrec *o = ids;
    size_t c = idcap;
    idcap = c ? c * 2 : 1 << 20;
    ids = calloc(idcap, sizeof *ids);
    for (size_t i = 0; i < c; i++)
      if (o[i].h)
        *idslot(o[i].h) = o[i];
    free(o);
  }
  if (!idcap)
    return 0;
  idrec *r = idslot(h);
  if (r->h)
    return r;
  if (!add)
    return 0;
  r->h = h;
  r->p = 0;
  r->n = 0;
  idn++;
  return 0;
}
static uint8_t *once[NFILES];
static int fail_item, fail_req;
static int items_mode = 2, delay_ms;
static FILE *dump;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}
static void need(buf *b, size_t extra) {
  if (b->n + extra <= b->cap)
    return;
  size_t c = b->cap ? b->cap : 65536;
  while (c < b->n + extra)
    c *= 2;
  b->p = realloc(b->p, c);
  b->cap = c;
}
static void put(buf *b, const void *p, size_t n) {
  need(b, n);
  memcpy(b->p + b->n, p, n);
  b->n += n;
}

// find "<c0>..<c3>" 4-byte tag; reads up to 32+3 bytes past `e` (buffers are over-allocated)
static const char *find4(const char *p, const char *e, const char tag[4]) {
  __m256i a = _mm256_set1_epi8(tag[0]), d = _mm256_set1_epi8(tag[3]);
  for (; p + 4 <= e; p += 32) {
    unsigned m = _mm256_movemask_epi8(_mm256_and_si256(_mm256_cmpeq_epi8(a, _mm256_loadu_si256((const void *)p)),
                                                       _mm256_cmpeq_epi8(d, _mm256_loadu_si256((const void *)(p + 3)))));
    while (m) {
      const char *q = p + __builtin_ctz(m);
      if (q + 4 > e)
        return 0;
      if (!memcmp(q, tag, 4))
        return q;
      m &= m - 1;
    }
  }
  return 0;
}
static int64_t digits(const char *p, int n) {
  int64_t v = 0;
  for (int i = 0; i < n; i++) {
    if (!isdigit((unsigned char)p[i]))
      return -1;
    v = v * 10 + p[i] - '0';
  }
  return v;
}
static int64_t rid(const char *p, const char *e) { // p at 'f'
  if (p + 13 > e || p[0] != 'f' || p[3] != '-')
    return -1;
  int64_t f = digits(p + 1, 2), s = digits(p + 4, 9);
  return f < 0 || s < 0 ? -1 : f << 32 | s;
}
static int doc(const char *p, const char *e, uint64_t t) { // 0 = rejected
  if (dump) {
    fwrite(p, 1, e - p, dump);
    fputc('\n', dump);
  }
  const char *q = find4(p, e, "rid=");
  int64_t id = q ? rid(q + 4, e) : -1;
  if (id >= 0 && fail_item && (id & 0xffffffff) % fail_item == 0) {
    uint8_t **o = &once[id >> 32 & 127];
    if (!*o)
      *o = calloc(1, 1 << 27);
    if (!(*o)[id & 0x7ffffff]) {
      (*o)[id & 0x7ffffff] = 1;
      S.rejected++;
      return 0;
    }
  }
  S.docs++;
  S.doc_bytes += e - p;
  if (id < 0) {
    S.no_id++;
    if (find4(p, e, "rend"))
      S.multi_tail++;
    return 1;
  }
  int f = id >> 32 & 127;
  size_t s = id & 0xffffffff;
  if (s >= seencap[f]) {
    size_t c = seencap[f] ? seencap[f] : 1 << 20;
    while (c <= s)
      c *= 2;
    seen[f] = realloc(seen[f], c);
    memset(seen[f] + seencap[f], 0, c - seencap[f]);
    seencap[f] = c;
  }
  if (seen[f][s])
    S.dup++;
  else {
    seen[f][s] = 1;
    S.uniq++;
    S.lastnew = t;
  }
  if ((int64_t)s < maxseq[f])
    S.ooo++;
  else
    maxseq[f] = s;
  cnt[f]++;
  q += 17;
  if (q + 24 <= e && !memcmp(q, " tw=", 4)) {
    int64_t w = digits(q + 4, 19);
    if (w > 0) {
      if (nlat == caplat)
        lat = realloc(lat, 8 * (caplat = caplat ? caplat * 2 : 4096));
      lat[nlat++] = t - w;
    }
  } else if (q + 12 <= e && !memcmp(q, " rlen=", 6)) {
    int64_t len = digits(q + 6, 6);
    const char *r = 0, *x = q;
    while ((x = find4(x, e, "rend"))) {
      if (rid(x + 5, e) == id)
        r = x;
      x += 4;
    }
    if (r && len > 0 && e - p >= len)
      S.multi_ok++;
    else
      S.multi_bad++;
    for (x = q; (x = find4(x, e, "rid=")); x += 4) {
      int64_t o = rid(x + 4, e);
      if (o >= 0 && o != id) {
        S.merged++;
        break;
      }
    }
  }
  return 1;
}
static const char ITEM_429[] = "{\"%s\":{\"_index\":\"logs\",\"_id\":\"AbCdEfGhIjKlMnOpQrSt\",\"status\":429,\"error\":{\"type\":"
                               "\"rejected_execution_exception\",\"reason\":\"rejected execution of coordinating operation\"}}}";
static const char ITEM_FULL[] = "{\"index\":{\"_index\":\"logs\",\"_id\":\"AbCdEfGhIjKlMnOpQrSt\",\"_version\":1,\"result\":\"created\",\"_"
                                "shards\":{\"total\":2,\"successful\":1,\"failed\":0},\"_seq_no\":1,\"_primary_term\":1,\"status\":201}}";
static const char ITEM_FULLC[] =
    "{\"create\":{\"_index\":\"logs\",\"_id\":\"AbCdEfGhIjKlMnOpQrSt\",\"_version\":1,\"result\":\"created\",\"_shards\":{\"total\":2,"
    "\"successful\":1,\"failed\":0},\"_seq_no\":1,\"_primary_term\":1,\"status\":201}}";
static const char ITEM_409[] =
    "{\"create\":{\"_index\":\"%.*s\",\"_id\":\"%.*s\",\"status\":409,\"error\":{\"type\":\"version_conflict_engine_exception\",\"reason\":"
    "\"[%.*s]: version conflict, document already exists (current version [1])\",\"index\":\"logs\",\"shard\":\"0\"}}}";
static const char ITEM_201[] = "{\"create\":{\"_index\":\"%.*s\",\"_id\":\"%.*s\",\"_version\":1,\"result\":\"created\",\"_shards\":{"
                               "\"total\":2,\"successful\":1,\"failed\":0},\"_seq_no\":1,\"_primary_term\":1,\"status\":201}}";
static const char ITEM_MIN[] = "{\"index\":{\"status\":201}}", ITEM_MINC[] = "{\"create\":{\"status\":201}}";
static const char *text(const char *p, const char *e, const char *key, size_t kn, int *len) { // the string after "key":" within p..e
  const char *a = memmem(p, e - p, key, kn), *z = a ? memchr(a + kn, '"', e - a - kn) : 0;
  if (!z)
    return 0;
  *len = z - a - kn;
  return a + kn;
}
static void bulk(const char *p, size_t n, buf *out, int nofull, const char *path) {
  int pn = path[0] == '/' && path[1] != '_' && strchr(path + 1, '/') ? strchr(path + 1, '/') - path - 1 : 0;
  const char *e = p + n;
  uint64_t t = now_ns();
  int m = nofull == 2 ? 1 : nofull && !fail_item ? 0 : fail_item || keep ? 2 : items_mode, first = 1, bad = 0;
  size_t start = out->n;
  if (!S.first)
    S.first = t;
  S.requests++;
  S.body_bytes += n;
  static const char h[] = "{\"took\":1,\"errors\":false,\"items\":[";
  put(out, h, sizeof h - 1);
  while (p < e) {
    const char *nl = memchr(p, '\n', e - p);
    if (!nl)
      nl = e;
    if (nl == p || (nl == p + 1 && *p == '\r')) {
      p = nl + 1;
      continue;
    }
    int create = nl - p > 3 && memmem(p, nl - p < 16 ? nl - p : 16, "create", 6) != 0;
    int idl = 0, xl = 0;
    const char *id = create ? text(p, nl, "\"_id\":\"", 7, &idl) : 0, *x = text(p, nl, "\"_index\":\"", 10, &xl);
    if (!x)
      x = path + 1, xl = pn;
    p = nl + 1;
    if (p >= e)
      break; // action line
    nl = memchr(p, '\n', e - p);
    if (!nl)
      nl = e;
    int known = id && idfind(x, xl, id, idl, 0), ok = known ? 0 : doc(p, nl, t);
    bad |= !ok;
    if (known)
      S.conflicts++;
    else if (id && ok) {
      idfind(x, xl, id, idl, 1);
      if (keep) {
        idrec *r = idfind(x, xl, id, idl, 0);
        r->n = nl - p;
        r->p = malloc(r->n);
        memcpy(r->p, p, r->n);
      }
    }
    p = nl + 1;
    if (m || known) {
      char t[1600];
      if (!first)
        put(out, ",", 1);
      first = 0;
      if (idl > 512)
        idl = 512;
      if (xl > 255)
        xl = 255;
      if (known)
        put(out, t, snprintf(t, sizeof t, ITEM_409, xl, x, idl, id, idl > 200 ? 200 : idl, id));
      else if (!ok)
        put(out, t, snprintf(t, sizeof t, ITEM_429, create ? "create" : "index"));
      else if (m == 2 && id)
        put(out, t, snprintf(t, sizeof t, ITEM_201, xl, x, idl, id));
      else if (m == 2) {
        if (create)
          put(out, ITEM_FULLC, sizeof ITEM_FULLC - 1);
        else
          put(out, ITEM_FULL, sizeof ITEM_FULL - 1);
      } else if (create)
        put(out, ITEM_MINC, sizeof ITEM_MINC - 1);
      else
        put(out, ITEM_MIN, sizeof ITEM_MIN - 1);
    }
  }
  put(out, "]}", 2);
  if (bad)
    memcpy(out->p + start + 19, "true ", 5);
  S.last = t;
  if (dump)
    fflush(dump);
}
static int cmp64(const void *a, const void *b) {
  uint64_t x = *(uint64_t *)a, y = *(uint64_t *)b;
  return x < y ? -1 : x > y;
}
static void stats(buf *b) {
  char t[4096];
  int n = snprintf(t, sizeof t,
                   "{\"docs\":%lu,\"uniq\":%lu,\"dup\":%lu,\"no_id\":%lu,\"out_of_order\":%lu,\"multi_ok\":%lu,\"multi_bad\":%lu,\"multi_"
                   "tail\":%lu,\"merged\":%lu,\"requests\":%lu,\"body_bytes\":%lu,\"wire_bytes\":%lu,\"doc_bytes\":%lu,\"gzip\":%lu,"
                   "\"rejected\":%lu,\"conflicts\":%lu,\"first_ns\":%lu,\"last_ns\":%lu,\"last_new_ns\":%lu,\"files\":{",
                   S.docs, S.uniq, S.dup, S.no_id, S.ooo, S.multi_ok, S.multi_bad, S.multi_tail, S.merged, S.requests, S.body_bytes,
                   S.wire_bytes, S.doc_bytes, S.gz, S.rejected, S.conflicts, S.first, S.last, S.lastnew);
  int first = 1;
  for (int i = 0; i < NFILES; i++)
    if (cnt[i]) {
      n += snprintf(t + n, sizeof t - n, "%s\"%d\":%lu", first ? "" : ",", i, cnt[i]);
      first = 0;
    }
  n += snprintf(t + n, sizeof t - n, "}}\n");
  put(b, t, n);
}
static void latency(buf *b) {
  char t[512];
  qsort(lat, nlat, 8, cmp64);
#define Q(f) (nlat ? lat[(size_t)((nlat - 1) * (f))] / 1e6 : 0)
  put(b, t,
      snprintf(t, sizeof t, "{\"n\":%zu,\"min_ms\":%.2f,\"p50_ms\":%.2f,\"p90_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n", nlat, Q(0),
               Q(.5), Q(.9), Q(.99), Q(1)));
}
static void reset(void) {
  memset(&S, 0, sizeof S);
  for (int i = 0; i < NFILES; i++) {
    if (seen[i])
      memset(seen[i], 0, seencap[i]);
    maxseq[i] = -1;
    cnt[i] = 0;
  }
  nlat = 0;
  if (dump) {
    fflush(dump);
    rewind(dump);
    if (ftruncate(fileno(dump), 0)) {
    }
  }
}

// {"docs":[{"_index":..,"_id":".."}]} or {"ids":[".."]}: what -k kept
static void mget(const char *p, size_t n, buf *out, const char *path) {
  const char *e = p + n, *q = p;
  int first = 1, list = memmem(p, n, "\"ids\"", 5) != 0;
  put(out, "{\"docs\":[", 9);
  int pn = path[0] == '/' && path[1] != '_' && strchr(path + 1, '/') ? strchr(path + 1, '/') - path - 1 : 0;
  if (list)
    q = memchr(memmem(p, n, "\"ids\"", 5), '[', e - p);
  while (q && q < e) {
    const char *x = path + 1, *id, *end;
    int xl = pn, l = 0;
    if (list) {
      id = memchr(q, '"', e - q);
      if (!id)
        break;
      id++;
      end = memchr(id, '"', e - id);
      if (!end)
        break;
      l = end - id;
      q = end + 1;
    } else { // one object: {"_index":..,"_id":..} in any order
      const char *o = memchr(q + (q == p), '{', e - q - (q == p));
      if (!o)
        break;
      end = memchr(o, '}', e - o);
      if (!end)
        break;
      int k;
      const char *i = text(o, end, "\"_index\":\"", 10, &k);
      if (i)
        x = i, xl = k;
      id = text(o, end, "\"_id\":\"", 7, &l);
      q = end + 1;
      if (!id)
        continue;
    }
    idrec *r = idfind(x, xl, id, l, 0);
    char t[1200];
    if (l > 512)
      l = 512;
    if (xl > 255)
      xl = 255;
    put(out, t,
        snprintf(t, sizeof t, "%s{\"_index\":\"%.*s\",\"_id\":\"%.*s\",\"found\":%s", first ? "" : ",", xl, x, l, id,
                 r ? "true" : "false"));
    first = 0;
    if (r && r->p) {
      put(out, ",\"_source\":", 11);
      put(out, r->p, r->n);
    }
    put(out, "}", 1);
  }
  put(out, "]}", 2);
}
static buf gunz(const char *p, size_t n) {
  buf o = {0};
  z_stream z = {0};
  inflateInit2(&z, 31);
  z.next_in = (Bytef *)p;
  z.avail_in = n;
  int r = Z_OK;
  while (r == Z_OK) {
    need(&o, 1 << 20);
    z.next_out = (Bytef *)o.p + o.n;
    z.avail_out = o.cap - o.n;
    size_t before = z.avail_out;
    r = inflate(&z, 0);
    o.n += before - z.avail_out;
    if (before == z.avail_out && !z.avail_in)
      break;
  }
  inflateEnd(&z);
  need(&o, 64);
  return o;
}
static void respond(conn *c, const char *body, size_t len) {
  static buf b;
  b.n = 0;
  const char *ct = "application/json; charset=UTF-8";
  int code = 200;
  if (c->bulk && fail_req && ++S.refused % fail_req == 0) {
    code = 429;
    static const char r[] = "{\"error\":{\"root_cause\":[],\"type\":\"rejected_execution_exception\",\"reason\":\"busy\"},\"status\":429}";
    put(&b, r, sizeof r - 1);
  } else if (c->bulk) {
    S.wire_bytes += len;
    if (c->gzip) {
      S.gz++;
      buf g = gunz(body, len);
      bulk(g.p, g.n, &b, c->nofull, c->path);
      free(g.p);
    } else
      bulk(body, len, &b, c->nofull, c->path);
    if (delay_ms)
      usleep(delay_ms * 1000);
  } else if (strlen(c->path) >= 6 && !strcmp(c->path + strlen(c->path) - 6, "/_mget"))
    mget(body, len, &b, c->path);
  else if (!strcmp(c->path, "/stats"))
    stats(&b);
  else if (!strcmp(c->path, "/lat"))
    latency(&b);
  else if (!strcmp(c->path, "/reset")) {
    reset();
    put(&b, "{}\n", 3);
  } else if (!strncmp(c->path, "/_cluster/health", 16)) {
    static const char r[] = "{\"cluster_name\":\"bench\",\"status\":\"green\",\"timed_out\":false,\"number_of_nodes\":1,\"number_of_data_"
                            "nodes\":1,\"active_shards\":1}";
    put(&b, r, sizeof r - 1);
  } else if (!strncmp(c->path, "/_cat/", 6)) {
    ct = "text/plain; charset=UTF-8";
    static const char r[] = "1790000000 00:00:00 bench green 1 1 1 1 0 0 0 0 - 100.0%\n";
    put(&b, r, sizeof r - 1);
  } else if (!strcmp(c->path, "/")) {
    static const char r[] =
        "{\"name\":\"sink\",\"cluster_name\":\"bench\",\"cluster_uuid\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"version\":{\"distribution\":"
        "\"opensearch\",\"number\":\"2.19.1\",\"build_type\":\"tar\",\"build_hash\":\"0\",\"build_date\":\"2025-02-27T01:16:47Z\",\"build_"
        "snapshot\":false,\"lucene_version\":\"9.12.1\",\"minimum_wire_compatibility_version\":\"7.10.0\",\"minimum_index_compatibility_"
        "version\":\"7.0.0\"},\"tagline\":\"The OpenSearch Project: https://opensearch.org/\"}";
    put(&b, r, sizeof r - 1);
  } else
    put(&b, "{\"acknowledged\":true}", 21);
  char h[256];
  put(&c->out, h,
      snprintf(h, sizeof h, "HTTP/1.1 %d %s\r\ncontent-type: %s\r\ncontent-length: %zu\r\n%s\r\n", code,
               code == 200 ? "OK" : "Too Many Requests", ct, b.n, c->close ? "connection: close\r\n" : ""));
  if (!c->head)
    put(&c->out, b.p, b.n);
}
// returns 0 = need more input
static int headers(conn *c) {
  char *p = c->in.p, *e = memmem(p, c->in.n, "\r\n\r\n", 4);
  if (!e)
    return 0;
  *e = 0;
  c->hdr_end = e + 4 - p;
  c->clen = 0;
  c->chunked = c->gzip = c->cont = c->close = c->nofull = 0;
  char tgt[1024] = "";
  if (sscanf(p, "%7s %1023s", c->method, tgt) != 2)
    return -1;
  c->head = !strcmp(c->method, "HEAD");
  char *qs = strchr(tgt, '?');
  if (qs) {
    *qs++ = 0;
    c->nofull = strstr(qs, "filter_path") ? strstr(qs, "status") ? 2 : 1 : 0;
  }
  snprintf(c->path, sizeof c->path, "%.255s", tgt);
  size_t l = strlen(c->path);
  if (l > 1 && c->path[l - 1] == '/')
    c->path[--l] = 0;
  c->bulk = l >= 6 && !strcmp(c->path + l - 6, "/_bulk") && !c->head;
  for (char *h = strstr(p, "\r\n"); h; h = strstr(h, "\r\n")) {
    h += 2;
    if (!strncasecmp(h, "content-length:", 15))
      c->clen = atol(h + 15);
    else if (!strncasecmp(h, "transfer-encoding:", 18))
      c->chunked = strcasestr(h, "chunked") != 0;
    else if (!strncasecmp(h, "content-encoding:", 17))
      c->gzip = !strncasecmp(h + 17 + strspn(h + 17, " "), "gzip", 4);
    else if (!strncasecmp(h, "expect:", 7))
      c->cont = 1;
    else if (!strncasecmp(h, "connection:", 11))
      c->close = !strncasecmp(h + 11 + strspn(h + 11, " "), "close", 5);
  }
  if (c->cont)
    put(&c->out, "HTTP/1.1 100 Continue\r\n\r\n", 25);
  c->pos = c->hdr_end;
  c->body.n = 0;
  c->stage = BODY;
  return 1;
}
static int step(conn *c) {
  if (c->stage == HEADERS) {
    int r = headers(c);
    if (r <= 0)
      return r;
  }
  const char *body;
  size_t len;
  if (c->chunked) {
    for (;;) {
      char *p = c->in.p + c->pos, *nl = memmem(p, c->in.n - c->pos, "\r\n", 2);
      if (!nl)
        return 0;
      size_t k = strtoul(p, 0, 16), o = nl + 2 - c->in.p;
      if (c->in.n < o + k + 2)
        return 0;
      if (!k) {
        c->pos = o + 2;
        break;
      }
      put(&c->body, c->in.p + o, k);
      c->pos = o + k + 2;
    }
    need(&c->body, 64);
    body = c->body.p;
    len = c->body.n;
  } else {
    if (c->in.n < c->pos + c->clen) {
      need(&c->in, c->pos + c->clen - c->in.n + 65536);
      return 0;
    }
    body = c->in.p + c->pos;
    len = c->clen;
    c->pos += c->clen;
  }
  respond(c, body, len);
  c->in.n -= c->pos;
  memmove(c->in.p, c->in.p + c->pos, c->in.n);
  c->pos = 0;
  c->stage = HEADERS;
  return 1;
}
static void done(conn *c) {
  close(c->fd);
  free(c->in.p);
  free(c->body.p);
  free(c->out.p);
  free(c);
}

int main(int argc, char **argv) {
  int port = 9200, o;
  while ((o = getopt(argc, argv, "p:i:d:w:e:u:k")) > 0)
    switch (o) {
    case 'p': port = atoi(optarg); break;
    case 'i': items_mode = optarg[0] == 'f' ? 2 : optarg[0] == 'm'; break;
    case 'd': dump = fopen(optarg, "w"); break;
    case 'e': fail_item = atoi(optarg); break;
    case 'u': fail_req = atoi(optarg); break;
    case 'k': keep = 1; break;
    case 'w': delay_ms = atoi(optarg); break;
    }
  signal(SIGPIPE, SIG_IGN);
  reset();
  int ls = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, 4);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(ls, (void *)&a, sizeof a) || listen(ls, 256)) {
    perror("bind");
    return 1;
  }
  int ep = epoll_create1(0);
  struct epoll_event ev = {.events = EPOLLIN, .data.ptr = 0};
  epoll_ctl(ep, EPOLL_CTL_ADD, ls, &ev);
  for (;;) {
    struct epoll_event evs[64];
    int n = epoll_wait(ep, evs, 64, -1);
    for (int i = 0; i < n; i++) {
      conn *c = evs[i].data.ptr;
      if (!c) {
        int fd;
        while ((fd = accept4(ls, 0, 0, SOCK_NONBLOCK)) >= 0) {
          setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, 4);
          c = calloc(1, sizeof *c);
          c->fd = fd;
          ev.events = EPOLLIN;
          ev.data.ptr = c;
          epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
        }
        continue;
      }
      int dead = 0;
      if (c->sent == c->out.n)
        for (;;) {
          need(&c->in, 262144);
          ssize_t r = recv(c->fd, c->in.p + c->in.n, c->in.cap - c->in.n - 64, 0);
          if (r > 0) {
            c->in.n += r;
            int k;
            while ((k = step(c)) > 0)
              ;
            if (k < 0) {
              dead = 1;
              break;
            }
            if (c->out.n)
              break;
          } else {
            if (r == 0 || (errno != EAGAIN && errno != EINTR))
              dead = 1;
            break;
          }
        }
      while (!dead && c->sent < c->out.n) {
        ssize_t w = send(c->fd, c->out.p + c->sent, c->out.n - c->sent, 0);
        if (w > 0)
          c->sent += w;
        else {
          if (errno != EAGAIN)
            dead = 1;
          break;
        }
      }
      if (dead) {
        done(c);
        continue;
      }
      if (c->sent == c->out.n) {
        c->sent = c->out.n = 0;
        if (c->close && c->stage == HEADERS && !c->in.n) {
          done(c);
          continue;
        }
        ev.events = EPOLLIN;
      } else
        ev.events = EPOLLOUT;
      ev.data.ptr = c;
      epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev);
    }
  }
}
