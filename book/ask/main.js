// Loaded when a reader first asks something: exercises, code cells, and what is kept of them.

import "./ask.css";
import * as answers from "./answers.js";
import * as cells from "./cells.js";
import * as engine from "./engine.js";
import * as exercises from "./exercises.js";
import * as panel from "./panel.js";
import * as progress from "./progress.js";

document.head.insertAdjacentHTML("beforeend", `<link rel="stylesheet" href="${engine.base}main.css">`);

self.chainruleAsk = { answers, cells, engine, exercises, panel, progress };
