import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.admin.ConsumeStats;
import org.apache.rocketmq.remoting.protocol.body.ConsumerRunningInfo;

/** Looking up, resetting, permissions, and what the tools ask. */
final class AdminFeatures extends Acceptance {
  private AdminFeatures() {}

  static void define(Map<String, Feature> features) {
    features.put(
        "query-key",
        t -> {
          topic(t.topic, 2);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 10; i++)
            p.send(new Message(t.topic, "T", "shared key" + i, bytes("m" + i)));
          eventually(
              10,
              "10 messages by the shared key",
              () ->
                  admin
                          .queryMessage(t.topic, "shared", 64, 0, Long.MAX_VALUE)
                          .getMessageList()
                          .size()
                      == 10);
          List<MessageExt> one =
              admin.queryMessage(t.topic, "key7", 64, 0, Long.MAX_VALUE).getMessageList();
          equal(List.of("m7"), one.stream().map(Acceptance::text).toList(), "messages with key7");
          try {
            admin.queryMessage(t.topic, "nokey", 64, 0, Long.MAX_VALUE);
            throw new AssertionError("found a key that nobody sent");
          } catch (MQClientException e) {
            check(e.getResponseCode() == 208, "code %d", e.getResponseCode());
          }
        });

    features.put(
        "query-id",
        t -> {
          topic(t.topic, 2);
          SendResult r = ok(producer(t).send(new Message(t.topic, bytes("find me"))));
          eventually(
              10,
              "by offset id",
              () -> text(admin.viewMessage(t.topic, r.getOffsetMsgId())).equals("find me"));
          eventually(
              10,
              "by unique id",
              () -> text(admin.viewMessage(t.topic, r.getMsgId())).equals("find me"));
        });

