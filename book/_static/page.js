// What the theme's pages lack for keyboards, screen readers and reading from a file.

const each = (selector, change) => document.querySelectorAll(selector).forEach(change);

// A label that differs from the visible text hides that text from speech control.
const labelled = ".search-button-field, .theme-switch-button, .cell > details > summary";
each(labelled, (el) => el.removeAttribute("aria-label"));
each(".theme-switch-button", (el) => {
  el.insertAdjacentHTML("afterbegin", '<span class="visually-hidden">Color mode:</span>');
});

// The book's title stands outside every landmark.
each(".sidebar-primary-item:has(> .navbar-brand)", (el) => {
  el.setAttribute("role", "navigation");
  el.setAttribute("aria-label", "Front page");
});

// The arrow that unfolds a chapter in the sidebar has no name.
each(".bd-sidenav summary", (el) => {
  const chapter = el.closest("li").querySelector("a").textContent.trim();
  el.setAttribute("aria-label", `Sections of ${chapter}`);
});

// Some servers send a notebook as text, which a browser shows instead of saving it. From file://
// it is shown whatever the link says, and then a tab of its own is best.
each(".btn-download-source-button", (el) => {
  if (location.protocol === "file:") return;
  el.removeAttribute("target");
  el.setAttribute("download", "");
});

// docutils gives each entry of a bibliography a role that a list may not hold.
each(".citation-list > .citation", (el) => el.setAttribute("role", "listitem"));

// A browser refuses fetch() on file://, so search results there come without their excerpts.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// The theme marks a section in the contents only while its heading is in sight. Here it is the one
// that is being read; where there is no room for the contents, the bar at the top names it.
document.body.removeAttribute("data-bs-spy");
const places = [...document.querySelectorAll("#pst-page-toc-nav a")];
if (places.length) {
  const sections = places.map((el) => document.getElementById(decodeURI(el.hash.slice(1))));
  const name = document.createElement("div");
  name.className = "section-name";
  name.setAttribute("aria-hidden", "true"); // the heading itself is read aloud
  document.querySelector(".header-article-items__start").append(name);
  const mark = () => {
    const at = sections.filter((el) => el.getBoundingClientRect().top < 150).length - 1;
    name.textContent = places[at]?.textContent ?? "";
    for (const el of places) {
      const inside = el.parentElement.contains(places[at]);
      el.classList.toggle("active", inside);
      el.parentElement.classList.toggle("active", inside);
    }
  };
  document.addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });
  mark();
}

// An index at the end of a formula reaches up to 3 pixels beyond it, and is no reason to scroll.
const isWide = (el) => el.scrollWidth > el.clientWidth + 3;
const hasMore = (el) => el.scrollWidth > el.clientWidth + el.scrollLeft + 3;

// Measures all elements, then changes them all: a change between two measurements costs a layout of
// the whole page.
const measured = (elements, measure, change) => {
  const found = elements.map(measure);
  elements.forEach((el, i) => change(el, found[i]));
};

// A formula that is somewhat too wide for its column is written smaller, down to seven tenths.
const fit = (formulas) => {
  const zoom = (el, size) => (el.querySelector(".katex").style.zoom = size);
  const size = (el) => Math.max(0.7, (0.99 * el.clientWidth) / el.scrollWidth);
  formulas.forEach((el) => zoom(el, ""));
  measured(formulas, (el) => (isWide(el) ? size(el) : ""), zoom);
  measured(formulas, isWide, (el, wide) => (el.style.overflow = wide ? "" : "visible"));
};

// What is wider than its column scrolls by itself, and fades at the right while there is more to see.
// The arrow keys must reach it: the theme sees to code and outputs when the page loads, but not to
// those that are unfolded later.
const boxes =
  "pre, .cell_output > *, .pst-scrollable-table-container, .panel, .katex-display, span.math";
const showMore = (el, more) => el.classList.toggle("more", more);
const reachable = new ResizeObserver((entries) => {
  // in the next frame, for an observer must not change the sizes that it observes
  requestAnimationFrame(() => {
    const changed = entries.map(({ target }) => target);
    fit(changed.filter((el) => el.matches(".katex-display, span.math")));
    measured(changed, hasMore, showMore);
    measured(changed, isWide, (el, wide) => {
      if (wide) el.setAttribute("tabindex", "0");
      else el.removeAttribute("tabindex");
    });
  });
});
each(boxes, (el) => reachable.observe(el));
const scrolled = ({ target: el }) => el.matches?.(boxes) && showMore(el, hasMore(el));
document.addEventListener("scroll", scrolled, { capture: true, passive: true });

// The search names a hit in a section by its page alone, so that several hits look like one. Here it
// names the section, and of hits with one name keeps the best, which stands last. Its excerpts are
// plain text, in which a formula would be raw TeX.
if (typeof Search !== "undefined") {
  const find = Search._performSearch;
  Search._performSearch = (...query) => {
    const sections = new Map();
    for (const [title, places] of Object.entries(Search._index.alltitles)) {
      for (const [page, id] of places) sections.set(`${Search._index.docnames[page]}#${id}`, title);
    }
    const hits = new Map();
    for (const hit of find(...query)) {
      const [page, title, anchor, description] = hit;
      const section = sections.get(page + anchor);
      if (section && !description && !title.endsWith(section)) hit[1] = `${title} > ${section}`;
      const name = page + hit[1];
      hits.delete(name);
      hits.set(name, hit);
    }
    return [...hits.values()];
  };

  const text = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelector("#jb-print-docs-body")?.remove();
    page.querySelectorAll(".math").forEach((el) => {
      const formula = el.querySelector("annotation").textContent;
      el.textContent = /[\\{]/.test(formula) ? "…" : formula;
    });
    return text(page.documentElement.outerHTML, anchor);
  };
}

// In a new tab the theme scrolls the sidebar to the current page, even where that was in sight.
if (sessionStorage.getItem("sidebar-scroll-top") === null) {
  window.addEventListener("load", () => {
    const sidebar = document.querySelector(".bd-sidebar");
    const current = sidebar.querySelector("a.current");
    const bottom = current?.getBoundingClientRect().bottom + sidebar.scrollTop;
    if (bottom < window.innerHeight) sidebar.scrollTop = 0;
  });
}
