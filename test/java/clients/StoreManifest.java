import com.alibaba.fastjson.JSON;
import com.alibaba.fastjson.serializer.SerializerFeature;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * What a store directory holds, read file by file with upstream's own record decoder: every record
 * of the commit log, every queue's entries, the index headers. Works on stores of any broker; says
 * on stderr what does not fit together, exit code 1 then.
 *
 * <p>Usage: StoreManifest store-directory
 */
public class StoreManifest {
  static int wrong;

  static void wrong(String format, Object... values) {
    System.err.printf(format + "%n", values);
    wrong++;
  }

  static String hex(byte[] b) {
    StringBuilder s = new StringBuilder();
    for (byte x : b) s.append(String.format("%02x", x));
    return s.toString();
  }

  static String sha(byte[] b) throws Exception {
    return hex(MessageDigest.getInstance("SHA-256").digest(b == null ? new byte[0] : b));
  }

  static String host(java.net.SocketAddress a) {
    InetSocketAddress i = (InetSocketAddress) a;
    return i.getAddress().getHostAddress() + ":" + i.getPort();
  }

  static ByteBuffer map(File f) throws Exception {
    try (FileChannel channel = FileChannel.open(f.toPath())) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  static byte[] bytes(ByteBuffer b, int at, int size) {
    byte[] copy = new byte[size];
    b.get(at, copy);
    return copy;
  }

  static List<File> sorted(File folder, boolean files) {
    File[] all = folder.listFiles(f -> f.isFile() == files && !f.getName().startsWith("."));
    if (all == null) return List.of();
    Arrays.sort(all);
    return Arrays.asList(all);
  }

  public static void main(String[] args) throws Exception {
    File store = new File(args[0]);
    Map<String, Object> out = new LinkedHashMap<>();
    Map<Long, Map<String, Object>> byOffset = new TreeMap<>();
    List<Object> segments = new ArrayList<>();
    for (File f : sorted(new File(store, "commitlog"), true)) segments.add(segment(f, byOffset));
    out.put("commitLog", segments);
    out.put("messages", byOffset.values());
    out.put("queues", queues(store, byOffset));
    List<Object> indexes = new ArrayList<>();
    for (File f : sorted(new File(store, "index"), true)) {
      ByteBuffer b = map(f);
      indexes.add(
          new LinkedHashMap<>(
              Map.of("file", f.getName(), "size", f.length(), "header", hex(bytes(b, 0, 40)))));
    }
    out.put("indexes", indexes);
    List<String> files = new ArrayList<>();
    try (Stream<Path> s = Files.walk(store.toPath())) {
      s.filter(Files::isRegularFile)
          .sorted()
          .forEach(p -> files.add(store.toPath().relativize(p) + " " + p.toFile().length()));
    }
    out.put("files", files);
    print(out);
    System.exit(wrong > 0 ? 1 : 0);
  }

  /** JSON with one list or map item on a line, so that a diff of two manifests can be read. */
  static void print(Map<String, Object> out) {
    StringBuilder s = new StringBuilder("{\n");
    for (Map.Entry<String, Object> e : out.entrySet()) {
      boolean map = e.getValue() instanceof Map;
      s.append(line(e.getKey())).append(map ? ": {\n" : ": [\n");
      List<String> lines = new ArrayList<>();
      if (map)
        ((Map<?, ?>) e.getValue()).forEach((k, v) -> lines.add("  " + line(k) + ": " + line(v)));
      else for (Object v : (Iterable<?>) e.getValue()) lines.add("  " + line(v));
      s.append(String.join(",\n", lines)).append(map ? "\n},\n" : "\n],\n");
    }
    s.setLength(s.length() - 2);
    System.out.println(s.append("\n}"));
  }

  static String line(Object v) {
    return JSON.toJSONString(v, SerializerFeature.DisableCircularReferenceDetect);
  }

  static Map<String, Object> segment(File f, Map<Long, Map<String, Object>> byOffset)
      throws Exception {
    ByteBuffer b = map(f);
    long base = Long.parseLong(f.getName());
    int at = 0, records = 0;
    String end = "end of file";
    while (at + 8 <= b.limit()) {
      int size = b.getInt(at), magic = b.getInt(at + 4);
      if (magic == 0xCBD43194) {
        end = "blank record of " + size + " bytes at " + (base + at);
        at += size;
        break;
      }
      if (magic != 0xDAA320A7 && magic != 0xDAA320AB || size < 91 || at + size > b.limit()) {
        end =
            "no record at "
                + (base + at)
                + " (size "
                + size
                + ", magic "
                + Integer.toHexString(magic)
                + ")";
        break;
      }
      MessageExt m =
          MessageDecoder.decode(b.duplicate().position(at).limit(at + size).slice(), true, false);
      if (m == null) {
        wrong("record at %d does not decode", base + at);
        break;
      }
      if (m.getCommitLogOffset() != base + at)
        wrong("record at %d says %d", base + at, m.getCommitLogOffset());
      Map<String, Object> r = new LinkedHashMap<>();
      r.put("physicalOffset", base + at);
      r.put("size", size);
      r.put("version", magic == 0xDAA320A7 ? 1 : 2);
      r.put("topic", m.getTopic());
      r.put("queueId", m.getQueueId());
      r.put("queueOffset", m.getQueueOffset());
      r.put("flag", m.getFlag());
      r.put("sysFlag", m.getSysFlag());
      r.put("bodyCrc", m.getBodyCRC());
      r.put("bornTimestamp", m.getBornTimestamp());
      r.put("bornHost", host(m.getBornHost()));
      r.put("storeTimestamp", m.getStoreTimestamp());
      r.put("storeHost", host(m.getStoreHost()));
      r.put("reconsumeTimes", m.getReconsumeTimes());
      r.put("preparedTransactionOffset", m.getPreparedTransactionOffset());
      r.put("keys", m.getKeys());
      r.put("tags", m.getTags());
      r.put("properties", new TreeMap<>(m.getProperties()));
      r.put("bodySize", m.getBody() == null ? 0 : m.getBody().length);
      r.put("bodySha256", sha(m.getBody()));
      r.put("recordSha256", sha(bytes(b, at, size)));
      byOffset.put(base + at, r);
      records++;
      at += size;
    }
    Map<String, Object> s = new LinkedHashMap<>();
    s.put("file", f.getName());
    s.put("size", f.length());
    s.put("records", records);
    s.put("end", end);
    return s;
  }

  static Map<String, Object> queues(File store, Map<Long, Map<String, Object>> byOffset)
      throws Exception {
    Map<String, Object> all = new TreeMap<>();
    for (File topic : sorted(new File(store, "consumequeue"), false))
      for (File queue : sorted(topic, false)) {
        long min = -1, max = -1;
        int entries = 0, fileSize = 0;
        for (File f : sorted(queue, true)) {
          ByteBuffer b = map(f);
          fileSize = (int) f.length();
          long base = Long.parseLong(f.getName()) / 20;
          for (int i = 0; i + 20 <= b.limit(); i += 20) {
            long physical = b.getLong(i);
            int size = b.getInt(i + 8);
            if (size <= 0) continue;
            long n = base + i / 20;
            if (size == Integer.MAX_VALUE) continue; // filler in front of a queue's first entry
            if (min < 0) min = n;
            max = n;
            entries++;
            Map<String, Object> r = byOffset.get(physical);
            if (r == null) {
              if (!byOffset.isEmpty() && physical >= byOffset.keySet().iterator().next())
                wrong(
                    "%s/%s entry %d points to %d, where no record is",
                    topic.getName(), queue.getName(), n, physical);
              continue;
            }
            if (!r.get("size").equals(size)
                || !r.get("topic").equals(topic.getName())
                || (long) r.get("queueOffset") != n)
              wrong(
                  "%s/%s entry %d does not fit its record %s",
                  topic.getName(), queue.getName(), n, r);
          }
        }
        Map<String, Object> q = new LinkedHashMap<>();
        q.put("min", min);
        q.put("max", max + 1);
        q.put("entries", entries);
        q.put("fileSize", fileSize);
        all.put(topic.getName() + "/" + queue.getName(), q);
      }
    return all;
  }
}
