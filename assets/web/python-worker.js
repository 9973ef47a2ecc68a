// Python in a worker of its own: loads the runtime, unpacks the archives and runs main.py.
//
// Everything is fetched at once and from our own folder; nothing is installed on the phone.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import createPyodideModule from "./pyodide/pyodide.asm.mjs";

const base = new URL(".", import.meta.url).href;
const home = "/beatbook";
const say = (step, detail) => self.postMessage({ step, detail });

const fetched = async (name) => {
  const answer = await fetch(base + name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
};
const archives = ["packages.tar", "app.tar"].map(fetched);
archives.forEach((archive) => archive.catch(() => {})); // awaited, and told, below

let greeted;
const greeting = new Promise((resolve) => { greeted = resolve; });

// Flet's Python reads documentUrl, and puts start_connection and send in here.
const flet_js = {};

self.onmessage = ({ data }) => {
  if (data instanceof Uint8Array) flet_js.send?.(data);
  else greeted(data);
};

function unpack(files, bytes, folder) {
  const text = (from, to) => {
    const field = bytes.subarray(from, to);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
  };
  const folders = new Set();
  for (let at = 0; at + 512 <= bytes.length && bytes[at]; ) {
    const [name, prefix] = [text(at, at + 100), text(at + 345, at + 500)];
    const size = parseInt(text(at + 124, at + 136), 8);
    const path = `${folder}/${prefix ? `${prefix}/` : ""}${name}`;
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!folders.has(parent)) {
      files.mkdirTree(parent);
      folders.add(parent);
    }
    at += 512;
    files.writeFile(path, bytes.subarray(at, at + size), { canOwn: true });
    at += Math.ceil(size / 512) * 512;
  }
}

async function start() {
  const python = await loadPyodide({
    indexURL: `${base}pyodide/`,
    packageBaseUrl: `${base}pyodide/`,
    createPyodideModule,
    lockFileContents: { info: /*{LOCK}*/ {}, packages: {} },
    stdout: (text) => console.log(text),
    stderr: (text) => console.warn(text),
  });
  say("runtime");
  const [packages, app] = await Promise.all(archives);
  unpack(python.FS, packages, `${home}/packages`);
  unpack(python.FS, app, `${home}/app`);
  say("unpacked");

  const { tab, url } = await greeting;
  flet_js.documentUrl = url;
  self.beatbook = { tab, base };
  python.registerJsModule("flet_js", flet_js);
  await python.runPythonAsync(`
    import os, runpy, sys
    sys.path[:0] = ["${home}/app", "${home}/packages"]
    os.chdir("${home}/app")
    runpy.run_module("main", run_name="__main__")
  `);
  say("imported");
  // Bytes are fresh, so their buffer may move to the page without a copy.
  await flet_js.start_connection((message) => {
    const packet = message.toJs();
    self.postMessage(packet, [packet.buffer]);
  });
  say("running");
}

start().catch((error) => say("failed", String(error)));
