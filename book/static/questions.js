// "Check yourself" without a kernel. The rules are those of chainrule.check, word for word; tests/test_book.py compares them.
"use strict";

(() => {
  const REFUSED = "Not yet: the answer should be numbers, such as 3, 0.25 or [1, 2].";

  // "0.5", "1/3", "3, 4", "(2, 3)" or "[[1], [2]]" as a number or nested arrays; undefined where it is none of these.
  function parse(text) {
    let source = text.trim().replaceAll("−", "-").replaceAll("(", "[").replaceAll(")", "]");
    source = source.replace(/,?\s*\]/g, "]");
    if (!source.startsWith("[") && /[\s,]/.test(source)) source = `[${source}]`;
    source = source.replace(/(?<=[\d.\]])\s+(?=[-+.\d[])/g, ",");
    const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?:\/(?:\d+\.?\d*|\.\d+))?/gi;
    source = source.replace(number, (token) => {
      const [above, below = "1"] = token.split("/");
      return String(Number(above) / Number(below));
    });
    try {
      const value = JSON.parse(source);
      return shape(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  // The lengths of nested arrays of numbers, [] for a number, undefined where rows differ or something is no number.
  function shape(value) {
    if (typeof value === "number") return [];
    if (!Array.isArray(value)) return undefined;
    const inner = value.map(shape);
    if (inner.some((one) => !one || String(one) !== String(inner[0]))) return undefined;
    return [value.length, ...(inner[0] ?? [])];
  }

  const same = (first, second) => first.length === second.length && first.every((n, k) => n === second[k]);
  const flat = (value) => [value].flat(Infinity);
  const transpose = (rows) => rows[0].map((_, k) => rows.map((row) => row[k]));
  const times = (factor, value) => (Array.isArray(value) ? value.map((v) => times(factor, v)) : factor * value);
  const written = (lengths) => (lengths.length === 1 ? `(${lengths[0]},)` : `(${lengths.join(", ")})`);

  function close(actual, expected, tolerance) {
    if (!same(shape(actual), shape(expected))) return false;
    const wanted = flat(expected);
    const scale = Math.max(0, ...wanted.map(Math.abs)) || 1;
    return flat(actual).every(
      (number, k) => Math.abs(number - wanted[k]) <= tolerance * Math.max(Math.abs(wanted[k]), 1e-3 * scale),
    );
  }

  // The answer with one to three decimals, or two or three digits, and off by a quarter at most; no whole number.
  function rounded(value, answer) {
    if (!same(shape(value), shape(answer))) return false;
    if (flat(answer).every(Number.isInteger)) return false;
    const pairs = flat(value).map((number, k) => [number, flat(answer)[k]]);
    const size = (exact) => Math.floor(Math.log10(Math.abs(exact || 1)));
    const places = [1, 2, 3].map((decimals) => () => 10 ** -decimals);
    places.push(...[1, 2].map((further) => (exact) => 10 ** (size(exact) - further)));
    const within = (place) => ([number, exact]) =>
      Math.abs(number - exact) <= Math.min(0.500001 * place(exact), 0.25 * Math.abs(exact)) &&
      Math.abs(number / place(exact) - Math.round(number / place(exact))) < 1e-6;
    return places.some((place) => pairs.every(within(place)));
  }

  function diagnose(actual, expected, samples, tolerance) {
    const [is, should] = [shape(actual), shape(expected)];
    if (!same(is, should)) {
      const turned = is.length === 2 && is[1] > 0 && close(transpose(actual), expected, tolerance);
      if (turned) return `This is the transpose: the shape should be ${written(should)}, not ${written(is)}.`;
      return `The shape should be ${written(should)}, not ${written(is)}.`;
    }
    if (!flat(actual).every(Number.isFinite)) {
      return "There is a NaN or an infinity in it: did something overflow, or a logarithm meet 0?";
    }
    const factors = new Map([
      [-1, "The sign is wrong."],
      [2, "It is twice the right one: a ½ forgotten, or a factor 2 too many?"],
      [0.5, "It is half the right one: a factor 2 lost, or a ½ too many?"],
      [100, "It is a hundred times too large: a fraction is asked for, not a percentage."],
    ]);
    if (samples > 1) {
      const sum = `It is ${samples} times too large: did you take the sum over the samples instead of their mean?`;
      factors.set(samples, sum).set(1 / samples, `It is ${samples} times too small: was the mean taken twice?`);
    }
    for (const [factor, hint] of factors) {
      if (close(actual, times(factor, expected), tolerance)) return hint;
    }
    const square = is.length === 2 && is[0] === is[1];
    return square && close(transpose(actual), expected, tolerance) ? "This is the transpose of the right one." : "";
  }

  function judge(value, { answer, right = "", hints = [], tolerance = 1e-3, samples }) {
    if (value === undefined) return { correct: false, message: REFUSED };
    // [[3]] is 3 as well, and [[1, 2]] [1, 2]: what a batch of one gives
    const [axes, longest] = [shape(answer).length, Math.max(1, ...shape(value))];
    if (axes < 2 && flat(value).length === flat(answer).length && flat(answer).length === longest) {
      value = axes ? flat(value) : flat(value)[0];
    }
    if (close(value, answer, tolerance)) return { correct: true, message: `Right. ${right}`.trim() };
    let known = hints.find((mistake) => close(value, mistake.value, tolerance));
    if (!known && rounded(value, answer)) {
      return { correct: false, message: "Nearly: that is the right answer, rounded too far. Give more digits." };
    }
    known ??= hints.find((mistake) => rounded(value, mistake.value));
    const [asked, given] = [flat(answer).length, flat(value).length];
    if (!known && shape(answer).length < 2 && given !== asked) {
      const wanted = asked > 1 ? `${asked} numbers are` : "one number is";
      const many = given > asked && given % asked === 0;
      const comma = many ? " A comma separates numbers: write 2.9, not 2,9, and 12440, not 12,440." : "";
      return { correct: false, message: `Not yet: ${wanted} asked for, not ${given}.${comma}` };
    }
    const hint = known ? known.hint : diagnose(value, answer, samples, tolerance) || "Look again at the step above.";
    return { correct: false, message: `Not yet. ${hint}` };
  }

  function answered(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const feedback = form.querySelector(".feedback");
    const text = form.querySelector("input").value;
    feedback.classList.remove("right", "wrong");
    if (!text.trim()) {
      feedback.textContent = "Not answered yet: write a number, or several, and press Enter.";
      return;
    }
    const { correct, message } = judge(parse(text), JSON.parse(form.dataset.question));
    feedback.classList.add(correct ? "right" : "wrong");
    feedback.textContent = message;
  }

  document.querySelectorAll("form.question").forEach((form) => form.addEventListener("submit", answered));
  globalThis.chainrule = { parse, judge };
})();
