// A network is trained step by step in the page, and all of it is computed by the package.

import * as pictures from "./play/pictures.js";
import { setup, shared, show } from "./play/settings.js";

const NAME = "playground"; // of the training in Python
const LIMIT = 60; // seconds that one answer may take
const BOUNDARY = 120; // milliseconds between two pictures of the plane, at least

const form = document.querySelector("#playground");
const part = (name) => form.querySelector(name);
const [plane, losses, norms, net] = [".plane", ".losses", ".norms", ".net"].map((name) => {
  const figure = part(name);
  return { figure, canvas: figure.querySelector("canvas"), caption: figure.querySelector(".caption") };
});
const { run, step, reset, speed } = form.elements;
const address = shared(form);

let seen; // what is shown: begin, film, state, picture
let going = false; // whether it trains on and on
let made = ""; // the setup that Python has, as JSON

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const few = (number) => (number === null ? "no number" : number.toPrecision(3));

const draw = () => {
  const { begin, film, state, picture } = seen;
  const { columns, sizes, points } = begin;
  plane.caption.textContent = columns.length
    ? `Step ${state.step}: of the training points ${percent(state.train_accuracy)} right, of the others ${percent(state.validation_accuracy)}.`
    : `Step ${state.step}: ${picture.wrong} of ${picture.of} validation images are read wrong; of the training images ${percent(state.train_accuracy)} right.`;
  if (columns.length) pictures.plane(plane.canvas, points, picture);
  else pictures.images(plane.canvas, picture.images);
  const steps = film.map((frame) => frame.step);
  const of = (name) => film.map((frame) => frame[name]);
  const named = [
    { name: "training", values: of("train_loss"), colour: 0 },
    { name: "validation", values: of("validation_loss"), colour: 1, dash: 1 },
  ];
  if (state.right) {
    const right = film.map((frame) => frame.right?.train_loss ?? null);
    named.push({ name: "training, right form", values: right, colour: 2, dash: 2 });
  }
  losses.caption.textContent = `The loss: training ${few(state.train_loss)}, validation ${few(state.validation_loss)}.`;
  pictures.curves(losses.canvas, steps, named, { from: 0 });
  const layers = Math.max(...film.map((frame) => frame.norms.length));
  norms.figure.hidden = !layers;
  if (layers) {
    norms.caption.textContent = "The length of each layer’s gradient.";
    const each = Array.from({ length: layers }, (_, k) => ({
      name: `${k + 1}`,
      values: film.map((frame) => frame.norms[k] ?? null),
      colour: k,
      dash: k,
    }));
    pictures.curves(norms.canvas, steps, each, { log: true });
  }
  net.caption.textContent = "The weights: blue above 0, orange below; the larger, the thicker.";
  pictures.net(net.canvas, sizes, state.weights);
  part(".clock").textContent = `step ${state.step}, epoch ${Math.floor(state.step / begin.epoch)}, rate ${few(state.lr)}`;
};

const paragraph = (parent, text) => parent.append(Object.assign(document.createElement("p"), { textContent: text }));

// Say what the oracles found in a mistake.
const judge = (verdict) => {
  const box = part(".verdict");
  box.hidden = !verdict;
  box.replaceChildren();
  if (!verdict) return;
  const { title, sentence, label, about, oracles, not_asked: left, said } = verdict;
  paragraph(box, `${title}. ${sentence}`);
  paragraph(box, `Equation (${label}), ${about}: ${said}.`);
  const list = document.createElement("ul");
  for (const { name, error, bound, notices } of oracles) {
    const item = document.createElement("li");
    item.textContent = notices
      ? `✗ ${name}: error ${error}, more than ${bound}`
      : `✓ ${name}: error ${error}, within ${bound}`;
    list.append(item);
  }
  box.append(list);
  if (left.length) paragraph(box, `Not asked in this page: ${left.join(", ")}.`);
};

const complain = (text) => {
  const alert = part(".play-error");
  alert.hidden = !text;
  alert.textContent = text.replace(/^[\s\S]*?(?=\w*Error: )\w*Error: /, "");
};

const wish = async (method, values = {}) => {
  const { engine } = await answering();
  return engine.ask("do", [NAME, method, JSON.stringify(values)], { limit: LIMIT });
};

const frame = (state) => {
  seen.state = state;
  seen.film.push(state);
  const { length } = seen.film; // of a long training every second moment is kept
  if (length > 600) seen.film = seen.film.filter((_, i) => i % 2 === 0 || i === length - 1);
};

// Have Python make the training anew; false where it cannot, or the reader does not want it.
const make = async () => {
  going = false;
  if (!form.reportValidity()) return false;
  complain("");
  const { panel } = await answering();
  const wanted = JSON.stringify({ setup: setup(form) });
  const given = [NAME, "chainrule.playground", "Playground", wanted];
  const outcome = await panel.work(part(".python"), { wish: "make", given, limit: LIMIT });
  if (outcome === undefined) return false;
  if (outcome?.error) {
    complain(outcome.error);
    return false;
  }
  made = wanted;
  const begin = await wish("begin");
  const state = await wish("step", { n: 0 });
  seen = { begin, film: [state], state, picture: await wish("boundary") };
  judge(seen.begin.verdict);
  step.disabled = reset.disabled = false;
  draw();
  return true;
};

const current = async () => made === JSON.stringify({ setup: setup(form) }) || make();

const say = () => {
  run.textContent = going ? "Pause" : made ? "Run" : "Start";
  part("[role=status]").textContent = going ? "training" : plane.caption.textContent;
};

const stopped = (error) => {
  going = false;
  made = "";
  complain(error.message);
};

// Train so many steps and show them.
const advance = async (n, pictureToo) => {
  frame(await wish("step", { n }));
  if (pictureToo) seen.picture = await wish("boundary");
  draw();
  if (seen.state.stopped) {
    going = false;
    complain(`It stopped: ${seen.state.stopped}.`);
  }
};

const on = async () => {
  let last = 0;
  while (going) {
    const now = performance.now();
    const due = now - last > BOUNDARY;
    if (due) last = now;
    await advance(Number(speed.value), due);
    await new Promise(requestAnimationFrame); // none comes while the page is hidden
  }
  seen.picture = await wish("boundary");
  draw();
};

let busy = false; // one button at a time
const once = (action) => async () => {
  if (busy) return;
  busy = true;
  try {
    await action();
  } catch (error) {
    stopped(error);
  } finally {
    busy = false;
    say();
  }
};
const go = once(async () => {
  if (!(await current())) return;
  going = true;
  say();
  await on();
});
const forward = once(async () => {
  if (await current()) await advance(1, true);
});
const anew = once(make);

// Begin again, as soon as nothing is at work.
const again = () => {
  going = false;
  if (busy) setTimeout(again, 50);
  else anew();
};
const pause = () => (going = false);
run.onclick = () => (going ? pause() : go());
step.onclick = () => (going ? pause() : forward());
reset.onclick = again;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", (event) => {
  if (event.target.name === "speed") return;
  show(form);
  address.write();
  if (made) again();
});
window.addEventListener("popstate", () => {
  address.read();
  if (made) again();
});

seen = JSON.parse(document.querySelector("#play-first").textContent);
address.read();
draw();
const redraw = () => requestAnimationFrame(draw);
new ResizeObserver(redraw).observe(form);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
