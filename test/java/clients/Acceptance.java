import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.MixAll;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.protocol.body.ClusterInfo;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/**
 * What the features have in common: the cluster under test, topics and clients of their own,
 * waiting, checks.
 */
abstract class Acceptance {
  interface Feature {
    void run(Feature.Context t) throws Exception;

    /** Names that no other run uses, and everything to shut down afterwards. */
    final class Context {
      final String topic, group;
      final List<AutoCloseable> open = Collections.synchronizedList(new ArrayList<>());

      Context(String name) {
        String run = Long.toString(System.currentTimeMillis() / 100 % 100_000_000L, 36);
        topic = "t_" + name + "_" + run;
        group = "g_" + name + "_" + run;
      }
    }
  }

  /**
   * How long a delivery may take: a little more than the client's heartbeat period. A client whose
   * queues changed announces a new version of its subscription by a heartbeat, but leaves that out
   * when another heartbeat is on its way at that moment; until the next one, every broker refuses
   * its pulls as not being the latest subscription.
   */
  static final int DELIVERY_SECONDS = 60;

  static String namesrv, cluster = "DefaultCluster";
  static DefaultMQAdminExt admin;
  static RPCHook hook;

  static String at(Throwable e) {
    for (StackTraceElement s : e.getStackTrace())
      if (s.getClassName().endsWith("Features"))
        return " (" + s.getFileName() + ":" + s.getLineNumber() + ")";
    return "";
  }

  static void check(boolean ok, String what, Object... values) {
    if (!ok) throw new AssertionError(String.format(what, values));
  }

  static void equal(Object expected, Object actual, String what) {
    check(expected.equals(actual), "%s: expected %s, got %s", what, expected, actual);
  }

  static void within(int seconds, String what, BooleanSupplier condition) throws Exception {
    for (long end = System.nanoTime() + seconds * 1_000_000_000L;
        System.nanoTime() < end;
        Thread.sleep(20)) if (condition.getAsBoolean()) return;
    throw new AssertionError("not within " + seconds + " s: " + what);
  }

  interface Attempt {
    boolean once() throws Exception;
  }

  static void eventually(int seconds, String what, Attempt attempt) throws Exception {
    AtomicReference<Throwable> last = new AtomicReference<>();
    try {
      within(
          seconds,
          what,
          () -> {
            try {
              return attempt.once();
            } catch (Exception e) {
              last.set(e);
              return false;
            }
          });
    } catch (AssertionError e) {
      throw last.get() == null ? e : new AssertionError(e.getMessage() + "; last: " + last.get());
    }
  }

  static byte[] bytes(String s) {
    return s.getBytes(StandardCharsets.UTF_8);
  }

  static String text(Message m) {
    return new String(m.getBody(), StandardCharsets.UTF_8);
  }

  static Set<String> texts(int n) {
    Set<String> s = new HashSet<>();
    for (int i = 0; i < n; i++) s.add("m" + i);
    return s;
  }

  static String digest(byte[] b) throws Exception {
    return Arrays.toString(MessageDigest.getInstance("SHA-256").digest(b));
  }

  static byte[] random(int size, long seed) {
    byte[] b = new byte[size];
    new Random(seed).nextBytes(b);
    return b;
  }

  static List<String> masters() throws Exception {
    ClusterInfo info = admin.examineBrokerClusterInfo();
    Set<String> names = info.getClusterAddrTable().get(cluster);
    check(
        names != null,
        "cluster '%s' is not known; known: %s",
        cluster,
        info.getClusterAddrTable().keySet());
    List<String> all = new ArrayList<>();
    for (String n : names) {
      BrokerData b = info.getBrokerAddrTable().get(n);
      if (b.getBrokerAddrs().get(MixAll.MASTER_ID) != null)
        all.add(b.getBrokerAddrs().get(MixAll.MASTER_ID));
    }
    check(!all.isEmpty(), "cluster '%s' has no master", cluster);
    return all;
  }

  static void topic(String name, int queues) throws Exception {
    topic(name, queues, 6, Map.of());
  }

  static void topic(String name, int queues, int perm, Map<String, String> attributes)
      throws Exception {
    for (String addr : masters()) {
      TopicConfig c = new TopicConfig(name, queues, queues, perm);
      c.setAttributes(new LinkedHashMap<>(attributes));
      admin.createAndUpdateTopicConfig(addr, c);
    }
    eventually(
        40,
        "route of " + name,
        () ->
            admin.examineTopicRouteInfo(name).getQueueDatas().get(0).getWriteQueueNums() == queues);
  }

