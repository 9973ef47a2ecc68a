// The other side: express-pouchdb on leveldb. `node server.mjs FOLDER PORT`; each database is a folder of its own.
import express from "express";
import makeApp from "express-pouchdb";
import PouchDB from "pouchdb";

const [folder, port] = process.argv.slice(2);
const Kept = PouchDB.defaults({ prefix: `${folder}/` });
const app = express();
app.use("/", makeApp(Kept, { mode: "minimumForPouchDB" }));
app.listen(Number(port), "127.0.0.1", () => console.log("serving"));
