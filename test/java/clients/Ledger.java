import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Keeps a ledger of what a cluster acknowledged and then demands all of it back: the proof that a
 * broker that was killed in between lost nothing. Each message has a number of its own as its body;
 * a number is entered once its send is answered SEND_OK. Failed sends are repeated, as an
 * application would, with a new number.
 *
 * <p>Usage: Ledger namesrv topic senders acknowledged. Prints "acknowledged N" every 100, sends
 * until that many are, then consumes; last line "acknowledged A consumed C missing M failed F"; the
 * exit code is 1 when something is missing.
 */
public final class Ledger {
  private static final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
  private static final Set<Long> consumed = ConcurrentHashMap.newKeySet();
  private static final AtomicLong next = new AtomicLong(),
      entered = new AtomicLong(),
      failed = new AtomicLong();

  public static void main(String[] args) throws Exception {
    String namesrv = args[0], topic = args[1];
    int senders = Integer.parseInt(args[2]), wanted = Integer.parseInt(args[3]);
    DefaultMQProducer producer = new DefaultMQProducer("ledger_producer");
    producer.setNamesrvAddr(namesrv);
    producer.setSendMsgTimeout(2000);
    producer.setPollNameServerInterval(1000);
    producer.start();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < senders; i++) threads.add(new Thread(() -> send(producer, topic, wanted)));
    for (Thread t : threads) t.start();
    for (Thread t : threads) t.join();
    producer.shutdown();

    consume(namesrv, topic);
    Set<Long> missing = new TreeSet<>(acknowledged);
    missing.removeAll(consumed);
    System.out.printf(
        "acknowledged %d consumed %d missing %d failed %d%n",
        acknowledged.size(), consumed.size(), missing.size(), failed.get());
    missing.stream().limit(10).forEach(n -> System.out.println("missing " + n));
    System.exit(missing.isEmpty() ? 0 : 1);
  }

  private static void send(DefaultMQProducer producer, String topic, int wanted) {
    while (entered.get() < wanted) {
      long number = next.getAndIncrement();
      byte[] body = Long.toString(number).getBytes(StandardCharsets.UTF_8);
      try {
        if (producer.send(new Message(topic, body)).getSendStatus() != SendStatus.SEND_OK) continue;
        acknowledged.add(number);
        long count = entered.incrementAndGet();
        if (count % 100 == 0) System.out.println("acknowledged " + count);
      } catch (Exception e) {
        failed.incrementAndGet();
        pause(100);
      }
    }
  }

  /** A push consumer that meets its own start in a race asks for queues only 20 to 30 s later. */
  private static final long FIRST_PATIENCE_NS = 60_000_000_000L, PATIENCE_NS = 10_000_000_000L;

  /** Consumes until everything in the ledger came, or nothing new did for ten seconds. */
  private static void consume(String namesrv, String topic) throws Exception {
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("ledger_consumer");
    consumer.setNamesrvAddr(namesrv);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.subscribe(topic, "*");
    AtomicLong last = new AtomicLong(System.nanoTime());
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              for (MessageExt m : messages)
                consumed.add(Long.parseLong(new String(m.getBody(), StandardCharsets.UTF_8)));
              last.set(System.nanoTime());
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
    while (!consumed.containsAll(acknowledged)
        && System.nanoTime() - last.get() < (consumed.isEmpty() ? FIRST_PATIENCE_NS : PATIENCE_NS))
      pause(50);
    consumer.shutdown();
  }

  private static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