  static void group(String name, java.util.function.Consumer<SubscriptionGroupConfig> change)
      throws Exception {
    SubscriptionGroupConfig c = new SubscriptionGroupConfig();
    c.setGroupName(name);
    change.accept(c);
    for (String addr : masters()) admin.createAndUpdateSubscriptionGroupConfig(addr, c);
  }

  static DefaultMQProducer producer(Feature.Context t) throws Exception {
    return producer(t, p -> {});
  }

  static DefaultMQProducer producer(
      Feature.Context t, java.util.function.Consumer<DefaultMQProducer> change) throws Exception {
    DefaultMQProducer p = new DefaultMQProducer("p_" + t.group, hook);
    p.setNamesrvAddr(namesrv);
    p.setSendMsgTimeout(10_000);
    change.accept(p);
    p.start();
    t.open.add(p::shutdown);
    return p;
  }

  static SendResult ok(SendResult r) {
    equal(SendStatus.SEND_OK, r.getSendStatus(), "send status");
    check(
        r.getMsgId() != null
            && (r.getOffsetMsgId() != null
                || r instanceof org.apache.rocketmq.client.producer.TransactionSendResult)
            && r.getQueueOffset() >= 0,
        "incomplete result %s",
        r);
    return r;
  }

  /** A push consumer and what it got. */
  static class Inbox {
    final Feature.Context t;
    final DefaultMQPushConsumer consumer;
    final ConcurrentLinkedQueue<MessageExt> got = new ConcurrentLinkedQueue<>();

    Inbox(Feature.Context t, String group) {
      this.t = t;
      consumer = new DefaultMQPushConsumer(group, hook);
      consumer.setNamesrvAddr(namesrv);
      consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
      consumer.setConsumeThreadMin(4);
      consumer.setConsumeThreadMax(4);
    }

    Inbox start(String topic, String tags) throws Exception {
      consumer.subscribe(topic, tags);
      return start();
    }

    Inbox start() throws Exception {
      if (consumer.getMessageListener() == null)
        consumer.registerMessageListener(
            (MessageListenerConcurrently)
                (m, c) -> {
                  got.addAll(m);
                  return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                });
      consumer.start();
      t.open.add(consumer::shutdown);
      return this;
    }

    Set<String> texts() {
      return got.stream().map(Acceptance::text).collect(Collectors.toSet());
    }

    void expect(Set<String> wanted, int seconds) throws Exception {
      try {
        within(seconds, "", () -> texts().containsAll(wanted));
      } catch (AssertionError e) {
        Set<String> missing = new HashSet<>(wanted);
        missing.removeAll(texts());
        throw new AssertionError(
            "missing after "
                + seconds
                + " s: "
                + missing.size()
                + " of "
                + wanted.size()
                + " messages, such as "
                + missing.stream().limit(5).toList());
      }
      equal(wanted, texts(), "messages");
    }
  }

  static DefaultMQPullConsumer puller(Feature.Context t) throws Exception {
    DefaultMQPullConsumer c = new DefaultMQPullConsumer("pull_" + t.group, hook);
    c.setNamesrvAddr(namesrv);
    c.start();
    t.open.add(c::shutdown);
    return c;
  }

  /** All messages of a topic by plain pulls, queue by queue. */
  static List<MessageExt> drain(Feature.Context t, String topic) throws Exception {
    DefaultMQPullConsumer c = puller(t);
    List<MessageExt> all = new ArrayList<>();
    for (MessageQueue q : c.fetchSubscribeMessageQueues(topic))
      for (long at = c.minOffset(q), end = c.maxOffset(q); at < end; ) {
        PullResult r = c.pull(q, "*", at, 32);
        if (r.getPullStatus() == PullStatus.FOUND) all.addAll(r.getMsgFoundList());
        check(
            r.getNextBeginOffset() > at || r.getPullStatus() == PullStatus.FOUND,
            "pull at %d answered %s",
            at,
            r);
        at = r.getNextBeginOffset();
      }
    c.shutdown();
    return all;
  }

  static long queues(Inbox in) {
    return in
        .consumer
        .getDefaultMQPushConsumerImpl()
        .getRebalanceImpl()
        .getProcessQueueTable()
        .keySet()
        .stream()
        .filter(q -> !q.getTopic().startsWith("%RETRY%"))
        .count();
  }
}
