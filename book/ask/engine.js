// The page's Python: loaded when it is first asked, in one worker that can be stopped.

import source from "./worker.js" with { type: "text" };

export const base = document.currentScript.src.replace(/[^/]*$/, "");
const KEY = "chainrule.python"; // whether the reader has once agreed to loading it

// Load a script that lies beside this one, once; from a file nothing else can be loaded.
const once = {};
export const script = (name) =>
  (once[name] ??= new Promise((loaded, failed) => {
    const el = document.createElement("script");
    el.src = base + name;
    el.onload = loaded;
    el.onerror = () => {
      delete once[name];
      failed(new Error(`${name} could not be loaded`));
    };
    document.head.append(el);
  }));

let worker, starting, wanted;
let prepared = false; // whether the page's imports have been run
let last = 0;
const asked = new Map(); // what is being answered

export const megabytes = async () => {
  await script("parts.js");
  return self.chainruleParts.files.reduce((sum, file) => sum + file.size, 0) / 1e6;
};

export const agreed = () => localStorage.getItem(KEY) !== null;
export const agree = () => localStorage.setItem(KEY, "yes");
export const running = () => Boolean(starting);

// Do what a Python that has just started needs first.
export const prepare = async (first) => {
  if (prepared || !first) return;
  await first();
  prepared = true;
};

const settle = ({ data }) => {
  const one = asked.get(data.id);
  if (data.ready) wanted.done(data.ready);
  else if (data.failed && !one) wanted.failed(new Error(data.failed));
  else if ("told" in data) one?.tell(data.told);
  else if (one) {
    clearTimeout(one.timer);
    asked.delete(data.id);
    if (data.failed) one.failed(new Error(data.failed));
    else one.done(data.outcome);
  }
};

const load = async (show) => {
  const mine = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  worker = mine;
  worker.onmessage = settle;
  worker.onerror = (event) => wanted.failed(new Error(event.message));
  const total = await megabytes();
  if (worker !== mine) return; // it was stopped meanwhile
  const { files, parts } = self.chainruleParts;
  worker.postMessage({ manifest: files });
  let here = 0;
  const waiting = {};
  self.chainrulePart = (index, text) => (waiting[index] = text);
  for (const name of parts) delete once[name]; // a second Python needs them again
  const loads = parts.map((name) => script(name));
  for (const [index, one] of loads.entries()) {
    await one;
    if (worker !== mine) return;
    here += (waiting[index].length * 3) / 4 / 1e6;
    worker.postMessage({ part: waiting[index] });
    delete waiting[index];
    show(`Loading Python: ${here.toFixed(1)} of ${total.toFixed(1)} MB`, here / total);
  }
  show("Starting Python", 1);
};

// Start Python, if it does not run; give which it is.
export const start = (show = () => {}) => {
  if (starting) return starting;
  const ready = new Promise((done, failed) => (wanted = { done, failed }));
  load(show).catch(wanted.failed);
  const mine = ready.catch((error) => {
    if (starting === mine) stop(); // and not the one that came after it
    throw error;
  });
  return (starting = mine);
};

// Stop it, whatever it does. What it knew is lost; who waits for an answer is told.
export const stop = (why = "stopped") => {
  worker?.terminate();
  worker = starting = undefined;
  prepared = false;
  for (const { failed, timer } of asked.values()) {
    clearTimeout(timer);
    failed(new Error(why));
  }
  asked.clear();
  wanted?.failed(new Error(why));
};

// Ask it for something; the answer takes no longer than `limit` seconds.
export const ask = (wish, given, { limit, tell = () => {} }) =>
  new Promise((done, failed) => {
    const id = ++last;
    const late = `stopped: it took longer than ${limit} seconds`;
    const timer = setTimeout(() => stop(late), 1000 * limit);
    asked.set(id, { done, failed, tell, timer });
    worker.postMessage({ id, ask: [wish, ...given] });
  });
