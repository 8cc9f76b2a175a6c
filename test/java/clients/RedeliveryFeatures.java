import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.RequestCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.client.utils.MessageUtil;
import org.apache.rocketmq.common.MixAll;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageRequestMode;

/** What a broker delivers later or again on its own: retries, delays, transactions, POP. */
final class RedeliveryFeatures extends Acceptance {
  private RedeliveryFeatures() {}

  static void define(Map<String, Feature> features) {
    features.put(
        "retry",
        t -> {
          topic(t.topic, 2);
          producer(t).send(new Message(t.topic, "Tag", "key", bytes("again")));
          Inbox in = new Inbox(t, t.group);
          in.consumer.registerMessageListener(
              (MessageListenerConcurrently)
                  (messages, c) -> {
                    in.got.addAll(messages);
                    c.setDelayLevelWhenNextConsume(1);
                    return messages.get(0).getReconsumeTimes() < 2
                        ? ConsumeConcurrentlyStatus.RECONSUME_LATER
                        : ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                  });
          in.start(t.topic, "*");
          within(60, "three deliveries", () -> in.got.size() >= 3);
          List<MessageExt> all = List.copyOf(in.got);
          for (int i = 0; i < 3; i++) {
            equal(i, all.get(i).getReconsumeTimes(), "reconsume times");
            equal(t.topic, all.get(i).getTopic(), "topic as seen by the listener");
            equal("key", all.get(i).getKeys(), "keys");
            equal(all.get(0).getMsgId(), all.get(i).getMsgId(), "message id");
          }
        });

    features.put(
        "dlq",
        t -> {
          topic(t.topic, 1);
          producer(t).send(new Message(t.topic, "Tag", "key", bytes("dead")));
          Inbox in = new Inbox(t, t.group);
          in.consumer.setMaxReconsumeTimes(1);
          in.consumer.registerMessageListener(
              (MessageListenerConcurrently)
                  (messages, c) -> {
                    in.got.addAll(messages);
                    c.setDelayLevelWhenNextConsume(1);
                    return ConsumeConcurrentlyStatus.RECONSUME_LATER;
                  });
          in.start(t.topic, "*");
          String dlq = MixAll.getDLQTopic(t.group);
          eventually(
              60,
              "a message in " + dlq,
              () -> {
                admin.examineTopicRouteInfo(dlq);
                // A dead letter topic is created write-only; a tool has to make it readable first.
                for (String addr : masters()) {
                  TopicConfig c = admin.examineTopicConfig(addr, dlq);
                  if (c != null && c.getPerm() != 6) {
                    c.setPerm(6);
                    admin.createAndUpdateTopicConfig(addr, c);
                  }
                }
                List<MessageExt> dead = drain(t, dlq);
                if (dead.isEmpty()) return false;
                equal("dead", text(dead.get(0)), "body");
                equal(
                    t.topic,
                    dead.get(0).getProperty(MessageConst.PROPERTY_RETRY_TOPIC),
                    "RETRY_TOPIC");
                return true;
              });
          equal(2, in.got.size(), "deliveries before");
        });

    features.put(
        "delay-level",
        t -> {
          topic(t.topic, 1);
          Inbox in = new Inbox(t, t.group).start(t.topic, "*");
          Message m = new Message(t.topic, bytes("late"));
          m.setDelayTimeLevel(2);
          long sent = System.currentTimeMillis();
          ok(producer(t).send(m));
          in.expect(Set.of("late"), 60);
          long after = in.got.peek().getStoreTimestamp() - sent;
          check(after >= 4900 && after < 8000, "level 2 (5 s) was delivered after %d ms", after);
        });

    features.put(
        "timer",
        t -> {
          topic(t.topic, 1);
          Inbox in = new Inbox(t, t.group).start(t.topic, "*");
          DefaultMQProducer p = producer(t);
          long due = System.currentTimeMillis() + 4000;
          Message m = new Message(t.topic, bytes("at"));
          m.setDeliverTimeMs(due);
          ok(p.send(m));
          Message after = new Message(t.topic, bytes("after"));
          after.setDelayTimeMs(3000);
          ok(p.send(after));
          in.expect(Set.of("at", "after"), 60);
          for (MessageExt x : in.got)
            if (text(x).equals("at"))
              check(
                  x.getStoreTimestamp() - due > -1100 && x.getStoreTimestamp() - due < 3000,
                  "delivered %d ms after its time",
                  x.getStoreTimestamp() - due);
        });

    features.put(
        "recall",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer p = producer(t);
          Inbox in = new Inbox(t, t.group).start(t.topic, "*");
          List<SendResult> results = new ArrayList<>();
          for (int i = 0; i < 2; i++) {
            Message m = new Message(t.topic, bytes("m" + i));
            m.setDeliverTimeMs(System.currentTimeMillis() + 6000);
            results.add(ok(p.send(m)));
          }
          check(results.get(0).getRecallHandle() != null, "the send result has no recall handle");
          p.recallMessage(t.topic, results.get(0).getRecallHandle());
          in.expect(Set.of("m1"), 60);
          Thread.sleep(2500);
          equal(1, in.got.size(), "deliveries");
        });

