// A field of 32 × 32 cells on which one draws: with a mouse, a finger, a pen or the keyboard.

export const SIDE = 32;
const CELL = 20; // pixels of the canvas
const BLOCK = 4; // cells that are counted together
const RADIUS = 2.2; // of the pen, in cells: strokes as wide as those of the data set

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Let one draw on a canvas; `changed` is called when cells have changed, `tell` with the pen's state.
export const field = (canvas, { changed, tell }) => {
  const cells = Array.from({ length: SIDE }, () => new Array(SIDE).fill(0));
  const brush = canvas.getContext("2d");
  const pen = { x: SIDE / 2, y: SIDE / 2, down: false }; // of the keyboard
  let ink = 1;
  let last; // where the pointer was, while it is down
  canvas.width = canvas.height = SIDE * CELL;

  const show = () => {
    const style = getComputedStyle(canvas);
    brush.clearRect(0, 0, canvas.width, canvas.height);
    brush.fillStyle = brush.strokeStyle = style.color;
    cells.forEach((row, y) =>
      row.forEach((has, x) => has && brush.fillRect(x * CELL, y * CELL, CELL, CELL)),
    );
    brush.fillStyle = style.borderColor;
    for (let at = BLOCK; at < SIDE; at += BLOCK) {
      brush.fillRect(at * CELL, 0, 1, canvas.height);
      brush.fillRect(0, at * CELL, canvas.width, 1);
    }
    if (!canvas.matches(":focus-visible")) return;
    brush.strokeStyle = style.outlineColor;
    brush.lineWidth = pen.down ? 8 : 4;
    brush.beginPath();
    brush.arc(pen.x * CELL, pen.y * CELL, RADIUS * CELL, 0, 2 * Math.PI);
    brush.stroke();
  };

  const stamp = (x, y) => {
    for (let row = Math.max(0, Math.floor(y - RADIUS)); row < Math.min(SIDE, y + RADIUS); row++) {
      for (let column = Math.max(0, Math.floor(x - RADIUS)); column < Math.min(SIDE, x + RADIUS); column++) {
        if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= RADIUS) cells[row][column] = ink;
      }
    }
  };

  // Draw from one place to another, without gaps however fast the hand was.
  const line = (from, to) => {
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to.x - from.x, to.y - from.y)));
    for (let step = 0; step <= steps; step++) {
      const share = step / steps;
      stamp(from.x + share * (to.x - from.x), from.y + share * (to.y - from.y));
    }
    show();
    changed();
  };

  const place = (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return { x: ((event.clientX - left) / width) * SIDE, y: ((event.clientY - top) / height) * SIDE };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    line(last, last);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last || !event.isPrimary) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length ? passed : [event]) {
      const next = place(one);
      line(last, next);
      last = next;
    }
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, (event) => {
      if (event.isPrimary) last = undefined;
    });
  }

  canvas.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !(step || event.key === " ")) return;
    event.preventDefault();
    if (step) {
      const before = { ...pen };
      pen.x = Math.min(SIDE, Math.max(0, pen.x + step[0]));
      pen.y = Math.min(SIDE, Math.max(0, pen.y + step[1]));
      if (pen.down) line(before, pen);
    } else if (!event.repeat) {
      pen.down = !pen.down;
      tell(pen.down ? "The pen is down." : "The pen is up.");
      if (pen.down) line(pen, pen);
    }
    show();
  });
  for (const name of ["focus", "blur"]) canvas.addEventListener(name, show);
  new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  return {
    cells,
    show,
    rub: (rubs) => (ink = rubs ? 0 : 1),
    put: (rows) => {
      rows.forEach((row, y) => (cells[y] = row));
      show();
      changed();
    },
  };
};
