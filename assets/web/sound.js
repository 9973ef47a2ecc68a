// Records with the phone's microphone when Python wants it: a worker has none (app/sound_browser.py is the other side).
//
// The microphone is open only between "start" and "stop" or "cancel"; what was recorded goes to Python and nowhere else.
"use strict";

(() => {
  const { tab } = globalThis.beatbook;
  const channel = new BroadcastChannel("beatbook-sound");
  const KINDS = ["audio/mp4", "audio/webm;codecs=opus", "audio/webm", "audio/ogg;codecs=opus"];
  const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", TypeError: "missing" };
  let recorder = null;
  let pieces = [];
  let asked = 0; // counts questions: what was cancelled while the phone asked its owner opens nothing

  function close() {
    if (!recorder) return;
    recorder.ondataavailable = recorder.onstop = null;
    if (recorder.state !== "inactive") recorder.stop();
    recorder.stream.getTracks().forEach((track) => track.stop());
    recorder = null;
    pieces = [];
  }

  async function start() {
    close();
    const mine = ++asked;
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    try {
      if (mine !== asked) throw new DOMException("cancelled", "AbortError");
      const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
      const made = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32_000 });
      pieces = [];
      made.ondataavailable = ({ data }) => pieces.push(data);
      made.start(1000);
      recorder = made;
    } catch (error) {
      stream.getTracks().forEach((track) => track.stop());
      throw error;
    }
    return {};
  }

  async function stop() {
    if (!recorder) throw new DOMException("nothing is recorded", "NotFoundError");
    const ending = recorder;
    await new Promise((resolve) => {
      ending.onstop = resolve;
      if (ending.state === "inactive") resolve(); // the phone took the microphone away
      else ending.stop();
    });
    const sound = await new Blob(pieces).arrayBuffer();
    close();
    return { sound };
  }

  channel.onmessage = async ({ data: { kind, number, tab: whose } }) => {
    if (whose !== tab) return;
    if (kind === "cancel") {
      asked += 1;
      return close();
    }
    const say = (kind, more) => channel.postMessage({ ...more, kind, number, tab });
    try {
      if (kind === "start") say("done", await start());
      if (kind === "stop") say("done", await stop());
    } catch (error) {
      say("failed", { reason: REASONS[error.name] ?? "busy" });
    }
  };
})();