    features.put(
        "search-offset",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 5; i++) p.send(new Message(t.topic, bytes("m" + i)));
          Thread.sleep(300);
          long middle = System.currentTimeMillis();
          Thread.sleep(300);
          SendResult r = null;
          for (int i = 5; i < 10; i++) r = p.send(new Message(t.topic, bytes("m" + i)));
          MessageQueue q = r.getMessageQueue();
          eventually(5, "offset 5", () -> admin.searchOffset(q, middle) == 5);
          equal(0L, admin.searchOffset(q, 1), "offset of an early time");
          equal(10L, admin.maxOffset(q), "max offset");
          check(admin.earliestMsgStoreTime(q) > middle - 10_000, "earliest store time");
        });

    features.put(
        "reset-offset",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 10; i++) p.send(new Message(t.topic, bytes("m" + i)));
          Thread.sleep(300);
          long middle = System.currentTimeMillis();
          Thread.sleep(300);
          for (int i = 10; i < 20; i++) p.send(new Message(t.topic, bytes("m" + i)));
          Inbox in = new Inbox(t, t.group).start(t.topic, "*");
          in.expect(texts(20), DELIVERY_SECONDS);
          Thread.sleep(5500);
          in.got.clear();
          admin.resetOffsetByTimestamp(t.topic, t.group, middle, true);
          Set<String> wanted = new HashSet<>();
          for (int i = 10; i < 20; i++) wanted.add("m" + i);
          in.expect(wanted, 60);
        });

    features.put(
        "trace",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer p = new DefaultMQProducer("p_" + t.group, hook, true, null);
          p.setNamesrvAddr(namesrv);
          p.start();
          t.open.add(p::shutdown);
          SendResult r = ok(p.send(new Message(t.topic, "T", "k", bytes("traced"))));
          eventually(
              30,
              "trace of " + r.getMsgId(),
              () ->
                  admin
                      .queryMessage("RMQ_SYS_TRACE_TOPIC", r.getMsgId(), 32, 0, Long.MAX_VALUE)
                      .getMessageList()
                      .stream()
                      .anyMatch(m -> text(m).startsWith("Pub")));
        });

    features.put(
        "permission",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer p = producer(t, x -> x.setRetryTimesWhenSendFailed(0));
          ok(p.send(new Message(t.topic, bytes("x"))));
          // Brokers do not look at a topic's write bit; it takes the queues out of the route, and a
          // new producer finds none.
          for (String addr : masters())
            admin.createAndUpdateTopicConfig(addr, new TopicConfig(t.topic, 1, 1, 4));
          eventually(
              40,
              "perm in the route",
              () -> admin.examineTopicRouteInfo(t.topic).getQueueDatas().get(0).getPerm() == 4);
          DefaultMQProducer late = producer(t, x -> x.setProducerGroup("late_" + t.group));
          try {
            late.send(new Message(t.topic, bytes("y")));
            throw new AssertionError("a new producer sends to a read-only topic");
          } catch (MQClientException e) {
            check(e.getMessage().contains("No route info"), "unexpected %s", e);
          }
          MessageQueue q =
              new MessageQueue(
                  t.topic,
                  admin.examineTopicRouteInfo(t.topic).getQueueDatas().get(0).getBrokerName(),
                  0);
          DefaultMQPullConsumer c = puller(t);
          equal(
              PullStatus.FOUND,
              c.pull(q, "*", 0, 1).getPullStatus(),
              "pull from a read-only topic");
          for (String addr : masters())
            admin.createAndUpdateTopicConfig(addr, new TopicConfig(t.topic, 1, 1, 2));
          try {
            c.pull(q, "*", 0, 1);
            throw new AssertionError("a pull from a write-only topic was answered");
          } catch (MQBrokerException e) {
            equal(16, e.getResponseCode(), "code");
          }
        });

    features.put(
        "errors",
        t -> {
          topic(t.topic, 1);
          DefaultMQProducer p = producer(t, x -> x.setRetryTimesWhenSendFailed(0));
          MessageQueue q = p.fetchPublishMessageQueues(t.topic).get(0);
          try {
            p.send(
                new Message(t.topic, bytes("x")), new MessageQueue(t.topic, q.getBrokerName(), 99));
            throw new AssertionError("queue 99 of 1 was accepted");
          } catch (MQBrokerException e) {
            check(
                e.getResponseCode() == 1 || e.getResponseCode() == 29,
                "code %d: %s",
                e.getResponseCode(),
                e.getErrorMessage());
          }
          try {
            admin.examineTopicRouteInfo("no_such_topic_" + t.topic);
            throw new AssertionError("a route of an unknown topic");
          } catch (MQClientException e) {
            equal(17, e.getResponseCode(), "code of an unknown topic");
          }
        });

    features.put(
        "admin",
        t -> {
          topic(t.topic, 2, 6, Map.of("+message.type", "NORMAL"));
          group(t.group, c -> c.setRetryMaxTimes(3));
          DefaultMQProducer p = producer(t);
          for (int i = 0; i < 10; i++) p.send(new Message(t.topic, bytes("m" + i)));
          Inbox in = new Inbox(t, t.group).start(t.topic, "*");
          in.expect(texts(10), DELIVERY_SECONDS);
          String addr = masters().get(0);
          equal(
              2, admin.examineTopicConfig(addr, t.topic).getReadQueueNums(), "queues of the topic");
          equal(
              "NORMAL",
              admin.examineTopicConfig(addr, t.topic).getAttributes().get("message.type"),
              "topic attribute");
          equal(
              3,
              admin.examineSubscriptionGroupConfig(addr, t.group).getRetryMaxTimes(),
              "group config");
          equal(
              10L,
              admin.examineTopicStats(t.topic).getOffsetTable().values().stream()
                  .mapToLong(o -> o.getMaxOffset() - o.getMinOffset())
                  .sum(),
              "messages in topic status");
          eventually(
              15,
              "consumer connection",
              () -> admin.examineConsumerConnectionInfo(t.group).getConnectionSet().size() == 1);
          String client =
              admin
                  .examineConsumerConnectionInfo(t.group)
                  .getConnectionSet()
                  .iterator()
                  .next()
                  .getClientId();
          ConsumerRunningInfo info = admin.getConsumerRunningInfo(t.group, client, false);
          check(
              info.getMqTable().keySet().stream().anyMatch(q -> q.getTopic().equals(t.topic)),
              "running info without queues: %s",
              info.getMqTable().keySet());
          equal(
              1,
              admin
                  .examineProducerConnectionInfo("p_" + t.group, t.topic)
                  .getConnectionSet()
                  .size(),
              "producer connections");
          eventually(
              15,
              "consume stats",
              () -> {
                ConsumeStats s = admin.examineConsumeStats(t.group);
                return s.getOffsetTable().keySet().stream()
                        .anyMatch(q -> q.getTopic().equals(t.topic))
                    && s.computeTotalDiff() == 0;
              });
          check(
              admin.fetchAllTopicList().getTopicList().contains(t.topic),
              "topic list without the topic");
          check(
              admin.queryTopicConsumeByWho(t.topic).getGroupList().contains(t.group),
              "who consumes");
          check(
              admin.fetchBrokerRuntimeStats(addr).getTable().containsKey("putTps"),
              "runtime stats");
          check(admin.getBrokerConfig(addr).getProperty("brokerName") != null, "broker config");
          check(
              admin
                  .getAllSubscriptionGroup(addr, 5000)
                  .getSubscriptionGroupTable()
                  .containsKey(t.group),
              "group table");
          check(
              admin.getAllTopicConfig(addr, 5000).getTopicConfigTable().containsKey(t.topic),
              "topic table");
          admin.createAndUpdateKvConfig("NS_" + t.group, "k", "v");
          equal("v", admin.getKVConfig("NS_" + t.group, "k"), "kv config");
          admin.deleteKvConfig("NS_" + t.group, "k");
          in.consumer.shutdown();
          admin.deleteSubscriptionGroup(addr, t.group, true);
          admin.deleteTopicInBroker(new HashSet<>(masters()), t.topic);
          admin.deleteTopicInNameServer(new HashSet<>(Arrays.asList(namesrv.split(";"))), t.topic);
          eventually(
              10,
              "route gone",
              () -> {
                try {
                  admin.examineTopicRouteInfo(t.topic);
                  return false;
                } catch (MQClientException e) {
                  return e.getResponseCode() == 17;
                }
              });
        });
  }
}
