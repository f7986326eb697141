package dev.mneme.turn;

import java.util.function.Consumer;

/** Reads the inside of a JSON string one character at a time. Halves of a surrogate pair come out together. Confined to one thread. */
final class Escapes {
    private boolean escaped;
    private int hexLeft;
    private int hex;
    private char high;

    /** Takes a character; plain hears what it stands for. True: it was the quote that ends the string. */
    boolean ends(char c, Consumer<String> plain) {
        if (hexLeft > 0) {
            hex = hex * 16 + Math.max(0, Character.digit(c, 16));
            if (--hexLeft == 0) {
                out((char) hex, plain);
            }
            return false;
        }
        if (escaped) {
            escaped = false;
            if (c == 'u') {
                hexLeft = 4;
                hex = 0;
            } else {
                out(meaning(c), plain);
            }
            return false;
        }
        if (c == '\\') {
            escaped = true;
            return false;
        }
        if (c == '"') {
            high = 0;
            return true;
        }
        out(c, plain);
        return false;
    }

    private void out(char c, Consumer<String> plain) {
        if (Character.isHighSurrogate(c)) {
            high = c;
        } else if (Character.isLowSurrogate(c)) {
            if (high != 0) {
                plain.accept("" + high + c);
            }
            high = 0;
        } else if (c != 0) {
            // A half without its other half, and the zero character, are nothing that can be stored.
            high = 0;
            plain.accept(String.valueOf(c));
        }
    }

    private static char meaning(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> c;
        };
    }
}
