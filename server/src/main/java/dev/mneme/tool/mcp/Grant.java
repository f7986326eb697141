package dev.mneme.tool.mcp;

import org.jspecify.annotations.Nullable;

/**
 * Everything that is needed to turn a code, or a refresh token, into tokens; kept sealed. Prints without its secrets.
 *
 * @param url the MCP server
 * @param issuer of the authorization server, null: it told nothing about itself
 * @param saysIssuer it promised to name itself when the browser comes back (RFC 9207)
 * @param revocationEndpoint where tokens are given back, null: nowhere, or not known when this was stored
 * @param method how the client shows who it is: client_secret_post, client_secret_basic or none
 * @param resource what the tokens shall be good for (RFC 8707), null: not sent
 * @param verifier of PKCE; empty once it was used
 */
record Grant(
        String url,
        @Nullable String issuer,
        boolean saysIssuer,
        String tokenEndpoint,
        @Nullable String revocationEndpoint,
        String clientId,
        @Nullable String clientSecret,
        String method,
        String redirectUri,
        @Nullable String resource,
        String verifier) {
    Grant used() {
        return new Grant(
                url,
                issuer,
                saysIssuer,
                tokenEndpoint,
                revocationEndpoint,
                clientId,
                clientSecret,
                method,
                redirectUri,
                resource,
                "");
    }

    @Override
    public String toString() {
        return "Grant[" + tokenEndpoint + "]";
    }
}
