package dev.mneme.tool.sandbox;

/** Packages that could not be had; the message says why, for the author of the tool. */
public final class RequirementFailed extends Exception {
    private static final long serialVersionUID = 1;

    public RequirementFailed(String why) {
        super(why, null, false, false);
    }
}
