// Asks the officer for a passkey when Python wants one: a worker cannot (app/keys_browser.py is the other side).
//
// The passkey's PRF extension turns a salt into a secret that only this passkey, after a fingerprint or a face, gives.
// Nobody checks its signature: there is no server in this, and the secret opens the notebook or it does not.
"use strict";

(() => {
  const { tab } = globalThis.beatbook;
  const channel = new BroadcastChannel("beatbook-passkey");
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const random = (count) => crypto.getRandomValues(new Uint8Array(count));
  let asking = null; // a second question takes the first one's place

  const has = async () => ({
    has: Boolean(await globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.()) });

  async function make({ name, salt }, signal) {
    const made = await navigator.credentials.create({ signal, publicKey: {
      rp: { name: "Beatbook", id: location.hostname },
      user: { id: random(16), name, displayName: name },
      challenge: random(32),
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      // Android's passkeys give secrets only where they are discoverable.
      authenticatorSelection: {
        authenticatorAttachment: "platform", residentKey: "required", userVerification: "required" },
      extensions: { prf: { eval: { first: bytes(salt) } } },
    } });
    const credential = text(made.rawId);
    const { prf } = made.getClientExtensionResults();
    if (prf?.results?.first) return { credential, secret: text(prf.results.first) };
    if (!prf?.enabled) return { code: "passkey-none" };
    return { credential, ...await ask({ credential, salt }, signal) }; // many phones give it only when asked again
  }

  async function ask({ credential, salt }, signal) {
    const got = await navigator.credentials.get({ signal, publicKey: {
      rpId: location.hostname,
      challenge: random(32),
      allowCredentials: [{ type: "public-key", id: bytes(credential), transports: ["internal"] }],
      userVerification: "required",
      extensions: { prf: { eval: { first: bytes(salt) } } },
    } });
    const secret = got.getClientExtensionResults().prf?.results?.first;
    return secret ? { secret: text(secret) } : { code: "passkey-none" };
  }

  const codes = { NotAllowedError: "passkey-cancelled", AbortError: "passkey-cancelled",
    NotSupportedError: "passkey-none", SecurityError: "passkey-none", ConstraintError: "passkey-none" };
  const kinds = { "has?": has, "make?": make, "ask?": ask };

  channel.onmessage = async ({ data }) => {
    const message = JSON.parse(data);
    const { kind, number } = message;
    if (message.tab !== tab || !(kind in kinds)) return;
    const say = (kind, more) => channel.postMessage(JSON.stringify({ ...more, kind, number, tab }));
    say("heard");
    asking?.abort();
    asking = new AbortController();
    try {
      if (kind !== "has?" && !navigator.credentials) throw new DOMException("", "NotSupportedError");
      say("answer", await kinds[kind](message, asking.signal));
    } catch (error) {
      say("answer", { code: codes[error.name] ?? "passkey-failed" });
    }
  };
})();
