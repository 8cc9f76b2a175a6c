import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

/**
 * Send load through the unmodified Java client. The topic must exist.
 *
 * <p>Usage: LoadClient key=value ... with namesrv=127.0.0.1:9876 topic=BenchTopic body=1024
 * seconds=5 warm=5 and either clients=1 inflight=64 (closed loop) or clients=4 rate=N messages a
 * second in all (open loop: latency counts from the time a message should have left). Prints one
 * line of JSON; `sent`, `answered` and `failed` count the whole run, the rest the measured seconds.
 */
public final class LoadClient {
  private static final Map<String, String> options = new LinkedHashMap<>();
  private static final LongAdder sent = new LongAdder(),
      answered = new LongAdder(),
      failed = new LongAdder(),
      measured = new LongAdder();
  private static final Latencies latencies = new Latencies();
  private static volatile boolean measuring, over;

  /** Microseconds: exact below 1 ms, then in buckets of 1/512 of the value or less. */
  private static final class Latencies {
    private final AtomicLongArray counts = new AtomicLongArray(64 * 1024);

    private static int bucket(long us) {
      if (us < 1024) return (int) Math.max(0, us);
      int shift = 54 - Long.numberOfLeadingZeros(us);
      return shift * 512 + (int) (us >>> shift);
    }

    private static double valueUs(int bucket) {
      if (bucket < 1024) return bucket;
      int shift = (bucket - 512) / 512;
      return (double) ((long) (bucket - shift * 512) << shift);
    }

    void add(long us) {
      counts.incrementAndGet(Math.min(counts.length() - 1, bucket(us)));
    }

    double quantileMs(double q) {
      long all = 0, seen = 0;
      for (int i = 0; i < counts.length(); i++) all += counts.get(i);
      for (int i = 0; i < counts.length(); i++)
        if ((seen += counts.get(i)) > (long) (all * q)) return valueUs(i) / 1000;
      return 0;
    }
  }

  private static String option(String key, String fallback) {
    return options.getOrDefault(key, fallback);
  }

  private static int number(String key, int fallback) {
    return Integer.parseInt(option(key, "" + fallback));
  }

  public static void main(String[] args) throws Exception {
    for (String a : args) {
      String[] pair = a.split("=", 2);
      if (pair.length != 2) {
        System.err.println("not key=value: " + a);
        System.exit(2);
      }
      options.put(pair[0], pair[1]);
    }
    int inflight = number("inflight", 64), rate = number("rate", 0);
    List<DefaultMQProducer> producers = new ArrayList<>();
    for (int i = 0; i < number("clients", 1); i++) producers.add(producer(i));
    // Open loop: the bound only keeps a broken run from eating all memory.
    int bound = rate > 0 ? 20_000 : inflight;
    List<Semaphore> rooms = new ArrayList<>();
    List<Thread> loops = new ArrayList<>();
    for (DefaultMQProducer p : producers) {
      Semaphore room = new Semaphore(bound);
      rooms.add(room);
      double perSecond = (double) rate / producers.size();
      loops.add(new Thread(() -> loop(p, room, perSecond)));
    }
    for (Thread t : loops) t.start();
    measure();
    for (Thread t : loops) t.join();
    for (Semaphore room : rooms) room.acquire(bound);
    report();
    System.exit(0);
  }

  private static DefaultMQProducer producer(int n) throws Exception {
    DefaultMQProducer p = new DefaultMQProducer("load_" + n);
    p.setNamesrvAddr(option("namesrv", "127.0.0.1:9876"));
    p.setInstanceName("load_" + n);
    p.setSendMsgTimeout(10_000);
    p.setRetryTimesWhenSendAsyncFailed(0);
    p.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
    p.start();
    return p;
  }

  private static void loop(DefaultMQProducer p, Semaphore room, double perSecond) {
    byte[] body = new byte[number("body", 1024)];
    Arrays.fill(body, (byte) 'a');
    long start = System.nanoTime();
    for (long n = 1; !over; n++) {
      long due = perSecond > 0 ? start + (long) (n * 1e9 / perSecond) : 0;
      for (long now; due > (now = System.nanoTime()); )
        LockSupport.parkNanos(Math.min(due - now, 1_000_000));
      room.acquireUninterruptibly();
      send(p, body, due > 0 ? due : System.nanoTime(), room);
    }
  }

  private static void send(DefaultMQProducer p, byte[] body, long due, Semaphore room) {
    sent.increment();
    SendCallback callback =
        new SendCallback() {
          public void onSuccess(SendResult r) {
            answered.increment();
            if (r.getSendStatus() != SendStatus.SEND_OK) failed.increment();
            if (measuring) {
              measured.increment();
              latencies.add((System.nanoTime() - due) / 1000);
            }
            room.release();
          }

          public void onException(Throwable e) {
            if (failed.sum() == 0) System.err.println(e);
            failed.increment();
            room.release();
          }
        };
    try {
      p.send(new Message(option("topic", "BenchTopic"), body), callback);
    } catch (Exception e) {
      callback.onException(e);
    }
  }

  private static double seconds;

  private static void measure() throws Exception {
    Thread.sleep((long) (Double.parseDouble(option("warm", "5")) * 1000));
    measuring = true;
    long start = System.nanoTime();
    Thread.sleep((long) (Double.parseDouble(option("seconds", "5")) * 1000));
    measuring = false;
    over = true;
    seconds = (System.nanoTime() - start) / 1e9;
  }

  private static void report() {
    System.out.printf(
        "{\"perSecond\":%.1f,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"p999Ms\":%.3f,"
            + "\"sent\":%d,\"answered\":%d,\"failed\":%d}%n",
        measured.sum() / seconds,
        latencies.quantileMs(.5),
        latencies.quantileMs(.99),
        latencies.quantileMs(.999),
        sent.sum(),
        answered.sum(),
        failed.sum());
  }
}
