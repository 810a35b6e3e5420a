// What brings curves to the front and moves live pictures: every page of the book loads it, and
// every live picture carries it along into notebooks.

// A button in a legend brings a series to the front, in its colour, or puts it back.
const series = (figure) => {
  const buttons = [...figure.querySelectorAll("button[data-series]")];
  const all = figure.querySelector("button[data-all]");
  const pressed = (button) => button.getAttribute("aria-pressed") === "true";
  const first = buttons.filter(pressed);
  const show = (button, on) => {
    button.setAttribute("aria-pressed", on);
    figure.querySelectorAll(`g[data-series="${button.dataset.series}"]`).forEach((group) => {
      group.classList.toggle("behind", !on);
      if (on) group.parentNode.append(group);
      else group.parentNode.querySelector(":scope > .series:not(.behind)")?.before(group);
    });
    all?.setAttribute("aria-pressed", buttons.every(pressed));
  };
  buttons.forEach((button) => (button.onclick = () => show(button, !pressed(button))));
  if (!all) return;
  all.onclick = () => {
    const on = !pressed(all);
    buttons.forEach((button) => show(button, on || first.includes(button)));
  };
};
document.querySelectorAll("figure:has(button[data-series])").forEach(series);

// The range, the buttons beside it and the choices set what moves. Nothing moves by itself.
const live = (figure, { frames, texts, attribute, pace }) => {
  const find = (selector) => figure.querySelector(selector);
  const [input, output, play] = ["[type=range]", "output", ".play"].map(find);
  const choices = [...figure.querySelectorAll("[type=radio]")];
  const moving = figure.querySelectorAll(".moving");
  const last = Number(input.max);
  let timer = 0;

  const show = (step) => {
    input.value = step; // the browser keeps it in its range
    const choice = choices.findIndex((radio) => radio.checked);
    const at = Math.max(0, choice) * (last + 1) + input.valueAsNumber;
    frames[at].forEach((value, i) => moving[i].setAttribute(attribute, value));
    figure.querySelectorAll("[data-choice]").forEach((el) => {
      el.classList.toggle("later", Number(el.dataset.choice) !== choice);
    });
    output.value = texts[at];
    input.setAttribute("aria-valuetext", texts[at]);
  };
  const running = (on) => {
    clearInterval(timer);
    timer = on ? setInterval(next, pace) : 0;
    play.setAttribute("aria-label", on ? "pause" : "play");
    output.setAttribute("aria-live", on ? "off" : "polite"); // nobody can listen that fast
  };
  const next = () => {
    show(input.valueAsNumber + 1);
    if (input.valueAsNumber === last) running(false);
  };
  const by = (steps) => () => {
    running(false);
    show(input.valueAsNumber + steps);
  };

  if (matchMedia("(prefers-reduced-motion: reduce)").matches) pace = Math.max(pace, 1000);
  input.oninput = by(0);
  // a touch that becomes a swipe up or down, which scrolls the page, has not meant the range
  let before = input.value;
  input.onpointerdown = () => (before = input.value);
  input.onpointercancel = () => show(before);
  find(".previous").onclick = by(-1);
  find(".next").onclick = by(1);
  play.onclick = () => {
    if (!timer && input.valueAsNumber === last) show(0);
    running(!timer);
  };
  choices.forEach((radio) => (radio.onchange = () => show(input.value)));
  // where starts lie on each other, a click takes the next of them
  figure.querySelectorAll("[data-places]").forEach((mark) => {
    mark.onclick = () => {
      const here = mark.dataset.places.split(" ").map(Number);
      const choice = choices.findIndex((radio) => radio.checked);
      choices[here[(here.indexOf(choice) + 1) % here.length]].checked = true;
      show(input.value);
    };
  });
  find(".controls").hidden = false;
};
