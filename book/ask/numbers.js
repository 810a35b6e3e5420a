// How a number is read from what a reader types: src/chainrule/exercises/texts.py does the same for
// a notebook, and a test holds one to the other.

const SPELLED = { ms: "milliseconds" };
const VULGAR = /[¼-¾⅐-⅞]/g;
const RAISED = /[⁺⁻⁰¹²³⁴-⁹]+/g;
const SPACES = /_|(?<!\d)\s|\s(?!\d)|\s(?=\d{3}(?!\d))/g;
const MIXED = /^([+-]?)\s*(\d+)\s+(\d+)\/(\d+)$/;
const FACTOR = /([*·×/])(\d+\.?\d*|\.\d+)(?:\^([+-]?\d+))?/g;
const PRODUCT = new RegExp(`^(?:${FACTOR.source})+$`);
const GROUPED = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WORD = /^([+-]?)(inf|infinity|nan)$/i;

export class Unreadable extends Error {}
class NoNumber extends Error {}

// A text as Python writes it, in one short line.
export const quoted = (text, width = 60) => {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const named = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "'": mark === "'" ? "\\'" : "'" };
  const inside = text.replace(/[\n\r\t\\']/g, (letter) => named[letter]);
  const whole = `${mark}${inside}${mark}`.split(/\s+/).join(" ");
  const letters = [...whole];
  return letters.length <= width ? whole : `${letters.slice(0, width - 1).join("")}…`;
};

// A number as Python's "g" writes it.
export const general = (number, digits = 12) => {
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  if (number === 0) return Object.is(number, -0) ? "-0" : "0";
  const [mantissa, exponent] = number.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  const plain = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power >= -4 && power < digits) return plain(number.toFixed(digits - 1 - power));
  const size = String(Math.abs(power)).padStart(2, "0");
  return `${plain(mantissa)}e${power < 0 ? "-" : "+"}${size}`;
};

const product = (text) => {
  let value = 1;
  for (const [, operation, base, exponent] of text.matchAll(FACTOR)) {
    const power = Number(base) ** Number(exponent ?? 1);
    if (operation === "/" ? power === 0 : Number(base) === 0 && exponent < 0) throw new NoNumber();
    if (!Number.isFinite(power)) return Infinity;
    value = operation === "/" ? value / power : value * power;
  }
  return value;
};

const written = (text, answer, unit) => {
  if (FLOAT.test(text)) return Number(text);
  const word = WORD.exec(text);
  if (word) return word[2].toLowerCase() === "nan" ? NaN : word[1] === "-" ? -Infinity : Infinity;
  const unsigned = `*${text.replace(/^-/, "").replace(/^\+/, "")}`;
  if (PRODUCT.test(unsigned)) return (text.startsWith("-") ? -1 : 1) * product(unsigned);
  if (/^[+-]?\d*,\d+$/.test(text)) {
    throw new Unreadable(`the decimal mark is a point: ${quoted(text.replaceAll(",", "."))}`);
  }
  if (/^[+-]?\.?\d/.test(text)) {
    const alone = unit ? `or followed by ${unit}` : "without a unit or a word";
    throw new Unreadable(`expected a number alone, ${alone}, got ${quoted(answer)}`);
  }
  throw new NoNumber();
};

const without = (text, end) => (end && text.endsWith(end) ? text.slice(0, -end.length) : text);
const compatible = (text) => text.normalize("NFKC").replaceAll("⁄", "/");

const numberIn = (answer, unit = "") => {
  let text = without(without(answer.trim(), unit), SPELLED[unit]).trim();
  if (text.endsWith("%")) return numberIn(text.slice(0, -1)) / 100;
  text = text
    .replace(VULGAR, (found) => ` ${compatible(found)}`)
    .replace(RAISED, (found) => `^${compatible(found)}`)
    .replace(/[−–]/g, "-")
    .replaceAll("**", "^")
    .trim();
  const mixed = MIXED.exec(text);
  if (mixed) {
    const [, sign, whole, above, below] = mixed;
    return (sign === "-" ? -1 : 1) * (Number(whole) + Number(above) / Number(below));
  }
  text = text.replace(SPACES, "");
  if (GROUPED.test(text)) text = text.replaceAll(",", "");
  return written(text, answer, unit);
};

export const read = (answer, unit) => {
  try {
    return numberIn(answer, unit);
  } catch (error) {
    if (!(error instanceof NoNumber)) throw error;
    throw new Unreadable(`expected a number, got ${quoted(answer)}`);
  }
};

// The verdict on a number: [right, message]. The bands, from one number to another, were made by asking
// the package's own checker.
export const judged = (answer, { unit, bands, large }) => {
  let number;
  try {
    number = read(answer, unit);
  } catch (error) {
    if (error instanceof Unreadable) return [false, error.message];
    throw error;
  }
  if (Number.isNaN(number)) return [false, "expected a number, got NaN"];
  const band = bands.find(([low, high]) => low <= number && number <= high);
  if (band) return band.slice(2);
  return [false, `${general(number)} is too ${number > large ? "large" : "small"}`];
};
