// Code cells that run where they stand, and can be changed.

import { script } from "./engine.js";
import { CELL_LIMIT, cells, here, imports } from "./page.js";
import { work } from "./panel.js";

const open = new Map(); // what is at hand for a cell: its editor, its panel, its outputs

const numberOf = (el) => Number(/tag_cell-(\d+)/.exec(el.className)[1]);

// Give what a cell needs to be run; make it where it is not there yet.
const opened = async (el) => {
  if (!open.has(el)) {
    const code = (await cells())[here][numberOf(el)].code;
    const box = document.createElement("div");
    box.className = "ask-cell";
    box.innerHTML = `<div class="python"></div><div class="now" role="log" aria-label="What the cell gives now"></div>`;
    el.append(box);
    const [python, now] = box.children;
    open.set(el, { code, python, now, number: numberOf(el) });
  }
  return open.get(el);
};

const paragraph = (parent, text, name) => {
  const el = document.createElement("pre");
  el.className = name;
  el.textContent = text;
  parent.append(el);
};

const show = (now, { error, shown, html, skipped }) => {
  if (html) now.insertAdjacentHTML("beforeend", html);
  else if (shown) paragraph(now, shown, "shown");
  if (error) paragraph(now, error, "error");
  if (skipped.length) {
    const text = skipped.map((line) => `– skipped: ${line}`).join("\n");
    paragraph(now, text, "skipped");
  }
  if (!now.childNodes.length) paragraph(now, "done; nothing to show", "skipped");
};

// Run a cell as it is now.
export const run = async (el) => {
  const cell = await opened(el);
  const code = cell.editor?.text ?? cell.code;
  cell.editor?.mark(null);
  const place = `cell ${cell.number}`;
  let printed;
  const outcome = await work(cell.python, {
    first: imports,
    wish: "run",
    given: [code, place],
    limit: CELL_LIMIT,
    tell: (text) => {
      if (!printed) {
        cell.now.replaceChildren();
        paragraph(cell.now, "", "printed");
        printed = cell.now.lastChild;
      }
      printed.textContent += text;
    },
  });
  if (!outcome) return false;
  if (!printed) cell.now.replaceChildren();
  el.classList.add("asked");
  show(cell.now, outcome);
  cell.editor?.mark(outcome.line);
  return !outcome.error;
};

// Run every cell above, in order, and then this one; an error ends it. Some have no listing.
export const runAbove = async (el) => {
  const { python, number } = await opened(el);
  const all = (await cells())[here];
  for (const [index, { code, runs, exercise }] of all.slice(0, number + 1).entries()) {
    if (!runs || exercise) continue;
    const one = document.querySelector(`.tag_cell-${index}`);
    const listed = one?.querySelector(".cell_input");
    const given = [code, `cell ${index}`];
    const hidden = { first: imports, wish: "run", given, limit: CELL_LIMIT, tell: () => {} };
    const well = listed ? await run(one) : await work(python, hidden);
    if (!well || well.error) return;
  }
};

// Put an editor in the place of the listing.
export const edit = async (el) => {
  const cell = await opened(el);
  if (!cell.editor) {
    await script("editor.js");
    cell.listing = el.querySelector(".cell_input > div");
    cell.editor = self.chainruleEditor(cell.listing, {
      text: cell.code,
      label: `Code cell ${cell.number}`,
      run: () => run(el),
    });
  }
  cell.editor.focus();
};

// Give the cell back as the book has it.
export const reset = async (el) => {
  const cell = await opened(el);
  cell.editor?.box.replaceWith(cell.listing);
  cell.editor = undefined;
  cell.now.replaceChildren();
  el.classList.remove("asked");
};
