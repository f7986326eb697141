package dev.mneme.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Many background streams at once, and many readers of one run: how late tokens are, what it costs in processor time and memory. The
 * server is a process of its own; the model and the readers share this one.
 *
 * <pre>java -cp … dev.mneme.load.FanOut LAUNCHER FOLDER [STREAMS 500] [TOKENS 200] [PACE_MS 50]</pre>
 *
 * LAUNCHER is {@code ./mneme}, FOLDER a new data folder.
 */
public final class FanOut {
    private static final Pattern TOKEN = Pattern.compile("(\\d{6,})~ ");
    private static final Pattern ID = Pattern.compile("\"id\":\"(agent-[0-9a-f-]{36})\"");
    private static final Pattern RUN = Pattern.compile("\"run_id\":\"(run-[0-9a-f-]{36})\"");
    /** Runs in the comparison of one reader with ten. */
    private static final int SHARED = 40;

    private final int port;
    private final long pid;
    private final int tokens;
    private final double modelSeconds;

    private FanOut(int port, long pid, int tokens, long pace) {
        this.port = port;
        this.pid = pid;
        this.tokens = tokens;
        this.modelSeconds = tokens * pace / 1000.0;
    }

    public static void main(String[] args) throws Exception {
        int streams = args.length > 2 ? Integer.parseInt(args[2]) : 500;
        int tokens = args.length > 3 ? Integer.parseInt(args[3]) : 200;
        long pace = args.length > 4 ? Long.parseLong(args[4]) : 50;
        int port;
        try (var free = new java.net.ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (FakeTokens model = new FakeTokens(tokens, pace)) {
            ProcessBuilder command = new ProcessBuilder(args[0], "server", "--port", String.valueOf(port));
            command.environment().put("MNEME_DIR", args[1]);
            command.environment().put("OPENAI_BASE_URL", "http://127.0.0.1:" + model.port() + "/v1");
            command.environment().put("OPENAI_API_KEY", "sk-bench");
            Process server = command.redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.to(Path.of(args[1] + ".log").toFile()))
                    .start();
            try {
                FanOut bench = new FanOut(port, server.pid(), tokens, pace);
                bench.run(streams);
            } finally {
                server.destroy();
                server.waitFor(30, TimeUnit.SECONDS);
            }
        }
    }

