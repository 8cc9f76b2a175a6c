// Load generator for remoting brokers on loopback. One thread, epoll, one request frame that is
// patched and sent again and again:
//   closed loop   every connection keeps `depth` requests in flight
//   open loop     `-r` requests a second in all, whatever the broker does; a latency counts from the
//                 time the request should have left, so a stall shows in full
// Answers are paired with their requests by opaque. After the measured seconds it stops sending and
// waits for what is still open, so that totals can be compared with what the broker stored.
//
// usage: load -p port -f frame-file [options]; prints one line of JSON
//   -a address   127.0.0.1 unless told
//   -c n -d n    connections, requests in flight on each (closed loop)
//   -r rate      open loop
//   -s sec -W sec  measured seconds, warm-up before them
//   -n n         ends sooner, after so many answers
//   -q n         rotate the queue id over 0..n-1 (n <= 10; the frame has one digit for it)
//   -k step -z end  pull frames: ask each queue for the offsets 0, step, 2*step ... below end, again
//                and again; messages are counted from the answers
//   -P pid       the broker, for its CPU time
// Build: cc -O2 -o load load.c
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LATENCY_BUCKETS 2000000 // of 1 µs; what is slower counts as 2 s
#define OPAQUE_SLOTS (1u << 20) // requests in flight at most, all connections together
#define FIRST_OPAQUE 1000000001u // ten digits, as many as the frame file has
#define LAST_OPAQUE 2000000000u
#define READ_BYTES (1 << 18)
#define OUTPUT_BYTES_MAX (64 << 20)
#define OPEN_LOOP_DEPTH 20000
#define DRAIN_SECONDS 30 // an overloaded broker answers late; nobody waits who has all answers
#define CODES 3000

typedef uint64_t nanos;

struct connection {
  int fd;
  uint64_t sent, answered;
  unsigned char *in, *out;
  int in_bytes, in_skip; // in_skip: bytes of a large answer still to be thrown away
  int out_bytes, out_written, waits_for_room;
};

static struct {
  const char *address, *frame_file;
  int port, connections, depth, queues, pid;
  long step, end_offset;
  double rate, seconds, warm_seconds;
  uint64_t answers_max;
} options = {.address = "127.0.0.1", .connections = 1, .depth = 64, .seconds = 5, .warm_seconds = 1,
             .answers_max = UINT64_MAX};

// The frame and where it is patched.
static unsigned char *frame;
static int frame_bytes, is_binary, opaque_at, queue_at = -1, offset_at = -1, offset_digits;

static int poller, measuring;
static unsigned next_opaque = FIRST_OPAQUE;
static nanos due_of[OPAQUE_SLOTS], next_due;
static uint32_t *latencies;
static uint64_t requests, sent, answered, measured, messages, codes[CODES], accepted;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void refuse(const char *why) {
  fprintf(stderr, "load: %s\n", why);
  exit(2);
}

static nanos now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (nanos)t.tv_sec * 1000000000u + t.tv_nsec;
}

static double cpu_seconds_of(int pid) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *f = fopen(path, "r");
  if (!f) return 0;
  text[fread(text, 1, sizeof text - 1, f)] = 0;
  fclose(f);
  long user = 0, system = 0;
  char *after_name = strrchr(text, ')');
  if (after_name)
    sscanf(after_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system);
  return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

// --- the frame ---

static void write_decimal(unsigned char *at, int digits, uint64_t value) {
  for (int i = digits - 1; i >= 0; i--, value /= 10) at[i] = '0' + value % 10;
}

static int after(const char *text, int bytes) {
  unsigned char *found = memmem(frame, frame_bytes, text, bytes);
  return found ? (int)(found - frame) + bytes : -1;
}

