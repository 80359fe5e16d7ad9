// Interactives without a kernel: controls that go through pictures made beforehand (book/frames.py).
"use strict";

document.querySelectorAll(".moving").forEach((figure) => {
  const [picture, said] = [figure.querySelector("img"), figure.querySelector("[aria-live=polite]")];
  const controls = [...figure.querySelectorAll("input, select")];
  const counts = controls.map((control) => (control.options ? control.options.length : Number(control.max) + 1));
  const words = JSON.parse(figure.dataset.words);
  const present = () => controls.map((control) => Number(control.value));
  const place = (values) => values.reduce((sum, value, k) => sum * counts[k] + value, 0); // the last control goes fastest
  const file = (number) => `${figure.dataset.place}-${number}.webp`;

  // Fetch what one control's move can lead to.
  function prepare() {
    counts.forEach((count, k) => {
      for (let value = 0; value < count; value++) {
        new Image().src = file(place(present().map((other, j) => (j === k ? value : other))));
      }
    });
  }

  function move({ target }) {
    const number = place(present());
    [picture.src, picture.alt, said.textContent] = [file(number), words[number], words[number]];
    if (target.type === "range") {
      const label = JSON.parse(target.dataset.labels)[target.value];
      target.setAttribute("aria-valuetext", label);
      target.nextElementSibling.value = label;
    }
  }

  figure.querySelector(".controls").hidden = false;
  for (const event of ["pointerenter", "focusin"]) figure.addEventListener(event, prepare, { once: true });
  figure.addEventListener("input", move);
  figure.addEventListener("change", prepare);
});
