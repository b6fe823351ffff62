// Keys, buttons and the address of the page.

const slider = find("slider");

function show(number) {
  view.number = number;
  const step = stepOf(number);
  accent(number);
  showWords(step);
  showWorld(step);
  showRaw(step);
  showPosition(step);
  scrollToStep(number);
  rename(number);
}

function showPosition(step) {
  slider.value = step.number;
  slider.setAttribute("aria-valuetext", `step ${step.number}, ${sentence(step)}`);
  find("position").textContent = `Step ${step.number} of ${steps.length}`;
  for (const id of ["first", "back"]) allow(id, next(step.number, -1) !== null);
  for (const id of ["forward", "last"]) allow(id, next(step.number, 1) !== null);
  allow("previous-deviation", next(step.number, -1, deviates) !== null);
  allow("next-deviation", next(step.number, 1, deviates) !== null);
}

let renaming = null;

// The address names the step, so that it can be passed on; once the reader has come to rest, as
// browsers take their time for that, and refuse when it is asked of them too often.
function rename(number) {
  clearTimeout(renaming);
  renaming = setTimeout(() => {
    try {
      history.replaceState(null, "", `#step-${number}`);
    } catch {
      // The step is to be seen all the same.
    }
  }, 150);
}

function stepIn(address) {
  const number = Number(/#step-([0-9]+)$/.exec(address)?.[1]);
  return stepOf(number) ? number : null;
}

// The address may have been renamed again by the time that a page hears of a link.
function follow(event) {
  const number = stepIn(event.newURL);
  if (number !== null) visit(number);
}

// Goes to a step that was asked for by its number, whatever else is hidden.
function visit(number) {
  if (view.isFolded && stepOf(number).outside) fold(false);
  show(number);
}

const go = (number) => number !== null && show(number);
const goForward = () => go(next(view.number, 1));
const goBack = () => go(next(view.number, -1));
const goFirst = () => go(next(0, 1));
const goLast = () => go(next(steps.length + 1, -1));
const goToNextDeviation = () => go(next(view.number, 1, deviates));
const goToPreviousDeviation = () => go(next(view.number, -1, deviates));
const goToBroken = () => data.broken && visit(data.broken);

function fold(isFolded) {
  view.isFolded = isFolded && hasPast;
  find("fold").checked = view.isFolded;
  showDrawing();
}

function switchFold() {
  fold(!view.isFolded);
  show(nearest(view.number));
}

function toggleRaw() {
  find("raw").open = !find("raw").open;
}

const isDark = () =>
  (document.documentElement.dataset.theme ??
    (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function switchTheme() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  showTheme();
}

function showTheme() {
  find("theme").textContent = isDark() ? "Light" : "Dark";
}

function openHelp() {
  find("keys").showModal();
}

// Pages from a file may be kept from the clipboard: then the text is selected, ready for a key.
async function copy() {
  try {
    await navigator.clipboard.writeText(find("replay").textContent);
    say("Copied");
  } catch {
    getSelection().selectAllChildren(find("replay"));
    say("Selected");
  }
}

function say(word) {
  find("copy").textContent = word;
  setTimeout(() => (find("copy").textContent = "Copy"), 2000);
}

const keys = {
  ArrowRight: goForward,
  ArrowDown: goForward,
  j: goForward,
  ArrowLeft: goBack,
  ArrowUp: goBack,
  k: goBack,
  Home: goFirst,
  End: goLast,
  d: goToNextDeviation,
  D: goToPreviousDeviation,
  b: goToBroken,
  f: switchFold,
  r: toggleRaw,
  Enter: toggleRaw,
  "/": openFilter,
  t: switchTheme,
  "?": openHelp,
};

function press(event) {
  const action = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
  if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
  if (find("keys").open || isTyped(event) || isOperated(event)) return;
  event.preventDefault();
  action();
}

const isTyped = (event) => event.target === find("narrow");

// Enter does what whatever has the focus is there for.
const isOperated = (event) =>
  event.key === "Enter" && event.target.closest("a, button, summary, label, input") !== null;

function typeInFilter(event) {
  if (event.key === "Enter") chooseNarrowed();
  if (event.key === "Escape") diagram.focus();
}

function clickStep(event) {
  const number = clickedStep(event.target);
  if (number === null) return;
  // A second click asks for more of the same step.
  if (number === view.number) toggleRaw();
  else show(number);
}

function resize() {
  fit();
  accent(view.number);
  scrollToStep(view.number);
}

function listen() {
  const buttons = {
    first: goFirst,
    back: goBack,
    forward: goForward,
    last: goLast,
    "previous-deviation": goToPreviousDeviation,
    "next-deviation": goToNextDeviation,
    broken: goToBroken,
    theme: switchTheme,
    help: openHelp,
    copy,
    all: chooseAll,
  };
  for (const [id, action] of Object.entries(buttons)) find(id).addEventListener("click", action);
  find("fold").addEventListener("change", switchFold);
  find("raw").addEventListener("toggle", () => showRaw(stepOf(view.number)));
  find("narrow").addEventListener("input", narrow);
  find("narrow").addEventListener("keydown", typeInFilter);
  slider.addEventListener("input", () => show(nearest(Number(slider.value))));
  diagram.addEventListener("click", clickStep);
  document.addEventListener("keydown", press);
  window.addEventListener("resize", resize);
  window.addEventListener("hashchange", follow);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
}

function start() {
  find("chips").append(...chips.map(({ label }) => label));
  allow("all", false);
  find("broken").hidden = data.broken === null;
  find("fold-label").hidden = !hasPast;
  for (const id of ["previous-deviation", "next-deviation"]) {
    find(id).hidden = !steps.some(deviates);
  }
  listen();
  showTheme();
  fold(true);
  visit(stepIn(location.href) ?? nearest(1));
}

if (steps.length > 0) start();
