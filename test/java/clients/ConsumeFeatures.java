import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.selector.SelectMessageQueueByHash;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;

/** Filters, pulls, and push consumers of every kind. */
final class ConsumeFeatures extends Acceptance {
  private ConsumeFeatures() {}

  static void define(Map<String, Feature> features) {
    features.put(
        "tags",
        t -> {
          topic(t.topic, 2);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 30; i++) p.send(new Message(t.topic, "Tag" + i % 3, bytes("m" + i)));
          Set<String> wanted = new HashSet<>();
          for (int i = 0; i < 30; i++) if (i % 3 < 2) wanted.add("m" + i);
          new Inbox(t, t.group).start(t.topic, "Tag0 || Tag1").expect(wanted, DELIVERY_SECONDS);
          // Equal hash codes ("Aa" and "BB") must be told apart by the client.
          p.send(new Message(t.topic, "Aa", bytes("Aa")));
          p.send(new Message(t.topic, "BB", bytes("BB")));
          new Inbox(t, t.group + "_hash")
              .start(t.topic, "Aa")
              .expect(Set.of("Aa"), DELIVERY_SECONDS);
        });

    features.put(
        "sql92",
        t -> {
          topic(t.topic, 2);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 20; i++) {
            Message m = new Message(t.topic, i % 2 == 0 ? "even" : "odd", bytes("m" + i));
            m.putUserProperty("a", "" + i);
            if (i == 3) m.putUserProperty("b", "x");
            p.send(m);
          }
          Inbox in = new Inbox(t, t.group);
          in.consumer.subscribe(
              t.topic,
              MessageSelector.bySql(
                  "(a between 5 and 9 AND TAGS = 'odd') OR b IS NOT NULL OR a IN ('17')"));
          in.start().expect(Set.of("m5", "m7", "m9", "m3", "m17"), DELIVERY_SECONDS);
        });

    features.put(
        "sql92-bad",
        t -> {
          topic(t.topic, 1);
          Inbox in = new Inbox(t, t.group);
          in.consumer.subscribe(t.topic, MessageSelector.bySql("a >>> 5"));
          try {
            in.start();
            throw new AssertionError("a wrong expression was accepted");
          } catch (MQClientException e) {
            check(
                e.getResponseCode() == 23,
                "code 23 expected, got %d: %s",
                e.getResponseCode(),
                e.getErrorMessage());
          }
        });

    features.put(
        "pull",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 50; i++) p.send(new Message(t.topic, bytes("m" + i)));
          DefaultMQPullConsumer c = puller(t);
          MessageQueue q = c.fetchSubscribeMessageQueues(t.topic).iterator().next();
          equal(0L, c.minOffset(q), "min offset");
          equal(50L, c.maxOffset(q), "max offset");
          PullResult r = c.pull(q, "*", 10, 5);
          equal(PullStatus.FOUND, r.getPullStatus(), "status");
          equal("m10", text(r.getMsgFoundList().get(0)), "first");
          equal(15L, r.getNextBeginOffset(), "next offset");
          equal(PullStatus.NO_NEW_MSG, c.pull(q, "*", 50, 5).getPullStatus(), "status at the end");
          PullResult beyond = c.pull(q, "*", 1000, 5);
          equal(PullStatus.OFFSET_ILLEGAL, beyond.getPullStatus(), "status beyond the end");
          equal(50L, beyond.getNextBeginOffset(), "corrected offset");
          // The broker says 0, not "none", while the queue still starts at 0 and is in memory.
          equal(0L, c.fetchConsumeOffset(q, true), "offset of a new group");
          c.updateConsumeOffset(q, 15);
          c.getDefaultMQPullConsumerImpl().getOffsetStore().persist(q);
          eventually(
              5,
              "stored offset",
              () ->
                  c.getDefaultMQPullConsumerImpl()
                          .getOffsetStore()
                          .readOffset(
                              q,
                              org.apache.rocketmq.client.consumer.store.ReadOffsetType
                                  .READ_FROM_STORE)
                      == 15);
          long start = System.currentTimeMillis();
          Thread late =
              new Thread(
                  () -> {
                    try {
                      Thread.sleep(1000);
                      p.send(new Message(t.topic, bytes("late")));
                    } catch (Exception ignored) {
                    }
                  });
          late.start();
          PullResult hold = c.pullBlockIfNotFound(q, "*", 50, 5);
          equal(PullStatus.FOUND, hold.getPullStatus(), "long poll");
          check(
              System.currentTimeMillis() - start < 5000,
              "a held pull answered only after %d ms",
              System.currentTimeMillis() - start);
        });

    features.put(
        "lite-pull",
        t -> {
          topic(t.topic, 2);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 40; i++) p.send(new Message(t.topic, bytes("m" + i)));
          DefaultLitePullConsumer c = new DefaultLitePullConsumer(t.group, hook);
          c.setNamesrvAddr(namesrv);
          c.setAutoCommit(false);
          c.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
          c.subscribe(t.topic, "*");
          c.start();
          t.open.add(c::shutdown);
          Set<String> got = new HashSet<>();
          within(
              DELIVERY_SECONDS,
              "40 messages polled",
              () -> {
                c.poll(500).forEach(m -> got.add(text(m)));
                return got.size() == 40;
              });
          c.commit();
          DefaultLitePullConsumer assigned = new DefaultLitePullConsumer(t.group + "_assign", hook);
          assigned.setNamesrvAddr(namesrv);
          assigned.start();
          t.open.add(assigned::shutdown);
          List<MessageQueue> queues = new ArrayList<>(assigned.fetchMessageQueues(t.topic));
          Collections.sort(queues);
          assigned.assign(queues.subList(0, 1));
          // The client (5.3.3) may forget a seek beside a pull that is just beginning or ending: its
          // pull task looks whether it is cancelled before it takes the lock. So seek until it holds.
          List<Long> wanted = List.of(15L, 16L, 17L, 18L, 19L);
          List<Long> offsets = new ArrayList<>();
          eventually(
              20,
              "offsets after seek are " + wanted,
              () -> {
                assigned.seek(queues.get(0), 15);
                offsets.clear();
                assigned.poll(2000).forEach(m -> offsets.add(m.getQueueOffset()));
                return offsets.equals(wanted);
              });
        });

    features.put(
        "push",
        t -> {
          topic(t.topic, 4);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 100; i++) p.send(new Message(t.topic, bytes("m" + i)));
          Inbox in = new Inbox(t, t.group).start(t.topic, "*");
          in.expect(texts(100), DELIVERY_SECONDS);
          for (int i = 100; i < 200; i++) p.send(new Message(t.topic, bytes("m" + i)));
          in.expect(texts(200), DELIVERY_SECONDS);
          equal(200, in.got.size(), "deliveries");
          in.consumer.shutdown();
          eventually(
              10,
              "committed offsets",
              () -> admin.examineConsumeStats(t.group, t.topic).computeTotalDiff() == 0);
          p.send(new Message(t.topic, bytes("after")));
          Inbox again = new Inbox(t, t.group).start(t.topic, "*");
          again.expect(Set.of("after"), DELIVERY_SECONDS);
        });

    features.put(
        "rebalance",
        t -> {
          topic(t.topic, 4);
          DefaultMQProducer p = producer(t);
          Inbox a = new Inbox(t, t.group).start(t.topic, "*");
          Inbox b = new Inbox(t, t.group).start(t.topic, "*");
          eventually(
              30, "two members with two queues each", () -> queues(a) == 2 && queues(b) == 2);
          for (int i = 0; i < 100; i++) p.send(new Message(t.topic, bytes("m" + i)));
          within(
              DELIVERY_SECONDS,
              "100 messages by both",
              () -> {
                Set<String> s = a.texts();
                s.addAll(b.texts());
                return s.size() == 100;
              });
          check(
              !a.got.isEmpty() && !b.got.isEmpty(),
              "one member got nothing: %d and %d",
              a.got.size(),
              b.got.size());
          b.consumer.shutdown();
          eventually(30, "the remaining member owns all queues", () -> queues(a) == 4);
          for (int i = 100; i < 140; i++) p.send(new Message(t.topic, bytes("m" + i)));
          within(
              DELIVERY_SECONDS,
              "40 messages by the remaining member",
              () -> {
                Set<String> s = a.texts();
                s.addAll(b.texts());
                return s.size() == 140;
              });
        });

    features.put(
        "broadcast",
        t -> {
          topic(t.topic, 2);
          DefaultMQProducer p = producer(t);
          List<Inbox> two = new ArrayList<>();
          for (int i = 0; i < 2; i++) {
            Inbox in = new Inbox(t, t.group);
            in.consumer.setMessageModel(MessageModel.BROADCASTING);
            in.consumer.setInstanceName(t.group + i);
            two.add(in.start(t.topic, "*"));
          }
          for (int i = 0; i < 20; i++) p.send(new Message(t.topic, bytes("m" + i)));
          for (Inbox in : two) {
            in.expect(texts(20), DELIVERY_SECONDS);
            equal(20, in.got.size(), "deliveries");
          }
        });

    features.put(
        "consume-from",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 5; i++) p.send(new Message(t.topic, bytes("m" + i)));
          // LAST and TIMESTAMP mean the beginning too while the queue still starts at 0 and is in
          // memory (see "pull").
          for (ConsumeFromWhere where :
              List.of(
                  ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET,
                  ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET,
                  ConsumeFromWhere.CONSUME_FROM_TIMESTAMP)) {
            Inbox in = new Inbox(t, t.group + where.name().substring(12));
            in.consumer.setConsumeFromWhere(where);
            in.start(t.topic, "*").expect(texts(5), DELIVERY_SECONDS);
          }
        });

    features.put(
        "orderly",
        t -> {
          topic(t.topic, 4);
          DefaultMQProducer p = producer(t);
          Map<String, List<Integer>> seen = new ConcurrentHashMap<>();
          AtomicInteger total = new AtomicInteger();
          List<Inbox> two = new ArrayList<>();
          for (int n = 0; n < 2; n++) {
            Inbox in = new Inbox(t, t.group);
            in.consumer.registerMessageListener(
                (MessageListenerOrderly)
                    (messages, c) -> {
                      for (MessageExt m : messages) {
                        seen.computeIfAbsent(
                                m.getKeys(), k -> Collections.synchronizedList(new ArrayList<>()))
                            .add(Integer.parseInt(text(m)));
                        total.incrementAndGet();
                      }
                      return ConsumeOrderlyStatus.SUCCESS;
                    });
            two.add(in.start(t.topic, "*"));
          }
          eventually(
              40, "queues shared out", () -> queues(two.get(0)) == 2 && queues(two.get(1)) == 2);
          for (int i = 0; i < 200; i++) {
            String order = "order" + i % 10;
            p.send(
                new Message(t.topic, "T", order, bytes("" + i)),
                new SelectMessageQueueByHash(),
                order);
          }
          within(90, "200 ordered messages", () -> total.get() >= 200);
          for (Map.Entry<String, List<Integer>> e : seen.entrySet()) {
            List<Integer> distinct = e.getValue().stream().distinct().toList();
            equal(distinct.stream().sorted().toList(), distinct, "order of " + e.getKey());
            equal(20, distinct.size(), "messages of " + e.getKey());
          }
        });

    features.put(
        "orderly-suspend",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 5; i++) p.send(new Message(t.topic, bytes("m" + i)));
          List<String> calls = Collections.synchronizedList(new ArrayList<>());
          Inbox in = new Inbox(t, t.group);
          in.consumer.registerMessageListener(
              (MessageListenerOrderly)
                  (messages, c) -> {
                    String s = text(messages.get(0));
                    calls.add(s + "/" + messages.get(0).getReconsumeTimes());
                    if (s.equals("m2") && messages.get(0).getReconsumeTimes() < 2) {
                      c.setSuspendCurrentQueueTimeMillis(200);
                      return ConsumeOrderlyStatus.SUSPEND_CURRENT_QUEUE_A_MOMENT;
                    }
                    return ConsumeOrderlyStatus.SUCCESS;
                  });
          in.start(t.topic, "*");
          within(60, "all calls", () -> calls.size() >= 7);
          equal(
              List.of("m0/0", "m1/0", "m2/0", "m2/1", "m2/2", "m3/0", "m4/0"),
              List.copyOf(calls),
              "calls");
        });
  }
}