static void read_frame(void) {
  FILE *f = fopen(options.frame_file, "r");
  if (!f) fail(options.frame_file);
  frame = malloc(READ_BYTES);
  frame_bytes = fread(frame, 1, READ_BYTES, f);
  fclose(f);
  is_binary = frame_bytes > 4 && frame[4] == 1;
  opaque_at = is_binary ? 13 : after("\"opaque\":", 9);
  if (opaque_at < 0) refuse("no opaque in the frame");
  if (options.queues) {
    if (queue_at < 0) queue_at = after("\"e\":\"", 5);
    if (queue_at < 0) queue_at = after("\"queueId\":\"", 11);
    if (queue_at < 0) queue_at = after("\0\1e\0\0\0\1", 7);
    if (queue_at < 0) refuse("no queue id of one digit in the frame");
  }
  if (options.step) {
    offset_at = after("\"queueOffset\":\"", 15);
    if (offset_at < 0 || !options.end_offset) refuse("-k needs -z and a JSON pull frame");
    while (frame[offset_at + offset_digits] >= '0' && frame[offset_at + offset_digits] <= '9')
      offset_digits++;
  }
}

// --- sending ---

// Adds one request to a connection's output. `due` is when it should have left.
static void add_request(struct connection *c, nanos due) {
  unsigned char *at = c->out + c->out_bytes;
  memcpy(at, frame, frame_bytes);
  unsigned opaque = next_opaque++;
  if (next_opaque > LAST_OPAQUE) next_opaque = FIRST_OPAQUE;
  if (is_binary)
    *(uint32_t *)(at + opaque_at) = htonl(opaque);
  else
    write_decimal(at + opaque_at, 10, opaque);
  due_of[opaque % OPAQUE_SLOTS] = due;

  int queues = options.queues ? options.queues : 1;
  if (queue_at >= 0) at[queue_at] = '0' + requests % queues;
  if (offset_at >= 0) {
    long pages = (options.end_offset + options.step - 1) / options.step;
    write_decimal(at + offset_at, offset_digits, requests / queues % pages * options.step);
  }
  requests++;
  c->out_bytes += frame_bytes;
  c->sent++;
  sent++;
}

