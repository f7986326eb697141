package dev.mneme.base;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses that share their first bits, written as {@code 10.0.0.0/8} or {@code fc00::/7}. */
record AddressRange(InetAddress first, int bits) {
    /** Only numbers: a name must never be looked up here. */
    private static final Pattern FORM = Pattern.compile("([0-9a-fA-F:.]*[:.][0-9a-fA-F:.]*)/([0-9]{1,3})");

    /** Throws INVALID_ARGUMENT, naming the text, when it is no range. Bits beyond the prefix are ignored, as routers do. */
    static AddressRange parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw malformed(text);
        }
        try {
            InetAddress first = InetAddress.ofLiteral(form.group(1));
            int bits = Integer.parseInt(form.group(2));
            if (bits > first.getAddress().length * Byte.SIZE) {
                throw malformed(text);
            }
            return new AddressRange(first, bits);
        } catch (IllegalArgumentException e) {
            throw malformed(text);
        }
    }

    boolean holds(InetAddress address) {
        byte[] own = first.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> i % Byte.SIZE;
            if ((own[i / Byte.SIZE] & mask) != (other[i / Byte.SIZE] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static Problem malformed(String text) {
        return Problem.invalid(
                text
                        + " is no range of addresses: write the first address and the number of bits, as in 10.0.0.0/8 or fc00::/7");
    }
}
