// What the theme's pages lack for keyboards, screen readers and reading from a file.

const each = (selector, change) => document.querySelectorAll(selector).forEach(change);
const root = document.documentElement.dataset.content_root;
const load = (name) =>
  new Promise((loaded) => {
    const script = document.createElement("script");
    script.src = root + name;
    script.onload = loaded;
    document.head.append(script);
  });

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

// What a ✓ opens is closed by Escape, and by a click beside it.
const close = (but) => each(".tick[open]", (el) => (el.open = el.contains(but)));
document.addEventListener("click", ({ target }) => close(target));
document.addEventListener("keydown", ({ key }) => key === "Escape" && close(null));
each(".tick", (el) => {
  const panel = el.querySelector(".panel");
  el.addEventListener("toggle", () => el.open && panel.scrollIntoView({ block: "nearest" }));
});

// A line that is printed is a sentence, which on a phone may break where it must, though not within a
// number, or has columns, or is part of an array; then it scrolls. One as long as a line with columns
// has them, too. A sentence of ✓ goes on in the lines that are indented below it; below that of a claim
// stand its oracles.
const judged = /^\s*[✓✗○]/;
const columns = /\S {2,}\S|[[\]│█]/;
each(".stream pre", (el) => {
  const lines = el.textContent.match(/✓ (?!\(\d).*(\n {2,}.*)*\n?|.+\n?|\n/g) ?? [];
  const others = lines.filter((line) => !judged.test(line));
  const long = (line) => line.trimEnd().length;
  const lengths = others.filter((line) => columns.test(line)).map(long);
  const shown = lines.map((line) => {
    if (others.includes(line) && (columns.test(line) || lengths.includes(long(line)))) return line;
    const span = document.createElement("span");
    span.className = "said";
    const [first, ...rest] = line.replace(/(?<=\de-)(?=\d)/g, "\u2060").split(/(?=\n +\S)/);
    span.append(first);
    for (const text of rest) {
      const start = document.createElement("span");
      start.className = "goes-on";
      start.textContent = /^\n +/.exec(text);
      span.append(start, text.trimStart());
    }
    return span;
  });
  el.replaceChildren(...shown);
});

// The cells of some tables stand below each other, and each says what it is.
each(".tag_stacked td", (el) => {
  el.dataset.head = el.closest("table").tHead.rows[0].cells[el.cellIndex].textContent;
});

// Who jumps to a place needs the true height of all that is before it.
const whole = ({ target }) => {
  const link = target.closest("a");
  if (link?.hash && link.pathname === location.pathname) document.documentElement.dataset.whole = "";
};
document.addEventListener("click", whole, { capture: true });

// The contents, where they cover the page, have done their work when one is chosen.
each("#pst-secondary-sidebar-modal", (el) => {
  el.addEventListener("click", ({ target }) => target.closest("a") && el.close());
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
  const name = document.createElement("div");
  name.className = "section-name";
  name.setAttribute("aria-hidden", "true"); // the heading itself is read aloud
  document.querySelector(".header-article-items__start").append(name);
  const list = document.querySelector(".bd-sidebar-secondary");
  const links = new Map(places.map((el) => [decodeURI(el.hash).slice(1), el]));
  // the innermost section, or entry of the reference, that begins above the reader's eye; to ask those
  // of a section that is far away would lay it out
  const inside = ":scope > :is(section, dl.py), :scope > dd > dl.py";
  const linked = (el) => links.get(el.id || el.firstElementChild.id);
  const read = (outer, found) => {
    const inner = [...outer.querySelectorAll(inside)];
    const at = inner.findLast((el) => el.getBoundingClientRect().top < 150);
    return at ? read(at, linked(at) ?? found) : found;
  };
  const mark = () => {
    const at = read(document.querySelector(".bd-article"));
    name.textContent = at?.textContent ?? "";
    for (const el of places) {
      const inside = at !== undefined && el.parentElement.contains(at);
      el.classList.toggle("active", inside);
      el.parentElement.classList.toggle("active", inside);
    }
    const { top, bottom } = at?.getBoundingClientRect() ?? {};
    const seen = list.getBoundingClientRect();
    if (top < seen.top || bottom > seen.bottom) list.scrollTop += top - seen.top - seen.height / 2;
  };
  document.addEventListener("scroll", () => requestAnimationFrame(mark), { passive: true });
  mark();
}

// An index at the end of a formula reaches up to 3 pixels beyond it, and is no reason to scroll.
const beyond = (el) => el.scrollWidth - el.clientWidth;
const isWide = (el) => beyond(el) > 3;
const hasMore = (el) => el.scrollWidth > el.clientWidth + el.scrollLeft + 3;

// Measures all elements, then changes them all: a change between two measurements costs a layout of
// the whole page.
const measured = (elements, measure, change) => {
  const found = elements.map(measure);
  elements.forEach((el, i) => change(el, found[i]));
};

// A formula that is somewhat too wide for its column is written smaller, down to eight tenths.
const fit = (formulas) => {
  const zoom = (el, size) => (el.querySelector(".katex").style.zoom = size);
  const size = (el) => Math.max(0.8, (0.99 * el.clientWidth) / el.scrollWidth);
  formulas.forEach((el) => zoom(el, ""));
  measured(formulas, (el) => (isWide(el) ? size(el) : ""), zoom);
  measured(formulas, isWide, (el, wide) => (el.style.overflow = wide ? "" : "visible"));
};

// What is wider than its column scrolls by itself, and fades at the right while there is more to see.
// The arrow keys must reach it: the theme sees to code and outputs when the page loads, but not to
// those that are unfolded later.
const boxes =
  "pre, .cell_output > *, .pst-scrollable-table-container, .katex-display, span.math";
const showMore = (el, more) => el.classList.toggle("more", more);
const reachable = new ResizeObserver((entries) => {
  // in the next frame, for an observer must not change the sizes that it observes
  requestAnimationFrame(() => {
    const changed = entries.map(({ target }) => target);
    fit(changed.filter((el) => el.matches(".katex-display, span.math")));
    measured(changed, hasMore, showMore);
    measured(changed, beyond, (el, width) => {
      el.classList.toggle("wide", width > 12);
      if (width > (el.tagName === "PRE" ? 0 : 3)) el.setAttribute("tabindex", "0");
      else el.removeAttribute("tabindex");
    });
  });
});
each(boxes, (el) => reachable.observe(el));
// a formula whose letters come later may be wider than it was measured, in a box of the same size
document.fonts.addEventListener("loadingdone", () => {
  each(".katex-display, span.math", (el) => {
    reachable.unobserve(el);
    reachable.observe(el);
  });
});
each("table.table td:not(:has(.math))", (el) => {
  const { length } = el.textContent;
  if (length > 24) el.classList.add("prose");
  else if (!el.previousElementSibling) el.classList.add("name");
});
const scrolled = ({ target: el }) => el.matches?.(boxes) && showMore(el, hasMore(el));
document.addEventListener("scroll", scrolled, { capture: true, passive: true });

// The search names a hit in a section by its page alone, so that several hits look like one. Here it
// names the section, or the word of the index, and of hits in one place keeps the best, which stands
// last. Best of all are the titles and words of the index that have all words that were asked for, in
// whatever order. Its excerpts are plain text, in which a formula would be raw TeX.
const improveSearch = () => {
  const find = Search._performSearch;
  const stemmer = new Stemmer();
  const stem = (word) => stemmer.stemWord(word);
  const words = (text) =>
    (text.toLowerCase().match(/[\p{L}\p{N}]+(\.[\p{L}\p{N}]+)*/gu) ?? []).filter(
      (word) => !stopwords.includes(word),
    );
  // how much of an entry was asked for: 1 for all of it, less where words were only begun
  const share = (asked, entry) => {
    const counts = asked.map((word) => {
      if (entry.some((own) => stem(own) === stem(word))) return 1;
      return entry.some((own) => own.startsWith(word)) ? 0.5 : 0;
    });
    return counts.every(Boolean) ? counts.reduce((sum, count) => sum + count, 0) / entry.length : 0;
  };
  const byWords = (query) => {
    const { docnames, titles, filenames, indexentries } = Search._index;
    const asked = words(query);
    const hits = [];
    for (const [entry, places] of Object.entries(indexentries)) {
      const score = 100 * share(asked, words(entry));
      if (!score) continue;
      for (const [page, id, main] of places) {
        const better = docnames[page].includes("/reference/") ? 0 : 1; // than a glossary
        const hit = [docnames[page], titles[page], `#${id}`, null, score + better, filenames[page]];
        if (main) hits.push(hit);
      }
    }
    return hits.sort((one, other) => one[4] - other[4]);
  };
  Search._performSearch = (...query) => {
    const { docnames, alltitles, indexentries } = Search._index;
    const named = (entries) =>
      new Map(
        Object.entries(entries).flatMap(([name, places]) =>
          places.map(([page, id]) => [`${docnames[page]}#${id}`, name]),
        ),
      );
    const [sections, entries] = [alltitles, indexentries].map(named);
    const hits = new Map();
    for (const hit of [...find(...query), ...byWords(query[0])]) {
      const [page, title, anchor, description] = hit;
      const name = sections.get(page + anchor) ?? entries.get(page + anchor);
      if (name && !description && !title.endsWith(name)) hit[1] = `${title} > ${name}`;
      const place = page + hit[1];
      hits.delete(place);
      hits.set(place, hit);
    }
    // the best is last: a section, then a page, then what the package says of itself
    const rank = ([page, , anchor]) => (page.includes("/api/") ? 0 : anchor ? 2 : 1);
    return [...hits.values()].sort((one, other) => rank(one) - rank(other));
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
};
if (typeof Search !== "undefined") improveSearch();

// While something is typed into the search, the best hits stand below it. Only then are the index and
// Sphinx's scripts loaded, which work from a file, too.
const dialog = document.querySelector("#pst-search-dialog");
if (dialog) {
  const field = dialog.querySelector("input");
  const most = 8;
  dialog.setAttribute("aria-label", "Search");
  dialog.insertAdjacentHTML(
    "beforeend",
    `<div class="hits" hidden><p role="status"></p><ul aria-label="Best hits"></ul></div>`,
  );
  const [box, status, list] = [".hits", "[role=status]", "ul"].map((el) => dialog.querySelector(el));

  const item = ([page, title, anchor, description]) => {
    const link = document.createElement("a");
    const [book, ...section] = title.split(" > ");
    link.href = root + page + DOCUMENTATION_OPTIONS.LINK_SUFFIX + anchor;
    link.innerHTML = section.length ? section.join(" > ") : book;
    const where = section.length ? book : description;
    if (where) link.insertAdjacentHTML("beforeend", ` <small>${where}</small>`);
    const el = document.createElement("li");
    el.append(link);
    return el;
  };
  const show = () => {
    box.hidden = !field.value.trim();
    if (box.hidden || typeof Search === "undefined" || !Search.hasIndex()) return;
    const hits = Search._performSearch(...Search._parseQuery(field.value)).reverse();
    localStorage.removeItem("sphinx_highlight_terms"); // the next page shall mark no half words
    list.replaceChildren(...hits.slice(0, most).map(item));
    const all = hits.length > most ? `, the best ${most} are shown; Enter lists all` : "";
    status.textContent = `${hits.length || "No"} ${hits.length === 1 ? "hit" : "hits"}${all}`;
  };

  let typed = "";
  const prepare = async () => {
    if (typeof Search === "undefined") {
      await load("_static/language_data.js");
      await load("_static/searchtools.js");
      field.value = typed; // Sphinx has put there what its own page would have been asked
      improveSearch();
      await load("searchindex.js");
    }
    show();
  };
  dialog.addEventListener("focusin", prepare, { once: true });
  field.addEventListener("input", () => {
    typed = field.value;
    show();
  });

  // the arrow keys go from the field to the hits and back; Enter does what it always does
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") dialog.close(); // a browser does not always, from a hit
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [field, ...list.querySelectorAll("a")];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (!step) return;
    event.preventDefault();
    next?.focus();
  });
  list.addEventListener("click", (event) => {
    if (event.target.closest("a")) dialog.close(); // it may lead to a place on this page
  });
}

// What a reader asks is answered by scripts that are loaded with the first question.
const answering = () => self.chainruleAsk ?? load("_static/ask/main.js").then(() => self.chainruleAsk);
each("form.ask", (form) => {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    (await answering()).exercises.submit(form, event.submitter);
  });
  const edit = async () => (await answering()).exercises.edit(form);
  form.querySelector("textarea")?.addEventListener("focus", edit, { once: true });
});
each(".cell.tag_runs .cell_input", (el) => {
  const cell = el.closest(".cell");
  el.insertAdjacentHTML(
    "beforeend",
    `<div class="asks"><button>Run</button><button>Edit</button><button>Run all above</button><button>As it was</button></div>`,
  );
  const wishes = ["run", "edit", "runAbove", "reset"];
  [...el.querySelectorAll(".asks button")].forEach((button, i) => {
    button.addEventListener("click", async () => (await answering()).cells[wishes[i]](cell));
  });
});
each('.cell[class*="tag_needs-"] .cell_input', (el) => {
  const needs = /tag_needs-(\S+)/.exec(el.closest(".cell").className)[1].replaceAll("-and-", " and ");
  const how = `<a href="${root}book/running.html">on Colab, Binder or your own machine</a>`;
  el.insertAdjacentHTML("beforeend", `<p class="asks">Needs ${needs}, and runs ${how}.</p>`);
});
each(".draw", (el) => {
  el.querySelector("button").addEventListener("click", async () => {
    await answering();
    if (!self.chainruleDigit) await load("_static/ask/digit.js");
    self.chainruleDigit(el);
  });
});
const place = document.querySelector("#answers");
each("#verify", (el) => {
  el.querySelector("button").addEventListener("click", async () => (await answering()).ledger.verify(el));
});
const answered = localStorage.getItem("chainrule.answers");
if (answered && document.querySelector("form.ask")) answering().then((ask) => ask.exercises.restore());
if (place) answering().then((ask) => ask.progress.show(place));

