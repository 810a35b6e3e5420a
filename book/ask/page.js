// What the build wrote down of this page: its code cells, and what its exercises ask for.

import { ask, script } from "./engine.js";

const root = new URL(document.documentElement.dataset.content_root, location.href).href;
export const here = location.href.slice(root.length).replace(/\.html.*$/s, "");

export const CELL_LIMIT = 300; // seconds that a cell may take

export const cells = async () => {
  await script("cells.js");
  return self.chainruleCells;
};

// The page's imports, which a reader's own lines rely on.
export const imports = async () => {
  const page = (await cells())[here] ?? [];
  const code = page.filter((cell) => cell.imports).map((cell) => cell.code);
  if (code.length) await ask("run", [code.join("\n"), "the page's imports"], { limit: CELL_LIMIT });
};
