// What a reader sees while the page's Python is loaded and works.

import { agree, agreed, ask, megabytes, prepare, start, stop } from "./engine.js";

// Nothing large is loaded before the reader says so, once for all pages.
const permission = async (box) => {
  if (agreed()) return true;
  const size = (await megabytes()).toFixed(1);
  box.innerHTML = `<p>To run code, this page loads Python and NumPy, ${size} MB. Your browser keeps them,
    and what you write stays in it.</p><button type="button">Load and run</button>
    <button type="button">Not now</button>`;
  const [yes, no] = box.querySelectorAll("button");
  yes.focus();
  const agrees = await new Promise((answer) => {
    yes.onclick = () => answer(true);
    no.onclick = () => answer(false);
  });
  if (agrees) agree();
  box.replaceChildren();
  return agrees;
};

const failed = (message) => ({
  error: message.startsWith("stopped")
    ? `${message}. Python starts afresh with the next question; what earlier cells made is gone.`
    : message,
  ended: true, // by no fault of the lines that were asked about
  line: null,
  right: null,
  shown: "",
  html: "",
  skipped: [],
});

// Do something that needs Python and give its outcome, or nothing where the reader does not want it.
// In a Python that has just started, `first` is done before, if it is given.
export const work = async (box, { first, wish, given, limit, tell }) => {
  if (!(await permission(box))) return undefined;
  box.innerHTML = `<div class="working"><progress max="1"></progress><span role="status"></span>
    <button type="button">Stop</button></div>`;
  const [bar, status, button] = ["progress", "span", "button"].map((name) => box.querySelector(name));
  bar.setAttribute("aria-label", "Loading Python");
  button.onclick = () => stop();
  const began = performance.now();
  const clock = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1000);
    if (!bar.isConnected) status.textContent = `Python works: ${seconds} s`;
  }, 1000);
  try {
    await start((text, share) => {
      status.textContent = text;
      bar.value = share;
    });
    bar.remove();
    await prepare(first);
    return await ask(wish, given, { limit, tell });
  } catch (error) {
    return failed(error.message);
  } finally {
    clearInterval(clock);
    box.replaceChildren();
  }
};
