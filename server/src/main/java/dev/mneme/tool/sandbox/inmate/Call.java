package dev.mneme.tool.sandbox.inmate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One call of a method, with classes of its own: nothing static outlives it. Runs on its own thread; read after that has ended. */
final class Call implements Runnable {
    private static final int LONGEST_ERROR = 1_000;

    private final JsonNode job;
    private final Output stdout;
    private final Output stderr;
    private volatile @Nullable Object out;
    private volatile @Nullable Object err;
    private volatile @Nullable String why;
    private volatile String result = "null";

    Call(JsonNode job, Output stdout, Output stderr) {
        this.job = job;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /** Why it did not come to its end, null: it did. */
    @Nullable
    String why() {
        return why;
    }

    String result() {
        return result;
    }

    String said(Output output) {
        return output.said(output == stdout ? out : err);
    }

    @Override
    public void run() {
        out = stdout.begin();
        err = stderr.begin();
        System.setOut(stdout.stream());
        PrintStream errors = stderr.stream();
        System.setErr(errors);
        try {
            JsonNode value = Values.result(value());
            ObjectNode left = Values.MAPPER.createObjectNode();
            left.set("value", value);
            left.put("text", value.isTextual() ? value.textValue() : "");
            result = left.toString();
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof OutOfMemoryError) {
                why = "memory";
                return;
            }
            trace(cause, errors);
            result = error(cause);
        } catch (OutOfMemoryError e) {
            why = "memory";
        } catch (Throwable e) { // whatever foreign classes throw when they are loaded is their result
            result = error(e);
        }
    }

    private @Nullable Object value() throws Exception {
        Loader loader = new Loader(job.path("classes"));
        Thread.currentThread().setContextClassLoader(loader);
        String function = job.path("function").textValue();
        Class<?> main = function == null
                ? loader.program()
                : loader.loadClass(job.path("main").asText());
        Method method = function == null ? find(main, "main") : find(main, function);
        Parameter[] parameters = method.getParameters();
        @Nullable Object[] given = new Object[parameters.length];
        for (int i = 0; i < given.length; i++) {
            given[i] = function == null
                    ? new String[0]
                    : Values.argument(
                            parameters[i].getName(),
                            job.path("arguments").get(parameters[i].getName()),
                            parameters[i].getParameterizedType());
        }
        Object on = null;
        if (!Modifier.isStatic(method.getModifiers())) {
            var constructor = main.getDeclaredConstructor();
            constructor.setAccessible(true);
            on = constructor.newInstance();
        }
        method.setAccessible(true);
        Object value = method.invoke(on, given);
        return value instanceof Future<?> future ? future.get() : value;
    }

    private static Method find(Class<?> main, String name) throws NoSuchMethodException {
        for (Method method : main.getDeclaredMethods()) {
            if (method.getName().equals(name) && !method.isSynthetic()) {
                return method;
            }
        }
        throw new NoSuchMethodException(main.getName() + " has no method " + name);
    }

    private static String error(Throwable thrown) {
        String text =
                thrown.getClass().getSimpleName() + (thrown.getMessage() == null ? ": " : ": " + thrown.getMessage());
        return Values.MAPPER
                .createObjectNode()
                .put("error", text.substring(0, Math.min(LONGEST_ERROR, text.length())))
                .toString();
    }

    /** Without our own frames, which tell the author nothing. */
    private static void trace(Throwable thrown, PrintStream errors) {
        StackTraceElement[] frames = thrown.getStackTrace();
        int own = 0;
        while (own < frames.length
                && !frames[own].getClassName().startsWith("jdk.internal.reflect.")
                && !frames[own].getClassName().startsWith("java.lang.reflect.")) {
            own++;
        }
        StackTraceElement[] kept = new StackTraceElement[own];
        System.arraycopy(frames, 0, kept, 0, own);
        thrown.setStackTrace(kept);
        thrown.printStackTrace(errors);
        errors.flush();
    }

    /** The classes of one call; of ours it sees nothing. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> files = new LinkedHashMap<>();

        Loader(JsonNode classes) {
            super(ClassLoader.getPlatformClassLoader());
            classes.properties()
                    .forEach(each -> files.put(
                            each.getKey(),
                            Base64.getDecoder().decode(each.getValue().asText())));
        }

        /** The class with a main method. */
        Class<?> program() throws ReflectiveOperationException {
            for (String name : files.keySet()) {
                Class<?> type = loadClass(name);
                for (Method method : type.getDeclaredMethods()) {
                    if (method.getName().equals("main") && !method.isSynthetic()) {
                        return type;
                    }
                }
            }
            throw new NoSuchMethodException("the program has no main method");
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] file = files.get(name);
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, file, 0, file.length);
        }
    }
}
