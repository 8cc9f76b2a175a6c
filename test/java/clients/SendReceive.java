import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/**
 * Acceptance of a broker through the unmodified Java remoting client: one PASS or FAIL line per
 * feature.
 *
 * <p>Usage: SendReceive namesrv [feature...|all|list] [-j parallel] [--binary] [--cluster name]
 * [--acl access-key:secret-key]. Exit code: number of failures, 0 to 100.
 */
public final class SendReceive extends Acceptance {
  private static final Map<String, Feature> FEATURES = new LinkedHashMap<>();

  public static void main(String[] args) throws Exception {
    List<String> wanted = new ArrayList<>();
    int parallel = 1;
    for (int i = 1; i < args.length; i++)
      switch (args[i]) {
        case "-j" -> parallel = Integer.parseInt(args[++i]);
        case "--binary" -> System.setProperty("rocketmq.serialize.type", "ROCKETMQ");
        case "--cluster" -> cluster = args[++i];
        case "--acl" -> {
          String[] key = args[++i].split(":", 2);
          hook = new AclClientRPCHook(new SessionCredentials(key[0], key[1]));
        }
        default -> wanted.add(args[i]);
      }
    boolean binary = "ROCKETMQ".equals(System.getProperty("rocketmq.serialize.type"));
    SendFeatures.define(FEATURES);
    ConsumeFeatures.define(FEATURES);
    RedeliveryFeatures.define(FEATURES);
    AdminFeatures.define(FEATURES);
    if (args.length == 0 || wanted.contains("list")) {
      FEATURES.keySet().forEach(System.out::println);
      System.exit(args.length == 0 ? 2 : 0);
    }
    if (wanted.isEmpty() || wanted.contains("all")) {
      wanted = new ArrayList<>(FEATURES.keySet());
      if (binary) wanted.removeIf(f -> f.startsWith("pop"));
    }
    for (String f : wanted)
      if (!FEATURES.containsKey(f)) {
        System.err.println("no feature '" + f + "'; `list` prints them");
        System.exit(2);
      }
    namesrv = args[0];
    admin = new DefaultMQAdminExt(hook, 10_000);
    admin.setNamesrvAddr(namesrv);
    admin.setAdminExtGroup("g_admin_" + System.nanoTime());
    admin.start();
    AtomicInteger failed = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(parallel);
    for (String name : wanted)
      pool.submit(
          () -> {
            Feature.Context context = new Feature.Context(name.replace('-', '_'));
            long start = System.nanoTime();
            String outcome = "PASS", why = "";
            try {
              FEATURES.get(name).run(context);
            } catch (Throwable e) {
              outcome = "FAIL";
              why = "  " + (e instanceof AssertionError ? e.getMessage() : e + at(e));
              failed.incrementAndGet();
            }
            for (AutoCloseable c : context.open)
              try {
                c.close();
              } catch (Throwable ignored) {
              }
            System.out.printf(
                "%s %-22s %6.1f s%s%n", outcome, name, (System.nanoTime() - start) / 1e9, why);
          });
    pool.shutdown();
    pool.awaitTermination(1, TimeUnit.HOURS);
    System.out.printf("%d passed, %d failed%n", wanted.size() - failed.get(), failed.get());
    admin.shutdown();
    System.exit(Math.min(100, failed.get()));
  }
}