static void watch_for_room(struct connection *c, int waits) {
  if (waits == c->waits_for_room) return;
  c->waits_for_room = waits;
  struct epoll_event e = {.events = EPOLLIN | (waits ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e);
}

static void write_out(struct connection *c) {
  while (c->out_written < c->out_bytes) {
    int n = write(c->fd, c->out + c->out_written, c->out_bytes - c->out_written);
    if (n < 0 && errno == EAGAIN) break;
    if (n < 0) fail("write");
    c->out_written += n;
  }
  if (c->out_written == c->out_bytes) c->out_written = c->out_bytes = 0;
  watch_for_room(c, c->out_bytes > 0);
}

// Open loop: everything that should have left by now. A connection that is `OPEN_LOOP_DEPTH` behind
// holds the rest up; their latency goes on counting.
static void send_due(struct connection *all, nanos start, nanos at) {
  static uint64_t scheduled;
  static int turn;
  double interval = 1e9 / options.rate;
  uint64_t due = (uint64_t)((at - start) / interval);
  int dirty = 0;
  for (; scheduled < due; scheduled++, dirty = 1) {
    struct connection *c = all + turn;
    if (c->sent - c->answered >= OPEN_LOOP_DEPTH) break;
    if (c->out_bytes + frame_bytes > OUTPUT_BYTES_MAX) break;
    turn = (turn + 1) % options.connections;
    add_request(c, start + (nanos)(scheduled * interval));
  }
  next_due = start + (nanos)((scheduled + 1) * interval);
  if (!dirty) return;
  for (int i = 0; i < options.connections; i++)
    if (all[i].out_bytes) write_out(all + i);
}

// --- answers ---

static long number_after(const unsigned char *text, int bytes, const char *key) {
  const char *found = memmem(text, bytes, key, strlen(key));
  return found ? atol(found + strlen(key)) : -1;
}

static void count_records(const unsigned char *at, const unsigned char *end) {
  while (end - at >= 4) {
    long bytes = (long)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
    if (bytes <= 0) return;
    messages++;
    at += bytes;
  }
}

// Reads code and opaque of an answer of which at least the header is there; returns when its request
// was due.
static nanos pair(const unsigned char *answer, int bytes) {
  int header = answer[5] << 16 | answer[6] << 8 | answer[7];
  if (header > bytes - 8) header = bytes - 8;
  long code, opaque;
  if (answer[4] == 1) {
    code = answer[8] << 8 | answer[9];
    opaque = (long)answer[13] << 24 | answer[14] << 16 | answer[15] << 8 | answer[16];
  } else {
    code = number_after(answer + 8, header, "\"code\":");
    opaque = number_after(answer + 8, header, "\"opaque\":");
  }
  codes[code >= 0 && code < CODES ? code : CODES - 1]++;
  if (code == 0) accepted++;
  if (code == 0 && offset_at >= 0) count_records(answer + 8 + header, answer + bytes);
  return due_of[opaque % OPAQUE_SLOTS];
}

// Takes every whole answer; returns how many. An answer larger than the buffer is judged by its
// start and the rest thrown away.
static int take_answers(struct connection *c) {
  int n = read(c->fd, c->in + c->in_bytes, READ_BYTES - c->in_bytes), taken = 0, at = 0;
  if (n < 0 && errno == EAGAIN) return 0;
  if (n <= 0) refuse("the broker closed a connection");
  c->in_bytes += n;
  nanos arrived = now();
  if (c->in_skip) {
    int skip = c->in_skip < c->in_bytes ? c->in_skip : c->in_bytes;
    c->in_skip -= skip;
    at = skip;
  }
  while (c->in_bytes - at >= 4) {
    unsigned char *answer = c->in + at;
    int bytes = 4 + (answer[0] << 24 | answer[1] << 16 | answer[2] << 8 | answer[3]);
    int have = c->in_bytes - at;
    if (bytes > have && bytes <= READ_BYTES) break;
    if (bytes > have) c->in_skip = bytes - have;
    at += bytes < have ? bytes : have;
    if (c->answered == c->sent) refuse("an answer that nobody asked for");
    uint64_t us = (arrived - pair(answer, bytes < have ? bytes : have)) / 1000;
    c->answered++;
    answered++;
    taken++;
    if (!measuring) continue;
    latencies[us < LATENCY_BUCKETS ? us : LATENCY_BUCKETS - 1]++;
    measured++;
  }
  memmove(c->in, c->in + at, c->in_bytes - at);
  c->in_bytes -= at;
  return taken;
}

static double percentile_ms(double share) {
  uint64_t rank = measured * share, seen = 0;
  if (rank >= measured && measured) rank = measured - 1;
  for (int us = 0; us < LATENCY_BUCKETS; us++)
    if ((seen += latencies[us]) > rank) return us / 1000.0;
  return 0;
}

// --- the run ---

static void open_connection(struct connection *c) {
  int depth = options.rate > 0 ? OPEN_LOOP_DEPTH : options.depth, one = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(options.port)};
  if (inet_pton(AF_INET, options.address, &to.sin_addr) != 1) refuse("-a wants an IPv4 address");
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(c->fd, (void *)&to, sizeof to)) fail("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  size_t room = (size_t)frame_bytes * (depth + 1), most = (size_t)OUTPUT_BYTES_MAX + frame_bytes;
  c->in = malloc(READ_BYTES);
  c->out = malloc(room < most ? room : most);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &e);
}

static long wait_nanos(int sending) {
  if (options.rate <= 0 || !sending) return 50000000;
  nanos t = now();
  return next_due <= t ? 0 : next_due - t < 1000000 ? next_due - t : 1000000;
}