    features.put(
        "transaction",
        t -> {
          topic(t.topic, 1);
          Inbox in = new Inbox(t, t.group).start(t.topic, "*");
          TransactionMQProducer p = new TransactionMQProducer("p_" + t.group, hook);
          p.setNamesrvAddr(namesrv);
          AtomicInteger checks = new AtomicInteger();
          p.setTransactionListener(
              new TransactionListener() {
                public LocalTransactionState executeLocalTransaction(Message m, Object arg) {
                  return (LocalTransactionState) arg;
                }

                public LocalTransactionState checkLocalTransaction(MessageExt m) {
                  checks.incrementAndGet();
                  return text(m).equals("check-commit")
                      ? LocalTransactionState.COMMIT_MESSAGE
                      : LocalTransactionState.ROLLBACK_MESSAGE;
                }
              });
          p.start();
          t.open.add(p::shutdown);
          Message[] all = {
            new Message(t.topic, bytes("commit")),
            new Message(t.topic, bytes("rollback")),
            new Message(t.topic, bytes("check-commit")),
            new Message(t.topic, bytes("check-rollback"))
          };
          LocalTransactionState[] states = {
            LocalTransactionState.COMMIT_MESSAGE,
            LocalTransactionState.ROLLBACK_MESSAGE,
            LocalTransactionState.UNKNOW,
            LocalTransactionState.UNKNOW
          };
          for (int i = 0; i < 4; i++) ok(p.sendMessageInTransaction(all[i], states[i]));
          within(DELIVERY_SECONDS, "the committed message", () -> in.texts().contains("commit"));
          in.expect(Set.of("commit", "check-commit"), 120);
          within(60, "two check-backs", () -> checks.get() >= 2);
          Thread.sleep(1500);
          equal(Set.of("commit", "check-commit"), in.texts(), "delivered");
        });

    features.put(
        "request-reply",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer replier = producer(t, p -> p.setProducerGroup("r_" + t.group));
          Inbox in = new Inbox(t, t.group);
          in.consumer.registerMessageListener(
              (MessageListenerConcurrently)
                  (messages, c) -> {
                    for (MessageExt m : messages)
                      try {
                        replier.send(MessageUtil.createReplyMessage(m, bytes("re: " + text(m))));
                      } catch (Exception e) {
                        e.printStackTrace();
                      }
                    return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                  });
          in.start(t.topic, "*");
          eventually(20, "consumer owns the queue", () -> queues(in) == 1);
          DefaultMQProducer p = producer(t);
          // The 5.3.3 client ends a blocking request() as soon as the send is answered, and calls a
          // callback then too, with null.
          AtomicReference<Message> reply = new AtomicReference<>();
          p.request(
              new Message(t.topic, bytes("hello")),
              new RequestCallback() {
                public void onSuccess(Message m) {
                  if (m != null) reply.set(m);
                }

                public void onException(Throwable e) {
                  e.printStackTrace();
                }
              },
              30_000);
          within(DELIVERY_SECONDS, "a reply", () -> reply.get() != null);
          equal("re: hello", text(reply.get()), "reply");
        });

    features.put(
        "pop",
        t -> {
          topic(t.topic, 2);
          DefaultMQProducer p = producer(t);
          for (String addr : masters())
            admin.setMessageRequestMode(addr, t.topic, t.group, MessageRequestMode.POP, 0, 5000);
          Inbox in = new Inbox(t, t.group);
          in.consumer.setClientRebalance(false);
          in.start(t.topic, "*");
          for (int i = 0; i < 60; i++) p.send(new Message(t.topic, bytes("m" + i)));
          in.expect(texts(60), 40);
          check(
              in.got.peek().getProperty(MessageConst.PROPERTY_POP_CK) != null,
              "messages came by pull, not by pop");
          Thread.sleep(2000);
          equal(60, in.got.size(), "deliveries");
        });

    features.put(
        "pop-retry",
        t -> {
          topic(t.topic, 1);
          for (String addr : masters())
            admin.setMessageRequestMode(addr, t.topic, t.group, MessageRequestMode.POP, 0, 5000);
          Inbox in = new Inbox(t, t.group);
          in.consumer.setClientRebalance(false);
          in.consumer.registerMessageListener(
              (MessageListenerConcurrently)
                  (messages, c) -> {
                    in.got.addAll(messages);
                    return messages.get(0).getReconsumeTimes() == 0
                        ? ConsumeConcurrentlyStatus.RECONSUME_LATER
                        : ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                  });
          in.start(t.topic, "*");
          producer(t).send(new Message(t.topic, bytes("again")));
          within(60, "a second delivery", () -> in.got.size() >= 2);
          equal(
              List.of(0, 1),
              in.got.stream().map(MessageExt::getReconsumeTimes).limit(2).toList(),
              "reconsume times");
        });
  }
}
