package dev.mneme.sim;

import static dev.mneme.testkit.Deskware.ORG;
import static dev.mneme.testkit.Deskware.USER;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.Content;
import dev.mneme.message.Role;
import dev.mneme.run.LogReader;
import dev.mneme.run.RunOptions;
import dev.mneme.run.Submit;
import dev.mneme.run.Submitted;
import dev.mneme.store.Mortal;
import dev.mneme.turn.InputMessage;
import dev.mneme.turn.TurnOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One seeded run: some agents, two to eight clients that talk to them at once, repeat themselves, leave and cancel, while the provider and
 * the tools fail and the process dies up to three times. In the end the invariants must hold.
 */
final class Trial {
    /** How long everything may take to come to rest, ms. A healthy trial needs some hundred. */
    private static final long PATIENCE_MS = 20_000;
    /** Deaths in one trial at most. */
    private static final int DEATHS = 3;

    private final long seed;
    private final Fate fate;
    private final FickleModels models;
    private final World world;
    private final List<String> agents = new ArrayList<>();
    private final List<Letter> letters = new ArrayList<>();
    private final Map<String, Boolean> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger deaths = new AtomicInteger();

    Trial(long seed, Mortal disk) {
        this.seed = seed;
        this.fate = new Fate(seed, "trial");
        this.models = new FickleModels(new Fate(seed, "model"));
        this.world = new World(disk, models, new Fate(seed, "tool"));
    }

    /** What a client wants to say, and how often it has tried. */
    private static final class Letter {
        private final String agentId;
        private final String otid;
        private final String text;
        private final int sender;
        private boolean done;

        Letter(String agentId, String otid, String text, int sender) {
            this.agentId = agentId;
            this.otid = otid;
            this.text = text;
            this.sender = sender;
        }
    }

    /** Runs the trial; the answer is what is wrong, in words, and empty when nothing is. */
    List<String> run() throws InterruptedException {
        world.live(write -> Mortal.Moment.NEVER);
        int many = fate.between(1, 2);
        for (int i = 0; i < many; i++) {
            agents.add(world.agent(fate));
        }
        int senders = fate.between(2, 8);
        for (int i = 0; i < senders; i++) {
            int count = fate.between(1, 2);
            for (int n = 0; n < count; n++) {
                letters.add(new Letter(fate.one(agents), "s" + seed + "-" + i + "-" + n, "message " + i + "." + n, i));
            }
        }
        int lives = fate.between(0, DEATHS);
        for (int i = 0; i < lives; i++) {
            reborn(deadly());
            talk(senders);
        }
        reborn(write -> Mortal.Moment.NEVER);
        talk(senders);
        models.calmDown();
        return new Invariants(world, agents, acknowledged, models).check(PATIENCE_MS);
    }

    /** A fate that kills at one write of the life to come. */
    private LongFunction<Mortal.Moment> deadly() {
        int at = fate.between(1, 40);
        Mortal.Moment how = fate.percent(50) ? Mortal.Moment.BEFORE_COMMIT : Mortal.Moment.AFTER_COMMIT;
        return write -> write == at ? how : Mortal.Moment.NEVER;
    }

    private void reborn(LongFunction<Mortal.Moment> next) {
        if (fate.percent(20)) {
            world.jump(Duration.ofMinutes(fate.between(1, 300)));
        }
        try {
            world.live(next);
        } catch (Mortal.Died e) {
            // It died while it started: the next life finds what it left.
            deaths.incrementAndGet();
            reborn(write -> Mortal.Moment.NEVER);
        }
    }

