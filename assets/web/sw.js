// Keeps one complete copy of the app, so that it starts with the server gone and the network off.
//
// FILES names every file with the SHA-256 of its content; the copy is kept by those names, so a new version fetches
// only what changed and a fetch that was cut short goes on where it stopped. A new version is complete before it is
// used, and waits until the officer says so. What officers record is elsewhere (OPFS) and never touched from here.
"use strict";

const FILES = /*{FILES}*/ {};
// Flutter asks for fallback fonts under many names; these beginnings stand for one file each.
const PREFIXES = /*{PREFIXES}*/ [];
const CACHE = "beatbook-app";
const LANES = 4;
const scope = new URL("./", self.location).pathname;

// Of CanvasKit's variants only the one that this browser loads.
const variant = new URL(self.location).searchParams.get("canvaskit");
for (const path of Object.keys(FILES)) {
  const own = path.startsWith("canvaskit/chromium/") ? "chromium" : path.startsWith("canvaskit/") ? "full" : variant;
  if (own !== variant) delete FILES[path];
}

const nameOf = (path) => `${scope}${path}?${FILES[path]}`;

async function keep(cache, path) {
  if (await cache.match(nameOf(path))) return;
  // The browser has most of it from the first visit: it asks the server whether that is still good. The hash is
  // checked, so a version that changes meanwhile is never mixed with this one.
  const answer = await fetch(scope + path, { cache: "no-cache", integrity: `sha256-${FILES[path]}` });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  await cache.put(nameOf(path), answer);
}

async function keepAll() {
  const cache = await caches.open(CACHE);
  const paths = Object.keys(FILES);
  const lane = async () => { while (paths.length) await keep(cache, paths.shift()); };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function dropOld() {
  const cache = await caches.open(CACHE);
  const ours = new Set(Object.keys(FILES).map((path) => new URL(nameOf(path), self.location).href));
  const kept = await cache.keys();
  await Promise.all(kept.filter((request) => !ours.has(request.url)).map((request) => cache.delete(request)));
}

async function answer(request, path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(nameOf(path))) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(dropOld().then(() => self.clients.claim())));
self.addEventListener("message", (event) => {
  if (event.data?.kind === "skip-waiting") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || !url.pathname.startsWith(scope)) return;
  let path = url.pathname.slice(scope.length);
  path = PREFIXES.find(([beginning]) => path.startsWith(beginning))?.[1] ?? path;
  if (request.mode === "navigate") path = "index.html"; // deep links are the app's own business
  if (path in FILES) event.respondWith(answer(request, path));
});