// Waits for answers and room; in the open loop no longer than until the next request is due.
static void turn(int sending) {
  struct epoll_event events[256];
  struct timespec wait = {0, wait_nanos(sending)};
  int n = epoll_pwait2(poller, events, 256, &wait, 0);
  for (int i = 0; i < n; i++) {
    struct connection *c = events[i].data.ptr;
    if (events[i].events & EPOLLOUT) write_out(c);
    if (!(events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
    int taken = take_answers(c);
    if (options.rate > 0 || !sending || !taken) continue;
    nanos t = now();
    while (taken--) add_request(c, t);
    write_out(c);
  }
}

static void report(double seconds, uint64_t in_time, uint64_t in_messages, double broker_cpu) {
  uint64_t units = options.step ? in_messages : in_time;
  printf("{\"perSecond\":%.1f,\"messagesPerSecond\":%.1f", in_time / seconds, units / seconds);
  printf(",\"p50Ms\":%.3f,\"p99Ms\":%.3f", percentile_ms(.5), percentile_ms(.99));
  printf(",\"p999Ms\":%.3f,\"p9999Ms\":%.3f", percentile_ms(.999), percentile_ms(.9999));
  printf(",\"maxMs\":%.3f", percentile_ms(1));
  printf(",\"brokerCores\":%.3f", broker_cpu / seconds);
  printf(",\"brokerCpuUs\":%.3f", units ? broker_cpu * 1e6 / units : 0);
  printf(",\"sent\":%lu,\"answered\":%lu,\"accepted\":%lu", sent, answered, accepted);
  printf(",\"refused\":{");
  for (int code = 1, n = 0; code < CODES; code++)
    if (codes[code]) printf("%s\"%d\":%lu", n++ ? "," : "", code, codes[code]);
  printf("}}\n");
}

static void read_options(int count, char **arguments) {
  for (int o; (o = getopt(count, arguments, "a:p:c:d:s:f:r:P:W:q:k:z:n:")) != -1;) switch (o) {
      case 'a': options.address = optarg; break;
      case 'p': options.port = atoi(optarg); break;
      case 'c': options.connections = atoi(optarg); break;
      case 'd': options.depth = atoi(optarg); break;
      case 's': options.seconds = atof(optarg); break;
      case 'f': options.frame_file = optarg; break;
      case 'r': options.rate = atof(optarg); break;
      case 'P': options.pid = atoi(optarg); break;
      case 'W': options.warm_seconds = atof(optarg); break;
      case 'n': options.answers_max = atol(optarg); break;
      case 'q': options.queues = atoi(optarg); break;
      case 'k': options.step = atol(optarg); break;
      case 'z': options.end_offset = atol(optarg); break;
      default: exit(2);
    }
  if (!options.port || !options.frame_file) refuse("-p and -f are needed");
}

int main(int count, char **arguments) {
  read_options(count, arguments);
  read_frame();
  latencies = calloc(LATENCY_BUCKETS, sizeof *latencies);
  poller = epoll_create1(0);
  struct connection *all = calloc(options.connections, sizeof *all);
  for (int i = 0; i < options.connections; i++) open_connection(all + i);

  nanos start = now(), measure_at = start + (nanos)(options.warm_seconds * 1e9);
  nanos end = measure_at + (nanos)(options.seconds * 1e9), t;
  if (options.rate <= 0)
    for (int i = 0; i < options.connections; i++) {
      for (int k = 0; k < options.depth; k++) add_request(all + i, now());
      write_out(all + i);
    }

  nanos from = start;
  uint64_t answered_before = 0, messages_before = 0;
  double broker_before = 0;
  while ((t = now()) < end && answered < options.answers_max) {
    if (!measuring && t >= measure_at) {
      measuring = 1;
      from = t;
      answered_before = answered;
      messages_before = messages;
      broker_before = cpu_seconds_of(options.pid);
    }
    if (options.rate > 0) send_due(all, start, t);
    turn(1);
  }
  double seconds = (now() - from) / 1e9;
  uint64_t in_time = answered - answered_before, in_messages = messages - messages_before;
  double broker_cpu = cpu_seconds_of(options.pid) - broker_before;

  // In the open loop a request that is late when time is up has its latency measured all the same.
  measuring = options.rate > 0;
  for (nanos last = now() + DRAIN_SECONDS * 1000000000ull; answered < sent && now() < last;) turn(0);
  report(seconds, in_time, in_messages, broker_cpu);
  return 0;
}
