// Runs bytecode.py in the phone's own Python: node bytecode.mjs PYODIDE_FOLDER BYTECODE_PY FOLDER...
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [pyodideFolder, script, ...folders] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodideFolder}/pyodide.mjs`).href);
const { info } = JSON.parse(await readFile(`${pyodideFolder}/pyodide-lock.json`, "utf8"));
const python = await loadPyodide({ lockFileContents: { info, packages: {} } });
try {
  await python.runPythonAsync(await readFile(script, "utf8"));
  folders.forEach((folder, number) => {
    const here = `/work${number}`;
    python.FS.mkdirTree(here);
    python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, here);
    python.globals.get("compile_folder")(here);
  });
} catch (error) {
  // Not thrown on: node would print a million characters of the runtime's source in front of the reason.
  console.error(String(error.message).trim().split("\n").slice(-4).join("\n"));
  process.exit(1);
}
