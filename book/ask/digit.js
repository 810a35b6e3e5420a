// One draws a digit, and the book's network reads it: loaded where a reader asks for it.

import "./digit.css";
import { field, SIDE } from "./field.js";
import { views } from "./views.js";

const NAME = "digit"; // of the reader in Python
const LIMIT = 300; // seconds: a cell of the page may be at work before
const QUIET = 400; // milliseconds without a change, before it is read out

const { engine, page, panel } = self.chainruleAsk;
document.head.insertAdjacentHTML("beforeend", `<link rel="stylesheet" href="${engine.base}digit.css">`);

let mine; // the Python that has our reader: after a stop there may be another

// Have a Python with our reader in it; false where the reader of the page does not want one.
const ready = async (box) => {
  if (mine && engine.running() && engine.start() === mine) return true;
  const given = [NAME, "chainrule.drawing", "DigitReader", "{}"];
  const made = await panel.work(box, { first: page.imports, wish: "make", given, limit: LIMIT });
  if (made === undefined) return false;
  if (made?.error) throw new Error(made.error);
  mine = engine.start();
  return true;
};

const FORM = `
  <div class="draw-field">
    <canvas tabindex="0" role="application" aria-label="Drawing field" aria-describedby="draw-keys"></canvas>
    <p id="draw-keys">Draw with a mouse, a finger or a pen. With the keyboard, the arrow keys move the pen,
      and Space puts it down and lifts it.</p>
    <span class="visually-hidden" role="status"></span>
    <div><button type="button" data-does="clear">Clear</button><button type="button" data-does="rub"
      aria-pressed="false">Rub out</button><button type="button" data-does="fill">Fill the height</button></div>
    <div class="draw-examples" role="group" aria-label="A digit of the test part"><span>A digit of the test part:</span></div>
  </div>
  <div class="draw-read">
    <p class="draw-likely"></p>
    <span class="visually-hidden" role="status"></span>
    <ol class="draw-bars" aria-label="Probabilities" start="0"></ol>
  </div>`;

// Say what is most likely.
const said = (probabilities, drawn) => {
  const best = probabilities.indexOf(Math.max(...probabilities));
  const found = `most likely ${best === 8 ? "an" : "a"} ${best}: ${probabilities[best].toFixed(2)}`;
  return drawn ? found : `nothing drawn, and still ${found}`;
};

const build = (box, python) => {
  const all = document.createElement("div");
  all.className = "draw-all";
  all.innerHTML = FORM;
  box.prepend(all);
  const [pen, spoken] = all.querySelectorAll("[role=status]");
  const [canvas, likely, examples] = ["canvas", ".draw-likely", ".draw-examples"].map((name) => all.querySelector(name));
  const show = views(all);

  const wish = async (method, values) => {
    if (!(await ready(python))) return undefined;
    return engine.ask("do", [NAME, method, JSON.stringify(values)], { limit: LIMIT });
  };
  const failed = (error) => (likely.textContent = `${error.message}. Draw on, and Python starts afresh.`);

  // one question at a time; what was drawn meanwhile is asked together
  let asking = false;
  let waits = false;
  let quiet;
  const read = async () => {
    waits = true;
    if (asking) return;
    asking = true;
    try {
      while (waits) {
        waits = false;
        const pixels = paper.cells;
        const drawn = pixels.some((row) => row.includes(1));
        const found = await wish("read", { pixels });
        if (!found) break;
        show(found);
        likely.textContent = said(found.probabilities, drawn);
        clearTimeout(quiet);
        quiet = setTimeout(() => (spoken.textContent = likely.textContent), QUIET);
      }
    } catch (error) {
      failed(error);
    }
    asking = false;
  };
  const paper = field(canvas, { changed: read, tell: (text) => (pen.textContent = text) });
  const empty = () => Array.from({ length: SIDE }, () => new Array(SIDE).fill(0));

  const put = async (method, values) => {
    try {
      const rows = await wish(method, values);
      if (rows) paper.put(rows);
    } catch (error) {
      failed(error);
    }
  };
  const does = {
    clear: () => paper.put(empty()),
    fill: () => put("fill", { pixels: paper.cells }),
    rub: (button) => {
      const rubs = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", rubs);
      paper.rub(rubs);
    },
  };
  all.querySelectorAll("[data-does]").forEach((button) => {
    button.onclick = () => does[button.dataset.does](button);
  });
  for (let digit = 0; digit < 10; digit++) {
    let number = 0;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = digit;
    button.onclick = () => put("example", { digit, number: number++ });
    examples.append(button);
  }
  paper.show();
  read();
  canvas.focus({ preventScroll: true });
};

// Begin in a box that has a button and a place for what Python says.
self.chainruleDigit = async (box) => {
  const [button, python] = [box.querySelector("button"), box.querySelector(".python")];
  if (button.disabled) return;
  button.disabled = true;
  try {
    if (await ready(python)) {
      button.remove();
      build(box, python);
    }
  } catch (error) {
    python.textContent = error.message;
  }
  button.disabled = false;
};
