package dev.mneme.tool.mcp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The authorization server of an MCP server.
 *
 * @param issuer null: it tells nothing about itself
 * @param register where clients make themselves known, null: nowhere
 * @param revoke where tokens are given back (RFC 7009), null: nowhere
 * @param methods how clients may show who they are; empty: not said
 * @param saysIssuer it names itself when the browser comes back (RFC 9207)
 * @param resource what tokens are asked for (RFC 8707), null: the server describes no resource
 * @param scope null: not said
 */
record AuthServer(
        @Nullable String issuer,
        String authorize,
        String token,
        @Nullable String register,
        @Nullable String revoke,
        List<String> methods,
        boolean saysIssuer,
        @Nullable String resource,
        @Nullable String scope) {}
