package dev.mneme.tool.sandbox.inmate;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Gives up root for a user that owns nothing. The C library does it for all threads. */
final class OwnUser {
    private OwnUser() {}

    static void become(int uid) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            if ((int) call(linker, "getuid").invokeExact() != 0) {
                return;
            }
            MethodHandle groups = linker.downcallHandle(
                    linker.defaultLookup().find("setgroups").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
            MemorySegment none = arena.allocate(4);
            check((int) groups.invokeExact(0L, none));
            check((int) call(linker, "setgid", ValueLayout.JAVA_INT).invokeExact(uid));
            check((int) call(linker, "setuid", ValueLayout.JAVA_INT).invokeExact(uid));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle call(Linker linker, String name, ValueLayout... arguments) {
        return linker.downcallHandle(
                linker.defaultLookup().find(name).orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    private static void check(int result) {
        if (result != 0) {
            throw new IllegalStateException("the user could not be changed");
        }
    }
}
