/* Sends fetch, http and https through the guard's proxy on a Unix socket: names are looked up there, raw sockets reach nothing. */
import http from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";

export function openNetwork(proxy) {
  if (proxy === null) {
    return;
  }
  http.globalAgent = new PlainAgent(proxy);
  https.globalAgent = new TunnelAgent(proxy);
  openFetch(proxy);
}

/* Requests to http: hosts go to the proxy with their whole address. */
class PlainAgent extends http.Agent {
  constructor(proxy) {
    super({ keepAlive: false });
    this.proxy = proxy;
  }

  addRequest(request, options) {
    if (!options.socketPath) {
      const host = options.hostname ?? options.host ?? "localhost";
      const address = `http://${host.includes(":") ? `[${host}]` : host}${Number(options.port ?? 80) === 80 ? "" : ":" + options.port}`;
      request.path = request.path.startsWith("http://") ? request.path : address + request.path;
      request.shouldKeepAlive = false;
      if (request._header) {
        request._header = null; // written before the way was known
        request.setHeader("connection", "close");
        request._implicitHeader();
      }
    }
    return super.addRequest(request, { ...options, socketPath: options.socketPath ?? this.proxy });
  }
}

class TunnelAgent extends https.Agent {
  constructor(proxy) {
    super({ keepAlive: false });
    this.proxy = proxy;
  }

  createConnection(options, done) {
    tunnel(this.proxy, options.host ?? options.hostname, options.port ?? 443, (error, socket) => {
      if (error) {
        done(error);
      } else {
        done(null, tls.connect({ ...options, path: undefined, socket, servername: options.servername || options.host }));
      }
    });
  }
}

function tunnel(proxy, host, port, done) {
  const socket = net.connect(proxy);
  const target = `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
  let answer = "";
  const fail = (text) => {
    socket.destroy();
    done(new Error(text));
  };
  const closed = () => fail(`the way to ${target} was closed`);
  socket.once("error", (error) => fail(error.message));
  socket.once("end", closed);
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  socket.on("data", function heard(part) {
    answer += part.toString("latin1");
    const end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return;
    }
    socket.removeListener("data", heard);
    socket.removeListener("end", closed);
    socket.removeAllListeners("error");
    if (/^HTTP\/1\.[01] 200/.test(answer)) {
      socket.pause();
      done(null, socket);
    } else {
      fail(answer.slice(end + 4).trim() || answer.split("\r\n", 1)[0]);
    }
  });
}

/* Node's own fetch has no setting for this before version 24; its dispatcher stands under a well-known symbol once it is loaded. */
function openFetch(proxy) {
  const symbol = Symbol.for("undici.globalDispatcher.1");
  void globalThis.Headers; // loads it
  void globalThis.fetch("data:,").catch(() => {});
  const Agent = globalThis[symbol]?.constructor;
  if (!Agent) {
    return;
  }
  const plain = new Agent({ connect: (_, done) => connected(net.connect(proxy), "connect", done), pipelining: 0 });
  const secure = new Agent({
    connect: (options, done) =>
      tunnel(proxy, options.hostname, options.port || 443, (error, socket) => {
        if (error) {
          done(error, null);
        } else {
          const name = options.servername || options.hostname;
          connected(tls.connect({ socket, servername: net.isIP(name) ? undefined : name, ALPNProtocols: ["http/1.1"] }), "secureConnect", done);
        }
      }),
  });
  globalThis[symbol] = {
    dispatch(options, handler) {
      const address = new URL(options.path, options.origin);
      return address.protocol === "https:"
        ? secure.dispatch(options, handler)
        : plain.dispatch({ ...options, origin: `http://${address.host}`, path: address.href, reset: true }, handler);
    },
    close: async () => {},
    destroy: async () => {},
  };
}

function connected(socket, event, done) {
  const fail = (error) => done(error, null);
  socket.once("error", fail);
  socket.once(event, () => {
    socket.removeListener("error", fail);
    done(null, socket);
  });
  return socket;
}
