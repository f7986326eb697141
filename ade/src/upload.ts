import { api } from "./api";

/** The official client over a request that tells how much of its body has left, which fetch does not. told: a share, 0 to 1. */
export const telling = (told: (share: number) => void) =>
  api.withOptions({
    maxRetries: 0,
    fetch: Object.assign(
      (input: RequestInfo | URL, init: RequestInit = {}) =>
        new Promise<Response>((then, fail) => {
          const request = new XMLHttpRequest();
          request.open(init.method ?? "POST", String(input instanceof Request ? input.url : input));
          // The browser says itself which one it is, and grumbles when a script does.
          new Headers(init.headers).forEach((value, name) => name !== "user-agent" && request.setRequestHeader(name, value));
          request.responseType = "text";
          request.upload.onprogress = (sent) => sent.lengthComputable && told(sent.loaded / sent.total);
          request.onload = () => then(new Response(request.responseText || null, { status: request.status, headers: { "content-type": request.getResponseHeader("content-type") ?? "application/json" } }));
          request.onerror = () => fail(new TypeError("The upload broke off."));
          request.onabort = () => fail(new DOMException("The upload was stopped.", "AbortError"));
          init.signal?.addEventListener("abort", () => request.abort());
          request.send(init.body as XMLHttpRequestBodyInit);
        }),
      { Response },
    ),
  });
