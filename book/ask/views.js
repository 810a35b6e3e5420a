// What the network makes of a drawing: the image that it sees, its maps, ten probabilities.

const FIGURES = {
  image: "The image: of 4 × 4 cells, how many have ink",
  "first convolution": "First convolution, after ReLU: 12 × 8 × 8",
  "second convolution": "Second convolution, after ReLU: 24 × 8 × 8",
  pooling: "Max-pooling: 24 × 4 × 4",
};

// Draw a map, a pixel for each number: from clear at 0 to the colour of the text.
const draw = (canvas, rows, largest) => {
  const brush = canvas.getContext("2d");
  canvas.height = rows.length;
  canvas.width = rows[0].length;
  brush.fillStyle = getComputedStyle(canvas).color;
  rows.forEach((row, y) =>
    row.forEach((value, x) => {
      brush.globalAlpha = value / largest;
      brush.fillRect(x, y, 1, 1);
    }),
  );
};

// Make the places for all of it, and give what fills them.
export const views = (all) => {
  const bars = [...Array(10).keys()].map((digit) => {
    const bar = document.createElement("li");
    bar.innerHTML = `<span>${digit}</span><span class="bar"></span><span></span>`;
    all.querySelector(".draw-bars").append(bar);
    return bar;
  });
  const sheets = Object.entries(FIGURES).map(([name, text]) => {
    const figure = document.createElement("figure");
    figure.innerHTML = `<figcaption></figcaption><div role="img"></div>`;
    figure.firstChild.textContent = text;
    figure.lastChild.setAttribute("aria-label", text);
    all.append(figure);
    if (name === "image") all.querySelector(".draw-read").append(figure);
    return [name, figure.lastChild];
  });
  let found;
  const show = () => {
    if (!found) return;
    for (const [name, sheet] of sheets) {
      const maps = name === "image" ? [found.image] : found.maps[name];
      const largest = name === "image" ? 16 : Math.max(1e-9, ...maps.flat(2));
      while (sheet.childElementCount < maps.length) sheet.append(document.createElement("canvas"));
      maps.forEach((rows, i) => draw(sheet.children[i], rows, largest));
    }
    found.probabilities.forEach((share, digit) => {
      bars[digit].style.setProperty("--share", share);
      bars[digit].lastChild.textContent = share.toFixed(2);
    });
  };
  new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return (given) => {
    found = given;
    show();
  };
};
