// A phone of PouchDB's: one JSON order a line comes in, one answer a line goes out.
// {"do": "fill", "name", "file"} keeps documents; "push" and "pull" replicate with "url" and say how long it took.
import fs from "node:fs";
import readline from "node:readline";
import PouchDB from "pouchdb";

const BATCH = 1000;
const folder = process.argv[2];
const kept = {};

const local = (name) => (kept[name] ??= new PouchDB(`${folder}/${name}`));

async function replicated(name, url, direction) {
  const began = process.hrtime.bigint();
  const told = await local(name).replicate[direction](new PouchDB(url), { batch_size: BATCH });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  return { seconds, written: told.docs_written, failed: told.doc_write_failures };
}

async function fill(name, file) {
  const told = await local(name).bulkDocs(JSON.parse(fs.readFileSync(file, "utf8")));
  return { written: told.filter((one) => one.ok).length };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  const answer =
    order.do === "fill"
      ? await fill(order.name, order.file)
      : await replicated(order.name, order.url, order.do === "push" ? "to" : "from");
  console.log(JSON.stringify(answer));
}
