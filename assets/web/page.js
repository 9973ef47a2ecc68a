// The page's side: the splash screen, what Python asks of the phone, and the kept copy that starts without a network.
"use strict";

(() => {
  const { beatbook } = globalThis;
  const spanish = navigator.language?.toLowerCase().startsWith("es");
  const say = (english, other) => (spanish ? other : english);

  // ---- The splash screen leaves when Python says that the first screen is drawn.
  const splash = document.getElementById("splash");
  const progress = document.getElementById("progress");
  const note = document.getElementById("note");
  const again = document.getElementById("again");
  const done = { runtime: 30, unpacked: 8, imported: 20, running: 4, flutter: 14, frame: 10 };
  const seen = new Set();
  let packets = 0;
  const patience = setTimeout(() => {
    note.textContent = say("The first start takes a moment.", "El primer inicio tarda un momento.");
  }, 6000);

  beatbook.listen((step, detail) => {
    if (step === "failed") return trouble(detail);
    if (step === "packet" && ++packets === 2) setTimeout(leave, 4000); // a main.py that never says "ready"
    if (!(step in done) || seen.has(step)) return;
    seen.add(step);
    progress.value += done[step];
  });
  addEventListener("flutter-first-frame", () => beatbook.tell("frame"), { once: true });

  function leave() {
    clearTimeout(patience);
    if (!splash.isConnected) return;
    progress.value = 100;
    beatbook.tell("ready");
    splash.classList.add("leaving");
    setTimeout(() => splash.remove(), 200);
    keepCopy();
  }

  function trouble(detail) {
    console.error("Beatbook could not start:", detail);
    clearTimeout(patience);
    note.textContent = say(
      "Beatbook could not start. What is on this phone is safe.",
      "Beatbook no pudo iniciar. Lo guardado en este teléfono está a salvo.");
    again.textContent = say("Try again", "Intentar de nuevo");
    again.hidden = false;
    again.onclick = () => location.reload();
    keepCopy(); // a newer version may be what helps
  }

  // ---- What Python asks of the phone, and what it is told. Every message names the tab.
  const channel = new BroadcastChannel("beatbook");
  const tell = (kind, more = {}) => channel.postMessage(JSON.stringify({ ...more, kind, tab: beatbook.tab }));
  let updateReady = false;

  const answers = {
    "hello?": async () => {
      const persisted = Boolean(await navigator.storage?.persisted?.());
      tell("hello", {
        online: navigator.onLine, visible: !document.hidden, language: navigator.language, persisted });
      if (updateReady) tell("update-ready");
    },
    "persist?": async () => tell("persisted", { value: Boolean(await navigator.storage?.persist?.()) }),
    "vibrate": ({ ms }) => navigator.vibrate?.(ms),
    "apply-update": applyUpdate,
    "ready": () => requestAnimationFrame(() => requestAnimationFrame(leave)),
  };
  channel.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.tab === beatbook.tab) answers[message.kind]?.(message);
  };
  addEventListener("online", () => tell("online"));
  addEventListener("offline", () => tell("offline"));
  document.addEventListener("visibilitychange", () => {
    tell(document.hidden ? "hidden" : "visible");
    if (!document.hidden) lookForUpdate();
  });

  // The officer is there: said now and then, so that the notebook does not lock in a busy hand.
  const QUIET = 5000;
  let said = -QUIET;
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, ({ timeStamp }) => {
      if (timeStamp - said < QUIET) return;
      said = timeStamp;
      tell("active");
    }, { capture: true, passive: true });
  }

  // ---- The kept copy (sw.js). A new version is fetched in the background, waits, and takes over when told to.
  const LOOK_EVERY = 15 * 60_000;
  let registration = null;
  let looked = 0;
  let applying = false;

  // The same choice as Flutter's loader makes: browsers with image codecs and text breaking of their own need less.
  const lean = typeof ImageDecoder !== "undefined" && Boolean(Intl.v8BreakIterator) && Boolean(Intl.Segmenter)
    && (navigator.vendor === "Google Inc." || navigator.userAgent.includes("Edg/"));
  beatbook.canvasKit = lean ? "chromium" : "full";

  async function keepCopy() {
    if (registration || !navigator.serviceWorker) return;
    try {
      registration = await navigator.serviceWorker.register(
        `sw.js?canvaskit=${beatbook.canvasKit}`, { updateViaCache: "none" });
    } catch {
      return; // no network just now, or no secure context: the next start tries again
    }
    looked = Date.now();
    noticeUpdate();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", noticeUpdate);
    });
    setInterval(lookForUpdate, LOOK_EVERY);
  }

  function noticeUpdate() {
    if (updateReady || !registration.waiting || !navigator.serviceWorker.controller) return;
    updateReady = true;
    tell("update-ready");
  }

  function lookForUpdate() {
    if (!registration || !navigator.onLine || Date.now() - looked < LOOK_EVERY) return;
    looked = Date.now();
    registration.update().catch(() => {});
  }

  function applyUpdate() {
    if (applying) return;
    applying = true;
    // Other tabs go on as they are: only the tab that asked starts again, once.
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    if (registration?.waiting) registration.waiting.postMessage({ kind: "skip-waiting" });
    else location.reload();
  }
})();
