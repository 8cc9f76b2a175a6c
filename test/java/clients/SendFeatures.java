import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.client.producer.selector.SelectMessageQueueByHash;
import org.apache.rocketmq.common.compression.CompressionType;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;

/** Sending in every form the producer knows. */
final class SendFeatures extends Acceptance {
  private SendFeatures() {}

  static void define(Map<String, Feature> features) {
    features.put(
        "send-sync",
        t -> {
          topic(t.topic, 4);
          DefaultMQProducer p = producer(t);
          Map<Integer, Long> next = new TreeMap<>();
          for (int i = 0; i < 40; i++) {
            SendResult r = ok(p.send(new Message(t.topic, bytes("m" + i))));
            equal(
                next.getOrDefault(r.getMessageQueue().getQueueId(), 0L),
                r.getQueueOffset(),
                "queue offset of message " + i);
            next.put(r.getMessageQueue().getQueueId(), r.getQueueOffset() + 1);
          }
          equal(4, next.size(), "queues used");
          List<MessageExt> back = drain(t, t.topic);
          equal(
              texts(40), back.stream().map(Acceptance::text).collect(Collectors.toSet()), "bodies");
          for (MessageExt m : back)
            check(
                m.getBornTimestamp() > 0
                    && m.getStoreTimestamp() >= m.getBornTimestamp() - 5
                    && m.getMsgId() != null
                    && m.getStoreHost() != null
                    && m.getBornHost() != null,
                "record fields of %s",
                m);
        });

    features.put(
        "send-async",
        t -> {
          topic(t.topic, 4);
          DefaultMQProducer p = producer(t);
          CountDownLatch done = new CountDownLatch(200);
          ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
          for (int i = 0; i < 200; i++)
            p.send(
                new Message(t.topic, bytes("m" + i)),
                new SendCallback() {
                  public void onSuccess(SendResult r) {
                    if (r.getSendStatus() != SendStatus.SEND_OK)
                      errors.add(new AssertionError(r.toString()));
                    done.countDown();
                  }

                  public void onException(Throwable e) {
                    errors.add(e);
                    done.countDown();
                  }
                });
          check(done.await(20, TimeUnit.SECONDS), "%d callbacks missing", done.getCount());
          check(errors.isEmpty(), "%d errors, first %s", errors.size(), errors.peek());
          equal(
              texts(200),
              drain(t, t.topic).stream().map(Acceptance::text).collect(Collectors.toSet()),
              "bodies");
        });

    features.put(
        "send-oneway",
        t -> {
          topic(t.topic, 2);
          DefaultMQProducer p = producer(t);
          // Nobody answers for a oneway message, so a busy broker may drop some: what counts is
          // that 20 arrive whole.
          for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 20; i++) p.sendOneway(new Message(t.topic, bytes("m" + i)));
            try {
              eventually(
                  10,
                  "20 messages stored",
                  () ->
                      drain(t, t.topic).stream()
                          .map(Acceptance::text)
                          .collect(Collectors.toSet())
                          .equals(texts(20)));
              return;
            } catch (AssertionError e) {
              if (round == 2) throw e;
            }
          }
        });

    features.put(
        "send-batch",
        t -> {
          topic(t.topic, 1);
          List<Message> batch = new ArrayList<>();
          for (int i = 0; i < 10; i++)
            batch.add(new Message(t.topic, "tag" + i, "key" + i, bytes("m" + i)));
          SendResult r = ok(producer(t).send(batch));
          equal(10, r.getMsgId().split(",").length, "message ids in the result");
          equal(10, r.getOffsetMsgId().split(",").length, "offset ids in the result");
          List<MessageExt> back = drain(t, t.topic);
          for (int i = 0; i < 10; i++) {
            equal("m" + i, text(back.get(i)), "body");
            equal("tag" + i, back.get(i).getTags(), "tag");
            equal("key" + i, back.get(i).getKeys(), "key");
            equal((long) i, back.get(i).getQueueOffset(), "offset");
          }
        });

    features.put(
        "send-vip",
        t -> {
          topic(t.topic, 1);
          ok(
              producer(t, p -> p.setVipChannelEnabled(true))
                  .send(new Message(t.topic, bytes("vip"))));
        });

    features.put(
        "send-tls",
        t -> {
          topic(t.topic, 1);
          ok(producer(t, p -> p.setUseTLS(true)).send(new Message(t.topic, bytes("tls"))));
          equal(1, drain(t, t.topic).size(), "messages");
        });

    features.put(
        "auto-create",
        t -> {
          DefaultMQProducer p = producer(t);
          ok(p.send(new Message(t.topic, bytes("first"))));
          eventually(
              40,
              "route of the new topic",
              () ->
                  admin.examineTopicRouteInfo(t.topic).getQueueDatas().get(0).getWriteQueueNums()
                      == 4);
        });

    features.put(
        "properties",
        t -> {
          topic(t.topic, 1);
          Message m = new Message(t.topic, "T", "k1 k2", 7, random(1000, 1), true);
          m.putUserProperty("colour", "grün 绿 \ud83d\ude00");
          m.putUserProperty("n", "42");
          m.setBuyerId("b");
          ok(producer(t).send(m));
          MessageExt b = drain(t, t.topic).get(0);
          equal("grün 绿 \ud83d\ude00", b.getUserProperty("colour"), "property");
          equal("42", b.getUserProperty("n"), "property");
          equal("k1 k2", b.getKeys(), "keys");
          equal(7, b.getFlag(), "flag");
          equal("true", b.getProperty("WAIT"), "WAIT");
          equal(digest(m.getBody()), digest(b.getBody()), "body");
          check(
              b.getProperty(MessageConst.PROPERTY_CLUSTER) != null
                  && b.getProperty(MessageConst.PROPERTY_MSG_REGION) != null,
              "CLUSTER or MSG_REGION missing in %s",
              b.getProperties());
        });

    features.put(
        "selector",
        t -> {
          topic(t.topic, 8);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 16; i++) {
            String key = "order-" + i;
            SendResult r =
                ok(p.send(new Message(t.topic, bytes(key)), new SelectMessageQueueByHash(), key));
            equal(
                Math.abs(key.hashCode() % 8), r.getMessageQueue().getQueueId(), "queue of " + key);
          }
        });

    features.put(
        "large",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer p =
              producer(
                  t,
                  x -> {
                    x.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
                    x.setMaxMessageSize(8 << 20);
                  });
          byte[] body = random(4 << 20, 7);
          ok(p.send(new Message(t.topic, body)));
          MessageExt back = drain(t, t.topic).get(0);
          equal(digest(body), digest(back.getBody()), "body of 4 MiB");
          try {
            p.send(new Message(t.topic, random((4 << 20) + 70_000, 8)));
            throw new AssertionError("a body above the limit was accepted");
          } catch (MQBrokerException e) {
            equal(13, e.getResponseCode(), "code for a body above the limit");
          }
          Message m = new Message(t.topic, bytes("x"));
          m.putUserProperty("long", "x".repeat(40_000));
          try {
            p.send(m);
            throw new AssertionError("properties above 32767 bytes were accepted");
          } catch (MQBrokerException e) {
            equal(13, e.getResponseCode(), "code for long properties");
          }
        });

    features.put(
        "compression",
        t -> {
          topic(t.topic, 1);
          String body = "compress me ".repeat(10_000);
          for (CompressionType type : CompressionType.values()) {
            DefaultMQProducer p =
                producer(
                    t,
                    x -> {
                      x.setProducerGroup("p_" + type + t.group);
                      x.setCompressType(type);
                    });
            ok(p.send(new Message(t.topic, type.name(), bytes(body))));
          }
          List<MessageExt> back = drain(t, t.topic);
          equal(CompressionType.values().length, back.size(), "messages");
          for (MessageExt m : back) {
            equal(body, text(m), "body by " + m.getTags());
            check(
                (m.getSysFlag() >> 8 & 7) == CompressionType.valueOf(m.getTags()).getValue()
                    && m.getStoreSize() < 20_000,
                "%s: sysFlag %d, stored size %d",
                m.getTags(),
                m.getSysFlag(),
                m.getStoreSize());
          }
        });

    features.put(
        "namespace",
        t -> {
          topic("INST%" + t.topic, 1);
          DefaultMQProducer p = producer(t, x -> x.setNamespace("INST"));
          ok(p.send(new Message(t.topic, bytes("in a namespace"))));
          equal(1, drain(t, "INST%" + t.topic).size(), "messages in the full name");
          Inbox in = new Inbox(t, t.group);
          in.consumer.setNamespace("INST");
          in.start(t.topic, "*").expect(Set.of("in a namespace"), DELIVERY_SECONDS);
        });
  }
}
