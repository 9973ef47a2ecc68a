// Reads pages as JSON from the standard input ({name: html}) and prints what HtmlValidate says of each.
import { HtmlValidate } from "html-validate";

let text = "";
for await (const piece of process.stdin) text += piece;
const validator = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    "long-title": "off", // the district's name is part of it
    "no-inline-style": "error",
    "tel-non-breaking": "off", // numbers are shown as the district wrote them
  },
});
const said = {};
for (const [name, html] of Object.entries(JSON.parse(text))) {
  const report = await validator.validateString(html);
  said[name] = report.results.flatMap((one) => one.messages.map((m) => `${m.line}: ${m.ruleId}: ${m.message}`));
}
console.log(JSON.stringify(said));
