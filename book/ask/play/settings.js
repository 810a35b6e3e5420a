// The form of the playground as a setup, and as an address that can be shared.

// What stands in a field, as the package takes it.
const value = (el) => {
  if (el.type === "checkbox") return el.checked;
  return el.type === "number" ? Number(el.value) : el.value;
};

// Give the setup that the form holds.
export const setup = (form) => {
  const own = (name) => value(form.elements[name]);
  const layers = [];
  for (let i = 1; i <= Number(own("depth")); i++) layers.push([own(`n${i}`), own(`a${i}`)]);
  const options = {};
  for (const el of form.querySelectorAll("[data-optimizer]:not([hidden]) [name]")) {
    const [, name, place] = el.name.split(".");
    if (place === undefined) options[name] = value(el);
    else (options[name] ??= [])[place] = value(el);
  }
  const plain = ["data", "own", "noise", "init", "loss", "optimizer", "schedule", "over", "batch_size", "seed", "broken"];
  return { ...Object.fromEntries(plain.map((name) => [name, own(name)])), layers, options };
};

// Show the fields that the choices need, and the rules behind them.
export const show = (form) => {
  const [data, depth, optimizer, loss, broken] = ["data", "depth", "optimizer", "loss", "broken"].map(
    (name) => form.elements[name].value,
  );
  form.querySelector("[data-own]").hidden = data !== "own";
  form.elements.noise.closest("label").hidden = ["own", "digits"].includes(data);
  form.elements.over.closest("label").hidden = form.elements.schedule.value === "constant";
  form.querySelectorAll("[data-layer]").forEach((el) => (el.hidden = Number(el.dataset.layer) > Number(depth)));
  form.querySelectorAll("[data-optimizer]").forEach((el) => (el.hidden = el.dataset.optimizer !== optimizer));
  const chosen = new Set([`optimizer-${optimizer}`, `loss-${loss}`, `broken-${broken}`]);
  for (const [, activation] of setup(form).layers) chosen.add(`activation-${activation}`);
  document.querySelectorAll(".rule").forEach((el) => {
    el.classList.toggle("off", ![...chosen].some((name) => el.classList.contains(`rule-${name}`)));
  });
};

const fields = (form) => [...form.querySelectorAll("[name]:not(button)")];
const whole = (el) => (el.type === "checkbox" ? String(el.checked) : el.value);
const put = (el, text) => {
  if (el.type === "checkbox") el.checked = text === "true";
  else el.value = text;
};

// Remember how the page has set the form up; give what reads and writes the address.
export const shared = (form) => {
  const first = new Map(fields(form).map((el) => [el.name, whole(el)]));
  return {
    write() {
      const changed = fields(form).filter((el) => whole(el) !== first.get(el.name) && !el.closest("[hidden]"));
      const hash = new URLSearchParams(changed.map((el) => [el.name, whole(el)])).toString();
      if (hash !== location.hash.slice(1)) history.pushState(null, "", hash ? `#${hash}` : location.pathname);
    },
    read() {
      const wanted = new URLSearchParams(location.hash.slice(1));
      for (const el of fields(form)) put(el, wanted.get(el.name) ?? first.get(el.name));
      show(form);
    },
  };
};
