package dev.mneme.tool.sandbox.inmate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Compiles a single source and reads the schema of the method that is the tool, from its signature and its Javadoc. Runs nothing of it. */
final class SourceReader {
    /** Errors that are handed on. */
    private static final int MOST_ERRORS = 5;

    private static final String WANTS_MAIN = "does.not.have.main.method";

    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "(?m)^\\s*public\\s+(?:(?:final|abstract|sealed|strictfp)\\s+)*(?:class|record|interface|enum)\\s+(\\w+)");

    private final Memory files;
    private final DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    private final JavacTask task;

    private SourceReader(String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        this.files = new Memory(compiler.getStandardFileManager(problems, Locale.ROOT, null));
        Matcher named = PUBLIC_TYPE.matcher(source);
        String file = named.find() ? named.group(1) : "Tool";
        List<String> options = List.of("-proc:none", "-parameters", "-g", "-Xlint:none", "-classpath", "");
        this.task =
                (JavacTask) compiler.getTask(null, files, problems, options, null, List.of(new Source(file, source)));
    }

    /** Why the source is no tool, with the line. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String why) {
            super(why, null, false, false);
        }
    }

    /** function null: the source decides; without any method but main it is a whole program. */
    static Compiled read(String source, @Nullable String function, boolean argumentsGiven) throws Refused {
        SourceReader reader = new SourceReader(source);
        try {
            return reader.read(function, argumentsGiven);
        } catch (Refused e) {
            if (!reader.wantsMain()) {
                throw e;
            }
            return new SourceReader(source + "\nvoid main() {}\n").read(function, argumentsGiven);
        }
    }

    private Compiled read(@Nullable String function, boolean argumentsGiven) throws Refused {
        try {
            CompilationUnitTree unit = null;
            for (CompilationUnitTree parsed : task.parse()) {
                unit = parsed;
            }
            List<TypeElement> types = new ArrayList<>();
            for (Element element : task.analyze()) {
                if (element instanceof TypeElement type && type.getNestingKind() == NestingKind.TOP_LEVEL) {
                    types.add(type);
                }
            }
            refuseErrors();
            ExecutableElement method = chosen(types, function);
            String main = method == null
                    ? program(types)
                    : name((TypeElement) Objects.requireNonNull(method.getEnclosingElement()));
            ObjectNode schema = method == null ? null : schema(method, unit, argumentsGiven);
            task.generate(); // what the compiler knew of the source is gone after this
            refuseErrors();
            return new Compiled(main, files.classes(), schema);
        } catch (IOException | IllegalStateException e) {
            throw new Refused("the compiler gave up on the source: " + e.getMessage());
        }
    }

    /** Whether only a main method is missing: methods without a class around them need one (Java 25). */
    private boolean wantsMain() {
        return problems.getDiagnostics().stream()
                .anyMatch(each -> String.valueOf(each.getCode()).endsWith(WANTS_MAIN));
    }

    private void refuseErrors() throws Refused {
        List<String> errors = problems.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .limit(MOST_ERRORS)
                .map(each -> "line " + each.getLineNumber() + ": "
                        + each.getMessage(Locale.ROOT)
                                .lines()
                                .map(String::strip)
                                .collect(Collectors.joining(" ")))
                .toList();
        if (!errors.isEmpty()) {
            throw new Refused("The source does not compile: " + String.join("; ", errors));
        }
    }

    /** The method of that name, else the only or last public static one; in a source without a class: the last that is not private. */
    private static @Nullable ExecutableElement chosen(List<TypeElement> types, @Nullable String function) {
        ExecutableElement last = null;
        for (TypeElement type : types) {
            for (Element element : type.getEnclosedElements()) {
                if (!(element instanceof ExecutableElement method) || method.getKind() != ElementKind.METHOD) {
                    continue;
                }
                String name = method.getSimpleName().toString();
                if (name.equals(function)) {
                    return method;
                }
                boolean implicit = isImplicit(type);
                boolean open = implicit
                        ? !method.getModifiers().contains(Modifier.PRIVATE)
                        : method.getModifiers().contains(Modifier.PUBLIC)
                                && method.getModifiers().contains(Modifier.STATIC);
                if (open && !name.equals("main")) {
                    last = method;
                }
            }
        }
        return last;
    }

    /** A class that nobody wrote: Java 25 makes one around methods that stand alone. */
    private static boolean isImplicit(TypeElement type) {
        return type.getSimpleName().contentEquals("Tool")
                && type.getModifiers().contains(Modifier.FINAL)
                && !type.getModifiers().contains(Modifier.PUBLIC);
    }

    private String name(TypeElement type) {
        return task.getElements().getBinaryName(type).toString();
    }

    private String program(List<TypeElement> types) throws Refused {
        for (TypeElement type : types) {
            for (Element element : type.getEnclosedElements()) {
                if (element.getKind() == ElementKind.METHOD
                        && element.getSimpleName().contentEquals("main")) {
                    return name(type);
                }
            }
        }
        throw new Refused("There is no public static method in the source");
    }

    private ObjectNode schema(ExecutableElement method, @Nullable CompilationUnitTree unit, boolean argumentsGiven)
            throws Refused {
        DocTrees trees = DocTrees.instance(task);
        DocCommentTree comment = trees.getDocCommentTree(method);
        String name = method.getSimpleName().toString();
        String description = comment == null ? "" : words(comment.getFullBody());
        if (description.isEmpty() && !argumentsGiven) {
            throw new Refused("Method " + name + " missing Javadoc comment (line " + line(trees, unit, method) + ")");
        }
        ObjectNode schema = Values.MAPPER.createObjectNode().put("name", name).put("description", description);
        ObjectNode parameters = schema.putObject("parameters").put("type", "object");
        ObjectNode properties = parameters.putObject("properties");
        var required = parameters.putArray("required");
        Map<String, String> said = comment == null ? Map.of() : said(comment);
        JsonTypes types = new JsonTypes(task.getTypes(), element -> {
            DocCommentTree tree = trees.getDocCommentTree(element);
            return tree == null ? Map.of() : said(tree);
        });
        for (VariableElement parameter : argumentsGiven ? List.<VariableElement>of() : method.getParameters()) {
            String each = parameter.getSimpleName().toString();
            JsonTypes.Found found = types.of(parameter.asType(), 0);
            if (found.schema() == null) {
                throw new Refused(
                        "Parameter '" + each + "' in method '" + name + "' (line " + line(trees, unit, parameter)
                                + ") has the type " + parameter.asType() + ", which has no JSON schema");
            }
            if (said.containsKey(each)) {
                found.schema().put("description", said.get(each));
            }
            properties.set(each, found.schema());
            if (!found.optional()) {
                required.add(each);
            }
        }
        return schema;
    }

    private static long line(DocTrees trees, @Nullable CompilationUnitTree unit, Element element) {
        TreePath path = trees.getPath(element);
        return unit == null || path == null
                ? 0
                : unit.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(unit, path.getLeaf()));
    }

    /** What the tags {@code @param} say. */
    private static Map<String, String> said(DocCommentTree comment) {
        Map<String, String> said = new LinkedHashMap<>();
        for (DocTree tag : comment.getBlockTags()) {
            if (tag instanceof ParamTree param) {
                said.put(param.getName().toString(), words(param.getDescription()));
            }
        }
        return said;
    }

    private static String words(List<? extends DocTree> trees) {
        return trees.stream()
                .map(Object::toString)
                .collect(Collectors.joining())
                .strip();
    }

    /** The source. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** A class file in memory. */
    private static final class Target extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Target(String name, Kind kind) {
            super(URI.create("mem:///" + name.replace('.', '/') + kind.extension), kind);
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    /** Keeps class files in memory. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, Target> targets = new LinkedHashMap<>();

        Memory(JavaFileManager manager) {
            super(manager);
        }

        Map<String, byte[]> classes() {
            Map<String, byte[]> classes = new LinkedHashMap<>();
            targets.forEach((name, target) -> classes.put(name, target.bytes.toByteArray()));
            return classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, @Nullable FileObject sibling) {
            return targets.computeIfAbsent(name, each -> new Target(each, kind));
        }
    }
}
