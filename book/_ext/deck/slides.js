// Slides of a page: what fits on one, keys, notes, an overview. Without it they stand below each other.

const root = document.documentElement;
const night = matchMedia("(prefers-color-scheme: dark)");
const dress = (dark) => (root.dataset.theme = dark ? "dark" : "light");
dress(night.matches);
night.onchange = () => dress(night.matches);
window.onbeforeprint = () => dress(false);
window.onafterprint = () => dress(night.matches);

const find = (selector) => document.querySelector(selector);
const all = () => [...document.querySelectorAll(".slide")];
const part = (slide, name) => slide.querySelector(`.${name}`);
const heading = (slide) => slide.querySelector("header").textContent;

// Units of a section share a slide while they fit. A list or table that is too long goes on on the next
// slide, and what is still too large is made smaller; what is small, a little larger. All is measured
// at once, because each change between two measurements costs a layout.
const measure = (slide) => {
  slide.room = part(slide, "frame").clientHeight;
  slide.needs = part(slide, "board").offsetHeight;
};
const fits = (slide, zoom = 1, picture = 340) => {
  const [frame, board] = ["frame", "board"].map((name) => part(slide, name));
  board.style.zoom = zoom;
  board.style.setProperty("--room", `${picture}px`);
  return frame.scrollHeight <= frame.clientHeight && frame.scrollWidth < frame.clientWidth + 3;
};
const looks = [
  ...[1.4, 1.3, 1.2, 1.1, 1].map((zoom) => [zoom, 340]),
  ...[310, 280, 260].map((picture) => [1, picture]),
  ...[0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4].map((zoom) => [zoom, 280]),
];
const fit = (slide) =>
  looks.some(([zoom, picture]) => {
    const tooHigh = zoom > 1 && zoom * slide.needs > slide.room;
    return !tooHigh && fits(slide, zoom, picture);
  });
const alone = ".title, .question, .exercise";
const join = (slide, next) => {
  if (slide.matches(alone) || heading(slide) !== heading(next)) return false;
  const both = slide.needs + 10 + next.needs;
  if (both > slide.room * (next.needs < 70 ? 1.12 : 1.04)) return false;
  slide.needs = both;
  ["board", "notes"].forEach((name) => part(slide, name).append(...part(next, name).childNodes));
  next.remove();
  return true;
};
const rows = ":scope > li, :scope > tbody > tr, :scope > table > tbody > tr";
// copies a part of a slide without what is on the board
const bare = (el) => {
  if (el.matches("header, footer")) return el.cloneNode(true);
  const twin = el.cloneNode(false);
  if (!el.matches(".board, .notes")) twin.append(...[...el.children].map(bare));
  return twin;
};
const divide = (slide) => {
  fits(slide);
  const last = part(slide, "board").lastElementChild;
  const lines = [...last.querySelectorAll(rows)];
  if (lines.length < 2) return null;
  const heights = lines.map((row) => row.offsetHeight);
  let [kept, excess] = [lines.length, slide.needs - slide.room / 0.97];
  while (kept > 1 && excess > 0) excess -= heights[--kept];
  // two of the same length, if the second would be the shorter
  kept = Math.min(kept, Math.ceil(lines.length / 2));
  const home = lines[0].parentElement;
  lines.forEach((row) => row.remove());
  const rest = last.cloneNode(true);
  rest.removeAttribute("id");
  if (rest.localName === "ol") rest.start = last.start + kept;
  const next = bare(slide);
  part(next, "board").append(rest);
  (rest.querySelector("tbody") ?? rest).append(...lines.slice(kept));
  home.append(...lines.slice(0, kept));
  slide.after(next);
  return next;
};
const lay = () => {
  const titles = [...document.querySelectorAll(".slide h2")];
  const long = titles.filter((title) => title.offsetHeight > 40 || title.textContent.length > 40);
  long.forEach((title) => title.classList.add("long"));
  all().forEach(measure);
  let open = null;
  for (const slide of all()) if (!open || !join(open, slide)) open = slide;
  for (open of all()) {
    while (open && open.needs > open.room && !fits(open, 0.92)) {
      const rest = divide(open);
      measure(open);
      if (rest) measure(rest);
      open = rest;
    }
  }
  const slides = all();
  const names = slides.map((slide) => (slide.matches(".title") ? "" : heading(slide)));
  slides.forEach((slide, i) => {
    const same = names.filter((name) => name === names[i]).length;
    const before = names.slice(0, i).filter((name) => name === names[i]).length;
    const which = document.createElement("span");
    which.className = "part";
    which.textContent = ` ${before + 1}/${same}`;
    if (same > 1 && !slide.matches(alone)) slide.querySelector("h2").append(which);
    slide.tabIndex = -1;
    slide.setAttribute("aria-label", `Slide ${i + 1} of ${slides.length}`);
    slide.onclick = () => {
      if (root.classList.contains("all")) act.overview(show(i));
    };
  });
  slides.forEach(fit);
};

