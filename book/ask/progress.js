// The list of exercises shows what the reader has answered, and writes and reads it as a file.

import { kept, notebook, take } from "./answers.js";

const save = async () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await notebook()], { type: "application/json" }));
  link.download = "answers.ipynb";
  link.click();
  URL.revokeObjectURL(link.href);
};

const rows = () =>
  [...document.querySelectorAll("table a[href*='#']")]
    .map((link) => ({ link, name: decodeURIComponent(link.hash.slice(1)), row: link.closest("tr") }))
    .filter(({ row }) => row);

const mark = () => {
  const answers = kept();
  const marks = { "✓": 0, "✗": 0 };
  for (const { link, name } of rows()) {
    const sign = answers[name]?.told[0];
    if (!(sign in marks)) continue;
    marks[sign] += 1;
    link.parentElement.querySelector(".mark")?.remove();
    const words = sign === "✓" ? "right" : "wrong";
    const title = answers[name].told.replaceAll('"', "&quot;");
    link.insertAdjacentHTML("afterend", ` <span class="mark" data-mark="${sign}" role="img"
      aria-label="${words}" title="${title}">${sign}</span>`);
  }
  return `${marks["✓"]} right, ${marks["✗"]} wrong, of ${rows().length}`;
};

// Put what is kept, and the buttons, above the list.
export const show = (place) => {
  place.innerHTML = `<p><output></output></p>
    <button type="button">Save my answers</button>
    <label class="button">Read answers<input class="visually-hidden" type="file" accept=".ipynb,application/json"></label>
    <button type="button">Forget them</button>`;
  const [output, input] = ["output", "input"].map((name) => place.querySelector(name));
  const [keepButton, forget] = place.querySelectorAll("button");
  const state = (more = "") => {
    output.textContent = `Your answers in this browser: ${mark()}.${more}`;
  };
  keepButton.onclick = save;
  input.onchange = async () => {
    try {
      const count = take(await input.files[0].text());
      state(` ${count} were read.`);
    } catch {
      state(" The file is no notebook with answers; nothing was changed.");
    }
    input.value = "";
  };
  forget.onclick = () => {
    if (!confirm("Forget all answers that this browser keeps?")) return;
    localStorage.removeItem("chainrule.answers");
    document.querySelectorAll("table .mark").forEach((el) => el.remove());
    state();
  };
  state();
};
