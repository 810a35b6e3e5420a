// Exercises that answer where they stand.

import { keep, kept } from "./answers.js";
import { script } from "./engine.js";
import { judged } from "./numbers.js";
import { cells, here, imports } from "./page.js";
import { work } from "./panel.js";

const LIMIT = 30; // seconds that an answer may take
const editors = new Map();

const verdicts = async () => {
  await script("verdicts.js");
  const bytes = Uint8Array.from(atob(self.chainruleVerdicts), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
};
let table;
const known = () => (table ??= verdicts());

const tell = (form, told) => {
  const output = form.querySelector("output");
  output.textContent = told;
  output.dataset.mark = told[0];
};

const judge = (form, text, [right, message]) => {
  const told = `${right ? "✓" : "✗"} ${message}`;
  tell(form, told);
  keep({ [form.dataset.exercise]: { text, told } });
};

const choose = (form, letter) => {
  form.querySelectorAll("[value]").forEach((button) => {
    button.setAttribute("aria-pressed", button.value === letter);
  });
};

const label = (form) => `The answer to ${form.dataset.exercise.replaceAll("-", " ")}`;

// Put an editor where the answer stands as plain text.
export const edit = async (form) => {
  const name = form.dataset.exercise;
  if (!editors.has(name)) {
    editors.set(name, script("editor.js").then(() => {
      const area = form.querySelector("textarea");
      const focused = document.activeElement === area;
      const editor = self.chainruleEditor(area, {
        text: area.value,
        label: label(form),
        run: () => form.requestSubmit(),
      });
      if (focused) editor.focus();
      return editor;
    }));
  }
  return editors.get(name);
};

// Have Python judge what the reader's lines give; they are kept as `text`.
const ask = async (form, text, lines, answer) => {
  const name = form.dataset.exercise;
  tell(form, "");
  let printed = "";
  const outcome = await work(form.querySelector(".python"), {
    first: imports,
    wish: "check",
    given: [name, lines, answer, "your answer"],
    limit: LIMIT,
    tell: (line) => (printed += line),
  });
  if (!outcome) return undefined;
  const { ended, error, line, shown, skipped } = outcome;
  const told = error ? `✗ ${error}` : shown || `✗ ${skipped.join("\n")}`;
  tell(form, printed ? `${told}\n\nYour lines printed:\n${printed}` : told);
  if (!ended && !told.startsWith("○")) keep({ [name]: { text, told } });
  return line;
};

const checkCode = async (form) => {
  const name = form.dataset.exercise;
  const editor = await edit(form);
  const { text } = editor;
  const { exercise } = (await cells())[here].find((cell) => cell.exercise?.name === name);
  editor.mark(null);
  editor.mark(await ask(form, text, text, exercise.answer));
};

// The reader asks for a verdict.
export const submit = async (form, button) => {
  const { exercise: name, kind } = form.dataset;
  if (kind !== "choice" && kind !== "number") {
    await checkCode(form);
    return;
  }
  if (kind === "choice") choose(form, button.value);
  const text = kind === "choice" ? button.value : form.querySelector("input").value;
  const told = (await known())[name]; // the students' book has no such table: Python has it sealed
  if (!text.trim()) tell(form, "○ no answer yet");
  else if (!told) await ask(form, text, "", JSON.stringify(text));
  else judge(form, text, kind === "choice" ? told[text] : judged(text, told));
};

// Show what the reader answered on an earlier visit.
export const restore = async () => {
  const answers = kept();
  for (const form of document.querySelectorAll("form.ask")) {
    const answer = answers[form.dataset.exercise];
    if (!answer) continue;
    const { kind } = form.dataset;
    if (kind === "choice") choose(form, answer.text);
    else if (kind === "number") form.querySelector("input").value = answer.text;
    else form.querySelector("textarea").value = answer.text;
    tell(form, answer.told);
  }
};