// Which slide is seen, by its number or by something on it.
let now = 0;
const show = (to) => {
  const slides = all();
  now = Math.max(0, Math.min(to, slides.length - 1));
  slides.forEach((slide, i) => slide.classList.toggle("now", i === now));
  slides[now].focus({ preventScroll: !root.classList.contains("all") });
  history.replaceState(null, "", `#${now + 1}`);
};
const follow = () => {
  const place = decodeURIComponent(location.hash.slice(1));
  const slide = document.getElementById(place)?.closest(".slide");
  show(slide ? all().indexOf(slide) : (Number(place) || 1) - 1);
};
const size = () => {
  const { clientWidth: width, clientHeight: height } = root;
  const room = height * (root.classList.contains("told") ? 0.68 : 1);
  const scale = root.classList.contains("all") ? 0.29 : Math.min(width / 800, room / 450);
  root.style.setProperty("--scale", scale);
};
const toggle = (name) => {
  root.classList.toggle(name);
  size();
  show(now);
};
const act = {
  previous: () => show(now - 1),
  next: () => show(now + 1),
  notes: () => toggle("told"),
  overview: () => toggle("all"),
  full: () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()),
  help: () => find("dialog").showModal(),
};
const keys = {
  ArrowRight: act.next,
  PageDown: act.next,
  " ": act.next,
  ArrowLeft: act.previous,
  PageUp: act.previous,
  Home: () => show(0),
  End: () => show(Infinity),
  n: act.notes,
  o: act.overview,
  f: act.full,
  "?": act.help,
};
const quit = (target) => {
  document.querySelectorAll(".tick[open]").forEach((tick) => (tick.open = false));
  if (root.classList.contains("all")) act.overview();
  target.blur();
};
// What has the focus keeps the keys that are its own.
document.onkeydown = (event) => {
  const { key, target } = event;
  const own = target.closest("input") || (/^( |Enter)$/.test(key) && target.closest("button, summary, a"));
  if (event.ctrlKey || event.altKey || event.metaKey || find("dialog[open]")) return;
  if (key === "Escape") quit(target);
  if (own) return;
  if (key === "Enter" && root.classList.contains("all")) act.overview();
  if (!(key in keys)) return;
  event.preventDefault();
  keys[key]();
};
document.querySelectorAll("nav button").forEach((button) => {
  button.onclick = () => act[button.dataset.do]();
});
let from = null;
document.addEventListener("touchstart", ({ touches, target }) => {
  from = touches.length === 1 && !target.closest("input") ? touches[0] : null;
});
document.addEventListener("touchend", ({ changedTouches: [to] }) => {
  const [x, y] = from ? [to.clientX - from.clientX, to.clientY - from.clientY] : [0, 0];
  if (Math.abs(x) > Math.max(50, 2 * Math.abs(y))) show(now - Math.sign(x));
});

document.body.getBoundingClientRect(); // asks for the fonts, whose letters are measured
document.fonts.ready.then(() => {
  root.classList.add("on");
  lay();
  window.onresize = size;
  window.onhashchange = follow;
  size();
  follow();
});
