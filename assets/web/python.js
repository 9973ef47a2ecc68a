// Starts Python at once, beside Flutter rather than after it, and joins the two when both are there.
//
// Flet's client calls jsConnect, jsSend and jsDisconnect; packets are bytes, from Dart to Python and back.
"use strict";

// What Flet's client reads about the page it lives in.
globalThis.flet = {
  pyodide: true,
  multiView: false,
  noCdn: true,
  webRenderer: "canvaskit",
  routeUrlStrategy: "path",
  webSocketEndpoint: "/ws",
  entrypointBaseUrl: "/app/",
  assetBase: "/app/",
  canvasKitBaseUrl: "/app/canvaskit/",
  fontFallbackBaseUrl: "assets/fonts/",
};

globalThis.beatbook = (() => {
  // Names this tab in every message, so that two tabs of one browser never answer each other.
  const tab = Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => n.toString(16).padStart(2, "0")).join("");
  const listeners = [];
  const past = []; // Python may be ahead of the scripts that listen
  const tell = (step, detail) => {
    if (step !== "packet") {
      past.push([step, detail]);
      performance.mark(`beatbook:${step}`); // for whoever measures the start
    }
    listeners.forEach((listener) => listener(step, detail));
  };
  const listen = (listener) => {
    past.forEach((event) => listener(...event));
    listeners.push(listener);
  };
  const worker = new Worker(new URL("python-worker.js", document.baseURI), { type: "module", name: "python" });
  let toDart = null;
  let started, failed;
  const running = new Promise((resolve, reject) => { started = resolve; failed = reject; });
  running.catch(() => {}); // told to the page below; Dart may not be there yet to hear it

  worker.onmessage = ({ data }) => {
    if (data instanceof Uint8Array) {
      toDart?.(data);
      tell("packet");
      return;
    }
    if (data.step === "running") started();
    if (data.step === "failed") failed(new Error(data.detail));
    tell(data.step, data.detail);
  };
  worker.onerror = (event) => {
    const error = event.message || "the worker could not be loaded";
    failed(new Error(error));
    tell("failed", error);
  };
  worker.postMessage({ tab, url: document.URL });

  globalThis.jsConnect = async (_app, _args, dartOnMessage) => {
    toDart = dartOnMessage;
    await running;
  };
  globalThis.jsSend = async (_app, packet) => worker.postMessage(packet, [packet.buffer]);
  globalThis.jsDisconnect = async () => { toDart = null; worker.terminate(); };

  // listen(fn): fn(step, detail) for every step of Python's start and for every packet that it sends.
  return { tab, tell, listen };
})();