    private void run(int streams) throws Exception {
        healthy();
        List<String> agents = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            agents.add(agent(i));
        }
        System.out.printf("idle after %d agents: %d MB%n", streams, megabytes("VmRSS"));
        together("warm-up", agents.subList(0, Math.min(100, streams)));
        for (int round = 1; round <= 2; round++) {
            together(streams + " streams, round " + round, agents);
        }
        System.out.printf("memory: %d MB now, %d MB at most%n", megabytes("VmRSS"), megabytes("VmHWM"));
        List<String> few = agents.subList(0, Math.min(SHARED, streams));
        double one = shared(few, 1);
        double ten = shared(few, 10);
        double again = shared(few, 1);
        System.out.printf(
                "%d runs with one reader each: %.2f s of processor time (again: %.2f); with ten: %.2f s; ratio %.2f%n",
                few.size(), one, again, ten, ten / ((one + again) / 2));
    }

    private void together(String what, List<String> agents) throws Exception {
        ConcurrentLinkedQueue<Long> late = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Double> seconds = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        CountDownLatch done = new CountDownLatch(agents.size());
        double before = processor();
        long begun = System.nanoTime();
        for (String agent : agents) {
            Thread.startVirtualThread(() -> {
                long started = System.nanoTime();
                try {
                    int got = read(open("POST", "/v1/agents/" + agent + "/messages/stream", BODY), late, null);
                    if (got != tokens) {
                        wrong.add(agent + " got " + got + " tokens");
                    }
                    seconds.add((System.nanoTime() - started) / 1e9);
                } catch (IOException | RuntimeException e) {
                    wrong.add(agent + ": " + e);
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        long[] sorted = late.stream().mapToLong(Long::longValue).sorted().toArray();
        double slowest = seconds.isEmpty() ? Double.NaN : Collections.max(seconds);
        System.out.printf(
                "%s: tokens late p50 %.1f ms, p99 %.1f ms, worst %.1f ms; slowest stream %.2f s (the model's own %.2f s, %+.1f %%); "
                        + "%.2f s of processor time in %.2f s; %d MB; wrong %d %s%n",
                what,
                at(sorted, 0.5),
                at(sorted, 0.99),
                at(sorted, 1),
                slowest,
                modelSeconds,
                (slowest / modelSeconds - 1) * 100,
                processor() - before,
                (System.nanoTime() - begun) / 1e9,
                megabytes("VmRSS"),
                wrong.size(),
                wrong.peek());
    }

    private static final String BODY =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"go\"}],\"stream_tokens\":true,\"background\":true}";

    /** Processor seconds of the server for these agents' runs, each with so many readers. */
    private double shared(List<String> agents, int readers) throws Exception {
        CountDownLatch done = new CountDownLatch(agents.size() * readers);
        ConcurrentLinkedQueue<Long> ignored = new ConcurrentLinkedQueue<>();
        double before = processor();
        for (String agent : agents) {
            Thread.startVirtualThread(() -> {
                try {
                    read(open("POST", "/v1/agents/" + agent + "/messages/stream", BODY), ignored, run -> {
                        for (int i = 1; i < readers; i++) {
                            Thread.startVirtualThread(() -> follow(run, ignored, done));
                        }
                    });
                } catch (IOException e) {
                    System.out.println(e);
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        return processor() - before;
    }

    private void follow(String run, ConcurrentLinkedQueue<Long> late, CountDownLatch done) {
        try {
            int got = read(open("POST", "/v1/runs/" + run + "/stream", "{\"starting_after\":0}"), late, null);
            if (got != tokens) {
                System.out.println("a reader got " + got + " tokens");
            }
        } catch (IOException e) {
            System.out.println(e);
        } finally {
            done.countDown();
        }
    }

    private interface Begun {
        void with(String runId);
    }

    /** Reads a stream to its end; gives the number of tokens. */
    private int read(Socket stream, ConcurrentLinkedQueue<Long> late, Begun begun) throws IOException {
        int got = 0;
        boolean told = begun == null;
        try (stream;
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("data: ")) {
                    continue;
                }
                long now = System.nanoTime();
                Matcher token = TOKEN.matcher(line);
                while (token.find()) {
                    got++;
                    late.add(now - Long.parseLong(token.group(1)));
                }
                if (!told) {
                    Matcher run = RUN.matcher(line);
                    if (run.find()) {
                        told = true;
                        begun.with(run.group(1));
                    }
                }
            }
        }
        return got;
    }

    private Socket open(String method, String path, String body) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream()
                .write((method + " " + path + " HTTP/1.1\r\nHost: localhost:" + port
                                + "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
                                + bytes.length + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private String all(String method, String path, String body) throws IOException {
        try (Socket socket = open(method, path, body)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void healthy() throws InterruptedException {
        for (int i = 0; i < 600; i++) {
            try {
                if (all("GET", "/v1/health/", "").contains("\"ok\"")) {
                    return;
                }
            } catch (IOException e) {
                // not up yet
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("the server did not become healthy");
    }

    private String agent(int number) throws IOException {
        String made = all(
                "POST",
                "/v1/agents/",
                "{\"name\":\"fan" + number
                        + "\",\"model\":\"openai/gpt-4o\",\"memory_blocks\":[{\"label\":\"human\",\"value\":\"x\"}]}");
        Matcher id = ID.matcher(made);
        if (!id.find()) {
            throw new IllegalStateException(made);
        }
        return id.group(1);
    }

    private static double at(long[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)] / 1e6;
    }

    /** Seconds that the server's process has used so far. */
    private double processor() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    private long megabytes(String which) throws IOException {
        return Arrays.stream(Files.readString(Path.of("/proc/" + pid + "/status"))
                                .split("\n", -1))
                        .filter(line -> line.startsWith(which + ":"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElse(0)
                / 1024;
    }
}