// The ledger has many rows: a form above them shows those of a section, of an oracle, with some words.
const claims = [...document.querySelectorAll(".claim")];
if (claims.length) {
  const form = document.createElement("form");
  form.className = "filter";
  form.setAttribute("aria-label", "Show some claims");
  form.innerHTML = `
    <label>Section<select name="section"><option value="">all</option></select></label>
    <label>Checked by<select name="oracle"><option value="">any oracle</option></select></label>
    <label>Number, name or words<input name="words" type="search"></label>
    <output></output><button type="reset">show all</button>`;
  const plain = (text) => text.toLowerCase().replace(/[-'’]/g, "");
  const said = (claim) => {
    const copy = claim.cloneNode(true);
    copy.querySelectorAll(".math").forEach((el) => el.remove());
    return plain(copy.textContent);
  };
  const sections = new Map(); // a heading, and the claims below it
  for (const el of claims[0].parentElement.children) {
    if (el.matches(".claim")) [...sections.values()].at(-1).push(el);
    else sections.set(el, []);
  }
  const rows = [...sections].flatMap(([heading, below]) =>
    below.map((el) => ({
      el,
      section: heading.textContent,
      oracles: el.dataset.oracles.split("; "),
      text: said(el),
    })),
  );
  const offer = (name, values) => values.forEach((value) => form[name].add(new Option(value, value)));
  offer("section", [...sections.keys()].map((heading) => heading.textContent));
  offer("oracle", [...new Set(rows.flatMap((row) => row.oracles))]);

  const show = () => {
    const [section, oracle, words] = ["section", "oracle", "words"].map((name) => form[name].value);
    for (const row of rows) {
      const fits =
        (!section || row.section === section) &&
        (!oracle || row.oracles.includes(oracle)) &&
        plain(words).split(/\s+/).every((word) => row.text.includes(word));
      row.el.hidden = !fits;
    }
    sections.forEach((below, heading) => (heading.hidden = below.every((el) => el.hidden)));
    const shown = claims.filter((el) => !el.hidden).length;
    form.querySelector("output").textContent = shown
      ? `${shown} of ${claims.length} shown`
      : "none has all of these";
  };
  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show)); // when the fields are empty
  form.addEventListener("submit", (event) => event.preventDefault());
  claims[0].parentElement.prepend(form);

  // a link to a claim opens it, though it may not be shown
  const open = () => {
    const claim = claims.find((el) => `#${el.id}` === location.hash);
    if (claim) {
      form.reset();
      show();
      claim.open = true;
      claim.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", open);
  show();
  open();
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
