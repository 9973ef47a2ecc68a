// The form engines that ours is measured beside, in a page of the same Chromium.
import { webFormsPlugin, OdkWebForm } from "@getodk/web-forms";
import { createInstance } from "@getodk/xforms-engine";
import { Form } from "enketo-core";
import { transform } from "enketo-transformer/web";
import { createApp, h } from "vue";

// Each opens a form and gives it as two words: answer its question `head`, read what a question holds.
const opened = {
  async enketo(xml) {
    const { form, model } = await transform({ xform: xml });
    document.body.replaceChildren(document.createRange().createContextualFragment(form));
    const drawn = new Form(document.querySelector("form.or"), { modelStr: model, external: [] });
    const errors = drawn.init();
    if (errors.length) throw new Error(errors.join("; "));
    const input = document.querySelector("input[name$='/head']");
    return {
      answer(value) {
        input.value = value;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      },
      read: (name) => drawn.model.xml.querySelector(name).textContent,
    };
  },
  async odk(xml) {
    const { root } = await createInstance(xml);
    const named = (name) => root.currentState.children.find((node) => node.currentState.reference === `/data/${name}`);
    const head = named("head");
    return {
      answer: (value) => head.setValue(String(value)),
      read: (name) => String(named(name).currentState.value),
    };
  },
};

// Milliseconds for one answer at the head of a chain of calculations, the last of which is `last`: the median of
// batches, because a page's clock is coarse. An engine that works it out later than at once is found out.
async function chain(engine, xml, last, links, batches, size) {
  const form = await opened[engine](xml);
  const spent = [];
  for (let batch = 0, value = 0; batch < batches; batch++) {
    const begin = performance.now();
    for (let one = 0; one < size; one++) {
      form.answer(++value);
      if (form.read(last) !== String(value + links)) throw new Error(`${engine} has ${form.read(last)} after ${value}`);
    }
    spent.push((performance.now() - begin) / size);
  }
  spent.sort((one, other) => one - other);
  return spent[batches >> 1];
}

// A button that opens a form in ODK's own view of forms.
function offer(xml) {
  const place = document.createElement("div");
  const button = Object.assign(document.createElement("button"), { id: "open", textContent: "Open" });
  button.onclick = () => {
    const app = createApp({
      render: () => h(OdkWebForm, { formXml: xml, fetchFormAttachment: () => Promise.reject(new Error("none")) }),
    });
    app.use(webFormsPlugin);
    app.mount(place);
  };
  document.body.replaceChildren(button, place);
}

globalThis.engines = { chain, offer, opened };
