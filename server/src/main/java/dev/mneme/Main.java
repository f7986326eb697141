package dev.mneme;

import dev.mneme.cli.Cli;
import dev.mneme.cli.Console;

/** The process: hands the command line what it needs and ends with its exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Cli.run(args, System.getenv(), Mneme::start, Console.system(System.getenv())));
    }
}