    /** All clients say what they have to say, until everything is said or the server dies. */
    private void talk(int senders) throws InterruptedException {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < senders; i++) {
            int me = i;
            Fate mine = new Fate(seed, "client" + i + "." + deaths.get());
            clients.add(Thread.ofVirtual().start(() -> client(me, mine)));
        }
        Thread person = Thread.ofVirtual().start(() -> person(new Fate(seed, "person." + deaths.get())));
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        for (Thread client : clients) {
            while (!client.join(Duration.ofMillis(5))) {
                if (world.dead() || System.nanoTime() > end) {
                    // The connection broke with the server.
                    client.interrupt();
                }
            }
        }
        person.interrupt();
        person.join();
        if (world.dead()) {
            deaths.incrementAndGet();
        }
    }

    /** Answers what waits for a person: late, twice, in part or with a call that nobody made; sometimes stops everything instead. */
    private void person(Fate mine) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(mine.between(1, 12));
                String agent = mine.one(agents);
                answer(agent, mine);
                if (mine.percent(8)) {
                    world.ware().desk.cancel(ORG, world.ware().desk.cancellable(ORG, agent, null));
                }
            }
        } catch (InterruptedException | Mortal.Died e) {
            // Everything was said, or the server died.
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                throw e;
            }
            // The same, in the middle of a wait for the database.
        }
    }

    private void answer(String agent, Fate mine) {
        List<String> pending = world.pending(agent);
        if (pending.isEmpty() || mine.percent(40)) {
            return;
        }
        ArrayNode answers = Json.array();
        for (String call : pending) {
            if (mine.percent(95)) {
                answers.addObject()
                        .put("type", "approval")
                        .put("tool_call_id", mine.percent(4) ? "call_nobody" : call)
                        .put("approve", mine.percent(60));
            }
        }
        int times = mine.percent(25) ? 2 : 1;
        for (int i = 0; i < times; i++) {
            try {
                send(agent, InputMessage.answer(Json.write(answers), null, null), null, "answer" + pending, false);
            } catch (Problem e) {
                // Wrong, too late or one too many: refused in words.
            }
        }
    }

    private void client(int me, Fate mine) {
        for (Letter letter : letters) {
            if (letter.sender != me || letter.done) {
                continue;
            }
            try {
                say(letter, mine);
                letter.done = true;
            } catch (Mortal.Died e) {
                // Like a cut connection: the client does not know whether it was heard. Most try again in the next
                // life.
                letter.done = mine.percent(30);
                return;
            } catch (Problem e) {
                // Refused in words: nothing was taken in, and the client goes on.
                letter.done = true;
                if (e.code() == ProblemCode.PENDING_APPROVAL) {
                    decide(letter.agentId, mine);
                }
            }
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
        }
    }

    /** Somebody answers what the agent asks, sometimes twice, sometimes too late. */
    private void decide(String agentId, Fate mine) {
        try {
            String verdict = Verdicts.on(world.ware(), agentId, mine.percent(70));
            int times = mine.percent(25) ? 2 : 1;
            for (int i = 0; i < times; i++) {
                world.ware().answer(agentId, verdict, RunOptions.blocking());
            }
        } catch (Problem | Mortal.Died e) {
            // Answered by another client already, or cut off: the end of the trial asks again.
        }
    }

    private void say(Letter letter, Fate mine) {
        boolean tokens = mine.percent(40);
        boolean repeats = mine.percent(15);
        Submitted sent = send(letter, tokens);
        acknowledged.put(letter.otid, true);
        if (repeats) {
            send(letter, tokens);
        }
        if (mine.percent(20)) {
            // Leaves at once.
            return;
        }
        LogReader reader = world.ware().desk.follow(ORG, sent.runId(), 0);
        int patience = mine.percent(15) ? mine.between(1, 4) : Integer.MAX_VALUE;
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (!reader.ended() && patience-- > 0 && !Thread.currentThread().isInterrupted()) {
            reader.next(Duration.ofMillis(50));
            if (System.nanoTime() > end) {
                throw new IllegalStateException("run " + sent.runId() + " does not end");
            }
        }
    }

    private Submitted send(Letter letter, boolean tokens) {
        InputMessage message =
                new InputMessage(Role.USER, List.of(new Content.Text(letter.text)), letter.otid, null, null, null);
        return send(letter.agentId, message, letter.otid, letter.text, tokens);
    }

    private Submitted send(String agent, InputMessage message, @Nullable String otid, String body, boolean tokens) {
        RunOptions how =
                RunOptions.blocking(TurnOptions.DEFAULTS.withMaxSteps(4).withTokens(tokens));
        return world.ware().desk.submit(new Submit(ORG, USER, agent, null, List.of(message), how, otid, body, false));
    }
}
