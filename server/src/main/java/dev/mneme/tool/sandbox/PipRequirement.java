package dev.mneme.tool.sandbox;

import java.util.regex.Pattern;

/** Requirements as pip reads them: a name, extras and versions of the registry; no address, path or option gets through. Pure. */
final class PipRequirement {
    private static final String VERSION = "[A-Za-z0-9][A-Za-z0-9.!+_-]*(\\.\\*)?";
    private static final String LIMITS = "(===|==|~=|!=|<=|>=|<|>) *" + VERSION;
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\\[[A-Za-z0-9._, -]+])?( *" + LIMITS + "( *, *"
                    + LIMITS + ")*)?");
    private static final Pattern EXACT = Pattern.compile(VERSION);
    private static final Pattern RANGE = Pattern.compile(LIMITS + "( *, *" + LIMITS + ")*");
    /** Longer than any name on PyPI with a range. */
    private static final int LONGEST = 200;

    private PipRequirement() {}

    /** Text for pip's command line. Throws {@link RequirementFailed} for what is none. */
    static String text(Requirement requirement) throws RequirementFailed {
        String name = requirement.name().strip();
        String version =
                requirement.version() == null ? "" : requirement.version().strip();
        if (name.length() > LONGEST || !NAME.matcher(name).matches()) {
            throw new RequirementFailed("'" + name + "' is no name of a package on PyPI");
        }
        if (version.isEmpty()) {
            return name.replace(" ", "");
        }
        boolean range = RANGE.matcher(version).matches();
        if (version.length() > LONGEST || !(range || EXACT.matcher(version).matches())) {
            throw new RequirementFailed("'" + version + "' is no version of " + name);
        }
        return (name + (range ? "" : "==") + version).replace(" ", "");
    }
}
