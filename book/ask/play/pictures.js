// What is seen of a training: the plane, the curves, the network, the images read wrong.

// Okabe and Ito's colours, by day and by night told apart by colour-blind readers, too
const CLASSES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a4f9e", "#b22222", "#6b7a00", "#808080"];
const [PLUS, MINUS] = CLASSES;
const DASHES = [[], [6, 4], [2, 3], [8, 3, 2, 3], [1, 2]];

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--pst-color-${name}`).trim();
const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// Make a canvas ready to be drawn on in its own pixels; give its pencil and its size.
const begin = (canvas, height) => {
  const width = canvas.parentElement.clientWidth;
  const fine = window.devicePixelRatio || 1;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  [canvas.width, canvas.height] = [width, height].map((size) => Math.round(size * fine));
  const pen = canvas.getContext("2d");
  pen.scale(fine, fine);
  pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  pen.fillStyle = style("text-base");
  return { pen, width, height };
};

// Where a grid of probabilities passes one half: pieces of lines, in units of the grid.
const halves = (grid, size) => {
  const at = (i, j) => grid[i * size + j] - 500;
  const pieces = [];
  for (let i = 0; i < size - 1; i++) {
    for (let j = 0; j < size - 1; j++) {
      const corners = [[i, j], [i, j + 1], [i + 1, j + 1], [i + 1, j]];
      const cuts = corners.flatMap(([a, b], k) => {
        const [c, d] = corners[(k + 1) % 4];
        const [one, other] = [at(a, b), at(c, d)];
        if (one >= 0 === other >= 0) return [];
        const share = one / (one - other);
        return [[b + share * (d - b), a + share * (c - a)]];
      });
      for (let k = 0; k + 1 < cuts.length; k += 2) pieces.push([cuts[k], cuts[k + 1]]);
    }
  }
  return pieces;
};

// Draw the points of two columns, and behind them what the network says of the plane.
export const plane = (canvas, points, { low, high, size, shares }) => {
  const side = Math.min(canvas.parentElement.clientWidth, 480);
  const { pen, width } = begin(canvas, side);
  const paper = document.createElement("canvas");
  paper.width = paper.height = size;
  const image = paper.getContext("2d").createImageData(size, size);
  const night = document.documentElement.dataset.theme === "dark";
  const ground = night ? [18, 18, 18] : [255, 255, 255];
  const colours = CLASSES.map(rgb);
  for (let k = 0; k < size * size; k++) {
    const others = shares.map((grid) => grid[k] / 1000);
    const all = [1 - others.reduce((sum, share) => sum + share, 0), ...others];
    const row = size - 1 - Math.floor(k / size); // the grid begins below
    for (let c = 0; c < 3; c++) {
      const mixed = all.reduce((sum, share, i) => sum + share * colours[i][c], 0);
      image.data[4 * (row * size + (k % size)) + c] = 0.55 * ground[c] + 0.45 * mixed;
    }
    image.data[4 * (row * size + (k % size)) + 3] = 255;
  }
  paper.getContext("2d").putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(paper, 0, 0, width, side);
  if (shares.length === 1) {
    const place = ([x, y]) => [((x + 0.5) / size) * width, (1 - (y + 0.5) / size) * side];
    pen.beginPath();
    for (const [from, to] of halves(shares[0], size)) {
      pen.moveTo(...place(from));
      pen.lineTo(...place(to));
    }
    pen.lineWidth = 2;
    pen.strokeStyle = style("text-base");
    pen.stroke();
  }
  points.forEach(({ x, y }, part) => {
    x.forEach(([across, up], i) => {
      const left = ((across - low[0]) / (high[0] - low[0])) * width;
      const top = (1 - (up - low[1]) / (high[1] - low[1])) * side;
      pen.beginPath();
      if (y[i] % 2) pen.rect(left - 3.2, top - 3.2, 6.4, 6.4);
      else pen.arc(left, top, 3.8, 0, 7);
      pen.lineWidth = 1.5;
      const own = night ? `color-mix(in srgb, ${CLASSES[y[i]]}, white 40%)` : CLASSES[y[i]];
      pen.strokeStyle = part ? own : style("background");
      pen.fillStyle = part ? style("background") : own;
      pen.fill();
      pen.stroke();
    });
  });
};

// Draw the images that are read wrong, each with its class and what it is read as.
export const images = (canvas, found) => {
  const wide = canvas.parentElement.clientWidth;
  const cell = 76;
  const across = Math.max(1, Math.floor(wide / cell));
  const rows = Math.ceil(found.length / across) || 1;
  const { pen } = begin(canvas, rows * (cell + 14));
  found.forEach(({ pixels, class: own, read }, k) => {
    const [left, top] = [(k % across) * cell, Math.floor(k / across) * (cell + 14)];
    pixels.forEach((ink, at) => {
      pen.globalAlpha = ink / 16; // of the text's colour, on the page's
      pen.fillRect(left + 8 * (at % 8), top + 8 * Math.floor(at / 8), 8, 8);
    });
    pen.globalAlpha = 1;
    pen.fillText(`${own} read as ${read}`, left, top + 78);
  });
};

const ticks = (low, high) => {
  const room = (high - low) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(room));
  const step = power * [1, 2, 5, 10].find((size) => size * power >= room * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9; k++) found.push(+(k * step).toPrecision(6));
  return found;
};

// Draw curves over the steps; `log` for powers of ten. A curve: its name, its numbers, how it looks.
export const curves = (canvas, steps, named, { log = false, from } = {}) => {
  const { pen, width, height } = begin(canvas, 190);
  const [left, right, top, bottom] = [46, 8, 24, 34];
  const scale = log ? (value) => Math.log10(Math.max(value, 1e-12)) : (value) => value;
  const all = named.flatMap(({ values }) => values).filter((value) => value !== null).map(scale);
  let [low, high] = [Math.min(...all), Math.max(...all)];
  if (from !== undefined) low = from;
  if (log) [low, high] = [Math.floor(low), Math.ceil(high)];
  if (!(high > low)) high = low + 1;
  const last = Math.max(steps.at(-1), 1);
  const x = (step) => left + ((width - left - right) * step) / last;
  const y = (value) => top + (height - top - bottom) * (1 - (value - low) / (high - low));
  pen.lineWidth = 1;
  for (const tick of ticks(low, high)) {
    if (log && !Number.isInteger(tick)) continue;
    pen.strokeStyle = style("border");
    pen.beginPath();
    pen.moveTo(left, y(tick));
    pen.lineTo(width - right, y(tick));
    pen.stroke();
    pen.textAlign = "right";
    pen.fillText(log ? `10${[...String(tick)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("")}` : tick, left - 6, y(tick) + 4);
  }
  pen.textAlign = "center";
  for (const tick of ticks(0, last)) pen.fillText(tick, Math.min(x(tick), width - 14), height - bottom + 16);
  pen.fillText("step", (left + width - right) / 2, height - 4);
  let at = left;
  pen.textAlign = "left";
  named.forEach(({ name, values, colour, dash }) => {
    pen.strokeStyle = CLASSES[colour];
    pen.setLineDash(DASHES[dash ?? 0]);
    pen.lineWidth = 2;
    pen.beginPath();
    let on = false;
    values.forEach((value, i) => {
      if (value === null) on = false;
      else {
        pen[on ? "lineTo" : "moveTo"](x(steps[i]), y(scale(value)));
        on = true;
      }
    });
    pen.moveTo(at, 10);
    pen.lineTo(at + 18, 10);
    pen.stroke();
    pen.setLineDash([]);
    pen.fillText(name, at + 22, 14);
    at += 34 + pen.measureText(name).width;
  });
};

// Draw the network: a column of neurons a layer, a line a weight.
export const net = (canvas, sizes, weights) => {
  const { pen, width, height } = begin(canvas, 260);
  const place = (column, k) => [
    24 + ((width - 48) * column) / (sizes.length - 1),
    16 + ((height - 32) * (k + 0.5)) / sizes[column],
  ];
  weights.forEach((rows, column) => {
    const largest = Math.max(...rows.flat().map(Math.abs), 1e-9);
    const many = rows.length * rows[0].length;
    rows.forEach((row, to) => {
      row.forEach((weight, from) => {
        const size = Math.abs(weight) / largest;
        if (many > 300 && size < 0.35) return; // of many lines the large ones
        pen.strokeStyle = weight > 0 ? PLUS : MINUS;
        pen.globalAlpha = 0.15 + 0.85 * size;
        pen.lineWidth = 0.4 + 3.2 * size;
        pen.beginPath();
        pen.moveTo(...place(column, from));
        pen.lineTo(...place(column + 1, to));
        pen.stroke();
      });
    });
  });
  pen.globalAlpha = 1;
  sizes.forEach((size, column) => {
    for (let k = 0; k < size; k++) {
      pen.beginPath();
      pen.arc(...place(column, k), size > 24 ? 2 : 6, 0, 7);
      pen.fillStyle = style("background");
      pen.strokeStyle = style("text-base");
      pen.lineWidth = 1.2;
      pen.fill();
      pen.stroke();
    }
  });
};
